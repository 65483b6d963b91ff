"""Random bookings, moves, cancellations, holds and time off over HTTP, and the history of what people were told.

    python -m tests.drills.churn --database sqlite --operations 10000 --clients 16 --seed 1
    python -m tests.drills.churn --database postgres --operations 2000 --clients 16 --without locks constraint

Three therapists share two rooms for four days, so that the diary is nearly full and everybody is after
the same starts. Checked are the history (see Note [Look at histories]), every answer against the
database, and the database against itself. The last form is a mutant, and must fail.
"""

from __future__ import annotations

import argparse
import random
import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from typing import get_args

from tests.drills.callers import Caller
from tests.drills.databases import Database, Engine, Session, fresh_database
from tests.drills.figures import FAULTS_FOUND, scratch_folder, spread, versions
from tests.drills.herd import GUARDS
from tests.drills.history import Held, clashes
from tests.drills.ledger import Ledger, divergence, stored_booking
from tests.drills.scene import PASSWORD, RECEPTIONIST, set_scene
from tests.drills.server import APP_WITHOUT_LOCKS, MEASURED_APP, Server, running_server
from tests.drills.visitors import Visitor, sign_in

_OVERLAPS_IN_THE_TABLE = """
    SELECT one.id, other.id FROM bookings_allocation one JOIN bookings_allocation other
    ON one.resource_id = other.resource_id AND one.id < other.id
    AND one.starts_at < other.ends_at AND other.starts_at < one.ends_at
    WHERE one.is_active AND other.is_active
"""
# An appointment that takes up time has a row for its therapist and one for its room; any other has none.
_WRONG_ALLOCATIONS = """
    SELECT appointment.reference, count(allocation.id) FROM bookings_appointment appointment
    LEFT JOIN bookings_allocation allocation ON allocation.appointment_id = appointment.id AND allocation.is_active
    GROUP BY appointment.id, appointment.reference, appointment.status
    HAVING count(allocation.id) <> CASE WHEN appointment.status IN ('booked', 'arrived', 'fulfilled') THEN 2 ELSE 0 END
"""
_GAPS_IN_EVENTS = """
    SELECT appointment.reference FROM bookings_appointment appointment
    LEFT JOIN bookings_appointmentevent event ON event.appointment_id = appointment.id
    GROUP BY appointment.id, appointment.reference, appointment.version
    HAVING count(event.id) <> appointment.version
"""
_TWICE_FOR_ONE_KEY = """
    SELECT client.email FROM bookings_appointment appointment
    JOIN clients_client client ON client.id = appointment.client_id
    GROUP BY client.email HAVING count(*) > 1
"""
_CONTRADICTIONS = {
    _WRONG_ALLOCATIONS: "has not the time it should have",
    _GAPS_IN_EVENTS: "has not one event for each version",
    _TWICE_FOR_ONE_KEY: "was booked more than once",
}
_SECONDS_TO_SETTLE = 2


@dataclass(slots=True)
class Report:
    operations: int = 0
    seconds: float = 0.0
    counts: Counter[str] = field(default_factory=Counter)
    answers: list[float] = field(default_factory=list)
    periods: int = 0
    overlaps: list[tuple[Held, Held]] = field(default_factory=list)
    overlaps_in_table: int = 0
    bookings: int = 0
    server_errors: int = 0
    deadlocks: int = 0
    lock_waits: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def run(
    engine: Engine,
    *,
    operations: int,
    clients: int,
    seed: int,
    without: Collection[str] = (),
    like: Database | None = None,
) -> Report:
    """Let them call. `without` names guards to take away; `like` a migrated database to copy."""
    report = Report()
    with scratch_folder() as folder, fresh_database(engine, folder, like=like) as database:
        print(f"churn: {operations} operations, {clients} clients, seed {seed}, without {sorted(without) or 'nothing'}")
        print(f"  {versions(database)}", flush=True)
        ledger = Ledger(set_scene(database, folder, therapists=3, rooms=2))
        if "constraint" in without:
            database.drop_no_overlap()
        app = APP_WITHOUT_LOCKS if "locks" in without else MEASURED_APP
        with running_server(database, folder, app=app) as server:
            started = time.monotonic()
            report.operations = _call_all(server, database, ledger, operations=operations, clients=clients, seed=seed)
            report.seconds = time.monotonic() - started
        report.lock_waits = server.lock_waits()
        report.deadlocks = database.deadlocks()
        _compare(ledger, database, report)
    return report


def _call_all(server: Server, database: Database, ledger: Ledger, *, operations: int, clients: int, seed: int) -> int:
    """Everybody calls until the operations are used up; then what is open is settled. How many were done."""
    token = sign_in(server, email=RECEPTIONIST, password=PASSWORD)
    left = iter(range(operations))
    taking = threading.Lock()
    everybody_is_done = threading.Barrier(clients)

    def call(number: int) -> int:
        with database.session() as session:
            dice = random.Random(f"{seed}:{number}")
            caller = Caller(ledger, Visitor(server), Visitor(server, session_token=token), session, dice)
            done = _work(caller, left, taking)
            everybody_is_done.wait()
            time.sleep(_SECONDS_TO_SETTLE)  # what was hung up on may be under way still
            for settle in (caller.settle, caller.end_all_holds, caller.keep_time_off):
                settle()
            return done

    with ThreadPoolExecutor(max_workers=clients) as pool:
        return sum(pool.map(call, range(clients)))


def _work(caller: Caller, left: Iterator[int], taking: threading.Lock) -> int:
    """One operation after the other while there are any; how many this caller did."""
    done = 0
    while True:
        with taking:
            if next(left, None) is None:
                return done
        try:
            caller.do_something()
        except Exception:  # noqa: BLE001  # no answer, or one that cannot be read: a fault of the server
            caller.ledger.fault(f"A caller broke off: {traceback.format_exc()}")
            return done
        done += 1


def _compare(ledger: Ledger, database: Database, report: Report) -> None:
    """The history, every answer against the database, and the database against itself."""
    with database.session() as session:
        _compare_told(ledger, session)
        ((report.bookings,),) = session.rows("SELECT count(*) FROM bookings_appointment")
        report.overlaps_in_table = len(session.rows(_OVERLAPS_IN_THE_TABLE))
        for query, what in _CONTRADICTIONS.items():
            ledger.faults += [f"{row[0]} {what}." for row in session.rows(query)]
    report.counts, report.answers, report.periods = ledger.counts, ledger.seconds, len(ledger.history)
    report.overlaps = list(clashes(ledger.history))
    report.server_errors = sum(number for name, number in ledger.counts.items() if ": 5" in name)
    totals = {
        "overlaps in the history": len(report.overlaps),
        "overlaps in the table": report.overlaps_in_table,
        "server errors": report.server_errors,
        "deadlocks": report.deadlocks,
        "more or fewer bookings stored than confirmed": abs(report.bookings - len(ledger.told)),
    }
    report.faults = ledger.faults + [f"{number} {what}." for what, number in totals.items() if number]


def _compare_told(ledger: Ledger, session: Session) -> None:
    """Every booking as it was last told against the database; what is held still goes into the history."""
    for booked in ledger.told.values():
        stored = stored_booking(session, booked)
        if wrong := divergence(booked, stored):
            ledger.fault(wrong)
        if stored and booked.is_held:
            ledger.keep(booked, room=stored.room)


def show(report: Report) -> None:
    rate = report.operations / report.seconds
    print(f"  {report.operations} operations in {report.seconds:.0f} s, {rate:.1f} a second")
    for name, count in sorted(report.counts.items()):
        print(f"    {count:6} x {name}")
    print(f"  answers: {spread(report.answers)}")
    print(f"  wait for a lock in the database, by statement: {spread(report.lock_waits)}")
    print(f"  {report.bookings} bookings confirmed and stored; {report.periods} periods in the history")
    print(f"  overlaps: {len(report.overlaps)} in the history, {report.overlaps_in_table} in the final table")
    print(f"  server errors: {report.server_errors}, deadlocks: {report.deadlocks}")
    for one, other in islice(report.overlaps, 3):
        print(f"  OVERLAP {one} and {other}")
    for fault in report.faults[:10]:
        print(f"  FAULT {fault[:1500]}")
    print(f"  {'FAILED' if report.faults else 'passed'}: {len(report.faults)} faults", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--database", choices=get_args(Engine), required=True)
    parser.add_argument("--operations", type=int, default=10_000)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--without", choices=GUARDS, nargs="*", default=[])
    asked = parser.parse_args()
    report = run(
        asked.database, operations=asked.operations, clients=asked.clients, seed=asked.seed, without=asked.without
    )
    show(report)
    return FAULTS_FOUND if report.faults else 0


if __name__ == "__main__":
    sys.exit(main())
