"""The free times of 31 days and 20 therapists, with an empty diary and with a long past.

    python -m bench.availability                                both databases, a million appointments
    python -m bench.availability --database sqlite --past 100000 --rounds 20
    python -m bench.availability --record bench/availability.md

Two processes serve the same call, `GET /api/v1/availability/` by somebody who is not signed in, through
all of Django but the network: one on an empty diary, one on a diary with a past. They take turns, so that
whatever else the machine does meets both alike; what counts is the median of the turns' own ratios.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, Final, get_args

from tests.drills.databases import ROOT, Database, Engine, environment, fresh_database
from tests.drills.figures import scratch_folder, versions
from tests.drills.scene import set_scene

THERAPISTS: Final = 20
ROOMS: Final = 20
DAYS: Final = 31
MOST_QUERIES: Final = 6
MOST_SLOWER: Final = 1.10


@dataclass(slots=True)
class Figures:
    """Of one diary: medians are over `rounds`, times in milliseconds."""

    slots: set[int] = field(default_factory=set)
    queries: set[int] = field(default_factory=set)
    call: list[float] = field(default_factory=list)
    in_database: list[float] = field(default_factory=list)
    in_pure_function: list[float] = field(default_factory=list)

    def add(self, sample: dict[str, Any]) -> None:
        self.slots.add(sample["slots"])
        self.queries.add(sample["queries"])
        self.call.append(sample["call"])
        self.in_database.append(sample["in_database"])
        self.in_pure_function.append(sample["in_pure_function"])

    def row(self, name: str) -> str:
        times = (self.call, self.in_database, self.in_pure_function)
        medians = " | ".join(f"{median(values):.1f}" for values in times)
        slots, queries = (", ".join(map(str, sorted(values))) for values in (self.slots, self.queries))
        return f"| {name} | {slots} | {queries} | {medians} | {min(self.call):.1f} to {max(self.call):.1f} |"


@contextmanager
def serving(database: Database, folder: Path, *, past: int) -> Iterator[subprocess.Popen[str]]:
    """A process that answers each line on its input with one measured call, once its diary is written."""
    (folder / "static").mkdir(exist_ok=True)
    command = [sys.executable, "-m", "bench.served_availability", str(past), str(DAYS)]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment(database, folder),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.communicate()


def ask(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdin
    assert process.stdout
    process.stdin.write("\n")
    process.stdin.flush()
    sample: dict[str, Any] = json.loads(process.stdout.readline())
    return sample


def measure(engine: Engine, *, past: int, rounds: int) -> tuple[str, list[str]]:
    """The figures of one database as a section of the page, and what is wrong with them."""
    with scratch_folder() as folder, ExitStack() as stack:
        empty = stack.enter_context(fresh_database(engine, folder))
        set_scene(empty, folder, therapists=THERAPISTS, rooms=ROOMS)
        full = stack.enter_context(fresh_database(engine, folder, like=empty))
        began = time.monotonic()
        processes = [
            stack.enter_context(serving(database, folder, past=n)) for database, n in ((empty, 0), (full, past))
        ]
        for process in processes:
            ask(process)
        wrote = time.monotonic() - began
        figures = _take_turns(processes, rounds=rounds)
        size = full.size()
        return _section(engine, versions(full), figures, past=past, wrote=wrote, size=size), _judge(*figures)


def _take_turns(processes: Sequence[subprocess.Popen[str]], *, rounds: int) -> tuple[Figures, Figures]:
    """The first of each turn changes: who comes second may find warm caches."""
    both = (Figures(), Figures())
    for number in range(rounds):
        for which in (0, 1) if number % 2 else (1, 0):
            both[which].add(ask(processes[which]))
    return both


def _ratio(empty: Figures, full: Figures) -> float:
    return median(after / before for before, after in zip(empty.call, full.call, strict=True))


def _judge(empty: Figures, full: Figures) -> list[str]:
    ratio = _ratio(empty, full)
    checks = {
        f"more than {MOST_QUERIES} queries": max(empty.queries | full.queries) > MOST_QUERIES,
        "another number of queries with a past": empty.queries != full.queries,
        "other slots with a past": empty.slots != full.slots or len(empty.slots) != 1,
        f"{ratio:.2f} times as slow with a past": ratio > MOST_SLOWER,
    }
    return [fault for fault, is_so in checks.items() if is_so]


def _section(
    engine: Engine, versions_: str, figures: tuple[Figures, Figures], *, past: int, wrote: float, size: str
) -> str:
    empty, full = figures
    ratio = _ratio(empty, full)
    return "\n".join(
        (
            f"## {engine}",
            "",
            f"{versions_}. {len(empty.call)} calls of each in turns; the past ({size}) took {wrote:.0f} s to write.",
            "",
            "| diary | free slots | queries | call, ms | of it database, ms | of it pure function, ms | fastest to slowest, ms |",
            "|---|---|---|---|---|---|---|",
            empty.row("empty"),
            full.row(f"{past:,} past appointments"),
            "",
            f"With a past a call takes {ratio:.2f} times as long as without, in the median turn (at most {MOST_SLOWER:.2f}).",
            "",
        )
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--database", choices=get_args(Engine), help="only this one; else both")
    parser.add_argument("--past", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--record", type=Path, help="write the figures to this file")
    asked = parser.parse_args()
    engines: tuple[Engine, ...] = (asked.database,) if asked.database else get_args(Engine)
    faults: list[str] = []
    sections = []
    for engine in engines:
        section, wrong = measure(engine, past=asked.past, rounds=asked.rounds)
        print(section, flush=True)
        sections.append(section)
        faults += [f"{engine}: {fault}" for fault in wrong]
    if asked.record:
        asked.record.write_text(_page(sections, past=asked.past, rounds=asked.rounds))
    print("\n".join(faults) or "as it should be", flush=True)
    return 1 if faults else 0


def _page(sections: Sequence[str], *, past: int, rounds: int) -> str:
    return (
        f"# Free times\n\n`python -m bench.availability --past {past} --rounds {rounds}`\n\n"
        f"{DAYS} days, {THERAPISTS} therapists, {ROOMS} rooms that any of them may use, a start every quarter of an hour "
        f"from 9 to 17, on {os.cpu_count()} cores. `GET /api/v1/availability/` by somebody who is not signed in, "
        "through all of Django but the network.\n\n" + "\n".join(sections)
    )


if __name__ == "__main__":
    sys.exit(main())
