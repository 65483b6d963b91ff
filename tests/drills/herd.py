"""Many clients at one slot, all at one instant, over HTTP: one of them gets it.

    python -m tests.drills.herd --database sqlite --rounds 500 --clients 8
    python -m tests.drills.herd --database postgres --rounds 1 --clients 200
    python -m tests.drills.herd --database postgres --rounds 20 --clients 8 --without locks constraint

Two therapists share one room; each client asks for the one, the other or either, so that the writers
need different rows and meet in the room. The last form is a mutant, and must fail. With only one of
the two guards taken away there must still be one winner.
"""

from __future__ import annotations

import argparse
import random
import sys
import threading
from collections import Counter
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, get_args
from uuid import uuid4

from tests.drills.databases import Database, Engine, fresh_database
from tests.drills.figures import FAULTS_FOUND, scratch_folder, spread, versions
from tests.drills.scene import Scene, set_scene, start_on
from tests.drills.server import APP_WITHOUT_LOCKS, MEASURED_APP, Server, running_server
from tests.drills.visitors import Answer, Visitor

GUARDS: Final = ("locks", "constraint")
LONGEST_WAIT_SECONDS: Final = 1.0
# An hour, its buffer, and a quarter until the next: five a day that do not touch.
_STARTS_OF_DAY: Final = ((9, 0), (10, 30), (12, 0), (13, 30), (15, 0))


@dataclass(slots=True)
class Report:
    """What the clients were told, and what the database says. Seconds throughout."""

    rounds: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    wins: list[float] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)
    winners: Counter[int] = field(default_factory=Counter)
    lock_waits: list[float] = field(default_factory=list)
    deadlocks: int = 0
    faults: list[str] = field(default_factory=list)

    def add_round(self, answers: Sequence[Answer]) -> None:
        self.rounds += 1
        won = [answer for answer in answers if answer.status == 201]
        lost = [answer for answer in answers if answer.status != 201]
        self.statuses.update(f"{answer.status} {answer.code}".strip() for answer in answers)
        self.wins += [answer.seconds for answer in won]
        self.losses += [answer.seconds for answer in lost]
        self.winners[len(won)] += 1
        if len(won) != 1:
            self.faults.append(f"Round {self.rounds}: {len(won)} winners.")
        self.faults += [
            f"Round {self.rounds}: {answer.status} {answer.body}" for answer in lost if not _is_clean(answer)
        ]


def _is_clean(answer: Answer) -> bool:
    return answer.status == 409 and answer.code == "slot_taken" and bool(answer.body["alternatives"])


def run(
    engine: Engine,
    *,
    rounds: int,
    clients: int,
    seed: int,
    without: Collection[str] = (),
    like: Database | None = None,
) -> Report:
    """Send the herd. `without` names guards to take away; `like` a migrated database to copy."""
    report = Report()
    with scratch_folder() as folder, fresh_database(engine, folder, like=like) as database:
        print(f"herd: {rounds} rounds of {clients}, seed {seed}, without {sorted(without) or 'nothing'}")
        print(f"  {versions(database)}")
        scene = set_scene(database, folder, therapists=2, rooms=1)
        if "constraint" in without:
            database.drop_no_overlap()
        app = APP_WITHOUT_LOCKS if "locks" in without else MEASURED_APP
        with running_server(database, folder, app=app) as server:
            _send_all(server, scene, report, rounds=rounds, clients=clients, seed=seed)
        report.lock_waits = server.lock_waits()
        report.deadlocks = database.deadlocks()
        _compare(report, database)
    return report


def _send_all(server: Server, scene: Scene, report: Report, *, rounds: int, clients: int, seed: int) -> None:
    dice = random.Random(seed)
    with ThreadPoolExecutor(max_workers=clients) as pool:
        for number in range(rounds):
            day, slot = divmod(number, len(_STARTS_OF_DAY))
            starts_at = start_on(day, *_STARTS_OF_DAY[slot])
            asked = [dice.choice([None, *scene.therapists]) for _ in range(clients)]
            report.add_round(_send(server, scene, starts_at, asked, pool))


def _send(
    server: Server, scene: Scene, starts_at: datetime, asked: Sequence[int | None], pool: ThreadPoolExecutor
) -> list[Answer]:
    """Everybody connects and waits; then all ask at once."""
    gate = threading.Barrier(len(asked))

    def ask(therapist: int | None) -> Answer:
        visitor, key = Visitor(server), uuid4().hex
        body = scene.booking_body(starts_at, email=f"{key}@example.org", therapist=therapist)
        visitor.connect()
        gate.wait()
        try:
            return visitor.post("/bookings/", body, Idempotency_Key=key)
        finally:
            visitor.hang_up()

    return list(pool.map(ask, asked))


def _compare(report: Report, database: Database) -> None:
    """What the database holds against what was told."""
    ((stored,),) = database.rows("SELECT count(*) FROM bookings_appointment")
    if stored != len(report.wins):
        report.faults.append(f"{len(report.wins)} were told they have it; {stored} appointments are stored.")
    if report.deadlocks:
        report.faults.append(f"{report.deadlocks} deadlocks.")


def check_waits(report: Report, *, clients: int) -> None:
    """Nobody may wait long for the database, nor, in a small herd, for an answer."""
    longest = {"for a lock": max(report.lock_waits, default=0.0)}
    if clients <= 8:
        longest["for an answer"] = max(report.wins + report.losses)
    report.faults += [
        f"Somebody waited {seconds:.2f} s {what}."
        for what, seconds in longest.items()
        if seconds > LONGEST_WAIT_SECONDS
    ]


def show(report: Report) -> None:
    print(f"  answers: {', '.join(f'{count} x {status}' for status, count in sorted(report.statuses.items()))}")
    print(f"  winners in a round: {', '.join(f'{wins} in {n} rounds' for wins, n in sorted(report.winners.items()))}")
    print(f"  answer of a winner (time in the server's queue included): {spread(report.wins)}")
    print(f"  answer of a loser (time in the server's queue included): {spread(report.losses)}")
    print(f"  wait for a lock in the database, by statement: {spread(report.lock_waits)}")
    print(f"  deadlocks: {report.deadlocks}")
    for fault in report.faults[:10]:
        print(f"  FAULT {fault[:300]}")
    print(f"  {'FAILED' if report.faults else 'passed'}: {len(report.faults)} faults", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--database", choices=get_args(Engine), required=True)
    parser.add_argument("--rounds", type=int, default=500)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--without", choices=GUARDS, nargs="*", default=[])
    asked = parser.parse_args()
    report = run(asked.database, rounds=asked.rounds, clients=asked.clients, seed=asked.seed, without=asked.without)
    check_waits(report, clients=asked.clients)
    show(report)
    return FAULTS_FOUND if report.faults else 0


if __name__ == "__main__":
    sys.exit(main())
