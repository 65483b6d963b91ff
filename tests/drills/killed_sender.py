"""Confirmations go to a real SMTP server while the process that sends them is killed again and again.

    python -m tests.drills.killed_sender --messages 500 --kills 50
    python -m tests.drills.killed_sender --messages 500 --kills 50 --record bench/killed_sender.md
    python -m tests.drills.killed_sender --database sqlite --without mark-before-sending

Every message has to arrive; one that arrives twice has to do so under one Message-ID; and there may
be no more copies than attempts whose end nobody recorded. A message whose senders die four times in
a row is given up and says so; unless a copy has arrived it counts as lost here. Without `--without`,
each database sees four runs: a server that confirms at once, one that is slow to (there the copies
are), and both mutants, which have to be found out.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import Final, get_args

from tests.drills.databases import ROOT, Database, Engine, environment, fresh_database
from tests.drills.figures import scratch_folder, versions
from tests.drills.mails_due import write_mails_due
from tests.drills.mutant_senders import MUTANTS
from tests.messaging.sink import RunningSink, Sink

MOST_COPIES: Final = 4
_LEASE_SECONDS: Final = 2
_PATIENCE_SECONDS: Final = 60
_START_UP_SECONDS: Final = 1.5
# So many die at any moment at all, before they have sent anything; the others while they send.
_SHARE_KILLED_AT_ANY_MOMENT: Final = 0.1
_OWN_SECONDS_PER_MAIL: Final = 0.02


@dataclass(frozen=True, slots=True)
class Plan:
    """`seconds_before` until the server has a mail, `seconds_after` that until it says so. `mutant`: see there."""

    messages: int
    kills: int
    seed: int
    mutant: str = ""
    seconds_before: float = 0.01
    seconds_after: float = 0.0

    @property
    def seconds_per_mail(self) -> float:
        return self.seconds_before + self.seconds_after + _OWN_SECONDS_PER_MAIL

    @property
    def command(self) -> list[str]:
        program = ["-m", "tests.drills.mutant_senders", self.mutant] if self.mutant else ["manage.py", "sweep"]
        return [sys.executable, *program, "--every", "0.1", "--lease", str(_LEASE_SECONDS)]


@dataclass(slots=True)
class Report:
    plan: Plan
    versions: str = ""
    kills: int = 0
    arrived: int = 0
    lost: int = 0
    extra_copies: int = 0
    most_copies: int = 0
    wrong_ids: int = 0
    unrecorded_attempts: int = 0
    given_up: int = 0
    neither_sent_nor_given_up: int = 0
    seconds: float = 0
    faults: list[str] = field(default_factory=list)

    def judge(self) -> None:
        checks = {
            f"{self.lost} messages were lost": self.lost,
            f"{self.wrong_ids} mails had a Message-ID that is not their message's": self.wrong_ids,
            f"{self.neither_sent_nor_given_up} messages still wait": self.neither_sent_nor_given_up,
            f"one message came {self.most_copies} times": self.most_copies > MOST_COPIES,
            "more copies than attempts without a record": self.extra_copies > self.unrecorded_attempts,
            f"{self.kills} kills instead of {self.plan.kills}": self.kills != self.plan.kills,
        }
        self.faults = [fault for fault, is_so in checks.items() if is_so]


def run(plan: Plan, *, like: Database, folder: Path) -> Report:
    """One run on a copy of the migrated database `like`."""
    sink = Sink(seconds_before=plan.seconds_before, seconds_after=plan.seconds_after)
    with fresh_database(like.engine, folder, like=like) as database:
        expected = write_mails_due(database, folder, count=plan.messages)
        report = Report(plan, f"{versions(database)}, aiosmtpd {version('aiosmtpd')}")
        began = time.monotonic()
        with RunningSink(sink) as port:
            told = environment(database, folder, EMAIL_URL=f"smtp://127.0.0.1:{port}", LOG_LEVEL="ERROR")
            _kill_senders(report, sink, told)
            with _sender(plan, told):
                _wait_until(lambda: _waiting(database) == 0, pause=0.2)
        report.seconds = time.monotonic() - began
        _count(report, sink, expected, database)
    report.judge()
    return report


def _kill_senders(report: Report, sink: Sink, told: dict[str, str]) -> None:
    """Each sender lives for a random number of mails, and dies at a random moment of the next one."""
    plan, dice = report.plan, random.Random(report.plan.seed)
    while report.kills < plan.kills:
        kills_left, mails_left = plan.kills - report.kills, plan.messages - len(sink.taken)
        if mails_left <= 0:
            return
        most = max(1, min(2 * mails_left // kills_left - 1, mails_left - kills_left))
        goal = len(sink.taken) + dice.randint(1, most)
        with _sender(plan, told) as sender:
            if dice.random() < _SHARE_KILLED_AT_ANY_MOMENT:
                time.sleep(dice.uniform(0, _START_UP_SECONDS))
            else:
                _wait_until(lambda goal=goal: len(sink.taken) >= goal)  # type: ignore[misc]  # bound now, not at the call
                time.sleep(dice.uniform(0, plan.seconds_per_mail))
            sender.kill()
        report.kills += 1


@contextmanager
def _sender(plan: Plan, told: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        plan.command, cwd=ROOT, env=told, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=_PATIENCE_SECONDS)


def _wait_until(is_so: Callable[[], bool], *, pause: float = 0.002) -> None:
    until = time.monotonic() + _PATIENCE_SECONDS
    while not is_so() and time.monotonic() < until:
        time.sleep(pause)


def _waiting(database: Database) -> int:
    ((count,),) = database.rows(
        "SELECT count(*) FROM messaging_message WHERE kind = %s AND status = %s", "confirmation", "pending"
    )
    return int(count)


def _count(report: Report, sink: Sink, expected: dict[str, str], database: Database) -> None:
    ids: defaultdict[str, list[str]] = defaultdict(list)
    for (recipient, _), message_id in zip(sink.taken, sink.message_ids(), strict=True):
        ids[recipient].append(message_id)
    copies = Counter({recipient: len(found) for recipient, found in ids.items()})
    report.arrived = len(sink.taken)
    report.lost = len(expected.keys() - ids.keys())
    report.extra_copies = report.arrived - len(ids)
    report.most_copies = max(copies.values(), default=0)
    report.wrong_ids = sum(found != expected.get(recipient) for recipient in ids for found in ids[recipient])
    ((given_up, waiting, unrecorded),) = database.rows(
        "SELECT sum(CASE WHEN status = 'failed' THEN 1 ELSE 0 END), "
        "sum(CASE WHEN status IN ('pending', 'skipped') THEN 1 ELSE 0 END), sum(unclear_attempts) "
        "FROM messaging_message WHERE kind = %s",
        "confirmation",
    )
    report.given_up, report.neither_sent_nor_given_up = int(given_up), int(waiting)
    report.unrecorded_attempts = int(unrecorded)


# --- From the command line ------------------------------------------------------------------------


def plans(*, messages: int, kills: int, seed: int) -> list[Plan]:
    """The real sender twice, and each mutant where it shows."""
    real = Plan(messages, kills, seed)
    slow_to_confirm = replace(real, seconds_before=0.0, seconds_after=0.03)
    fewer = {"messages": max(20, messages // 5), "kills": max(4, kills // 5)}
    return [
        real,
        slow_to_confirm,
        replace(real, mutant="mark-before-sending", seconds_before=0.05, **fewer),
        replace(slow_to_confirm, mutant="new-message-id-each-time", **fewer),
    ]


def line_of(report: Report) -> str:
    """A row of the table."""
    plan = report.plan
    cells = (
        plan.mutant or "the clinic's own",
        f"{plan.seconds_before * 1000:.0f} + {plan.seconds_after * 1000:.0f} ms",
        plan.messages,
        report.kills,
        report.arrived,
        report.lost,
        report.extra_copies,
        report.most_copies,
        report.wrong_ids,
        report.unrecorded_attempts,
        report.given_up,
        f"{report.seconds:.0f} s",
        "; ".join(report.faults) or "passed",
    )
    return f"| {' | '.join(map(str, cells))} |"


HEADER: Final = (
    "| sender | server takes + confirms after | messages | kills | arrived | lost | extra copies | most of one "
    "| wrong Message-IDs | attempts without a record | given up, visibly | took | verdict |\n" + "|---" * 13 + "|"
)


def drill(engine: Engine, chosen: list[Plan]) -> tuple[str, bool]:
    """Every plan on one engine: the table, and whether all is as it should be."""
    lines: list[str] = []
    is_well, heading = True, ""
    with scratch_folder() as folder, fresh_database(engine, folder) as migrated:
        for plan in chosen:
            report = run(plan, like=migrated, folder=folder)
            lines.append(line_of(report))
            print(lines[-1], flush=True)
            is_well &= bool(report.faults) is bool(plan.mutant)
            heading = f"## {engine}\n\nSeed {plan.seed}. {report.versions}.\n\n{HEADER}"
    return "\n".join([heading, *lines, ""]), is_well


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--database", choices=get_args(Engine), help="only this one; else both")
    parser.add_argument("--messages", type=int, default=500)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--without", choices=sorted(MUTANTS), default="", help="only this mutant, which has to fail")
    parser.add_argument("--record", type=Path, help="write the figures to this file")
    asked = parser.parse_args()
    chosen = plans(messages=asked.messages, kills=asked.kills, seed=asked.seed)
    if asked.without:
        chosen = [plan for plan in chosen if plan.mutant == asked.without]
    print(f"seed {asked.seed}, {os.cpu_count()} cores\n{HEADER}", flush=True)
    engines: tuple[Engine, ...] = (asked.database,) if asked.database else get_args(Engine)
    tables, verdicts = zip(*(drill(engine, chosen) for engine in engines), strict=True)
    if asked.record:
        command = f"python -m tests.drills.killed_sender --messages {asked.messages} --kills {asked.kills}"
        asked.record.write_text(_page(command, list(tables)))
    print("as it should be" if all(verdicts) else "FAILED", flush=True)
    if asked.without:
        return 1  # a mutant that was found out has failed; one that was not, too
    return 0 if all(verdicts) else 1


def _page(command: str, tables: list[str]) -> str:
    return (
        f"# The killed sender\n\n`{command}`\n\n"
        f"Confirmations go to a real SMTP server on the loopback while `manage.py sweep --every 0.1` is killed with "
        f"SIGKILL and started anew; {os.cpu_count()} cores, leases of {_LEASE_SECONDS} seconds. Nothing may be lost, "
        "copies have one Message-ID, and the mutants have to be found out. Most kills are aimed at the moment after "
        "the server has taken a mail, where copies come from.\n\n" + "\n".join(tables)
    )


if __name__ == "__main__":
    sys.exit(main())
