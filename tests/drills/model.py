"""The diary against a plain model of it, step by random step.

    python -m tests.drills.model --database sqlite --steps 50000
    python -m tests.drills.model --database postgres --steps 5000 --mutant expired-holds-stay

See `tests.bookings.diary_machine` for the steps and `tests.bookings.plain_diary` for the model. The
last form is a mutant, and must fail.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from typing import Any, Final, get_args

from hypothesis import HealthCheck, Phase, settings
from hypothesis import seed as seeded
from hypothesis.stateful import run_state_machine_as_test

from tests.drills.databases import Database, Engine, fresh_database, run_python
from tests.drills.figures import FAULTS_FOUND, scratch_folder, versions

STEPS_OF_EXAMPLE: Final = 50
MUTANTS: Final = ("expired-holds-stay", "no-buffers", "late-moves")


def run(engine: Engine, *, steps: int, seed: int, mutant: str = "", like: Database | None = None) -> dict[str, Any]:
    """What `walk` found, in a database of its own."""
    with scratch_folder() as folder, fresh_database(engine, folder, like=like) as database:
        print(f"model: {steps} steps, seed {seed}, mutant {mutant or 'none'}\n  {versions(database)}", flush=True)
        printed = run_python(database, folder, "-m", "tests.drills.model", "--walk", str(steps), str(seed), mutant)
    found: dict[str, Any] = json.loads(printed.splitlines()[-1])
    return found


def walk(steps: int, seed: int, mutant: str) -> dict[str, Any]:
    """Inside Django: take the steps. `divergence` is empty where the two diaries told one story."""
    import clinic.wsgi  # noqa: F401, PLC0415  # isort: skip  # sets Django up: before any model

    from tests.bookings.diary_machine import DiaryMachine  # noqa: PLC0415

    _mutate(mutant)
    chosen = settings(
        max_examples=max(1, 2 * steps // STEPS_OF_EXAMPLE),  # the shortest of them have a few steps only
        stateful_step_count=STEPS_OF_EXAMPLE,
        phases=[Phase.generate],
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    began, divergence = time.monotonic(), ""
    try:
        run_state_machine_as_test(seeded(seed)(DiaryMachine), settings=chosen)
    except Exception as error:  # noqa: BLE001  # the plain diary knows no errors, so each is a divergence
        divergence = "\n".join([repr(error), *getattr(error, "__notes__", [])])
    return {
        "steps": DiaryMachine.steps,
        "outcomes": DiaryMachine.outcomes,
        "seconds": time.monotonic() - began,
        "divergence": divergence,
    }


def _mutate(mutant: str) -> None:
    from bookings.services import moving, slots  # noqa: PLC0415

    if mutant == "expired-holds-stay":
        slots.end_expired_holds = lambda *_, **__: 0
    if mutant == "no-buffers":
        slots.buffers = lambda *_: (0, 0)  # type: ignore[attr-defined]  # the name it imported
    if mutant == "late-moves":
        moving._check_movable = lambda *_, **__: None


def show(found: dict[str, Any]) -> None:
    print(f"  {found['steps']} steps in {found['seconds']:.0f} s")
    outcomes = sorted(found["outcomes"].items(), key=lambda item: -item[1])
    print(f"  what came of them: {', '.join(f'{number} x {name}' for name, number in outcomes)}")
    if found["divergence"]:
        print(f"  DIVERGENCE {found['divergence'][:3000]}")
    print("  FAILED: the two diaries differ" if found["divergence"] else "  passed: 0 divergences", flush=True)


def main() -> int:
    if sys.argv[1:2] == ["--walk"]:
        print(json.dumps(walk(int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])))
        return 0
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--database", choices=get_args(Engine), required=True)
    parser.add_argument("--steps", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--mutant", choices=MUTANTS, default="")
    asked = parser.parse_args()
    found = run(asked.database, steps=asked.steps, seed=asked.seed, mutant=asked.mutant)
    show(found)
    return FAULTS_FOUND if found["divergence"] else 0


if __name__ == "__main__":
    sys.exit(main())
