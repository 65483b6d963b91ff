"""How many confirmations a minute leave, over one kept connection and over a new one for each.

    python -m bench.mail                            both databases
    python -m bench.mail --database sqlite --messages 200
    python -m bench.mail --record bench/mail.md

The mail server is a real one on the loopback that answers at once: what is measured is our own part,
composing and recording included. A distant server adds its round trips, and a new connection many more.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final, get_args

from tests.drills.databases import ROOT, Database, Engine, environment, fresh_database
from tests.drills.figures import scratch_folder, versions
from tests.drills.mails_due import write_mails_due
from tests.messaging.sink import RunningSink, Sink

# Name -> (processes, what is changed before the sweep).
WAYS: Final[dict[str, tuple[int, str]]] = {
    "one sweep, kept connection": (1, ""),
    "one sweep, a connection for each mail": (
        1,
        "from clinic.messaging import mailer; mailer._MESSAGES_PER_CONNECTION = 0",
    ),
    "two sweeps at once": (2, ""),
}
SWEEP: Final = """
import django
django.setup()
{change}
from clinic.messaging.sweep import sweep
sweep(limit=10**6)
"""


class TimedSink(Sink):
    """Also remembers when the first and the last mail came."""

    def __init__(self) -> None:
        super().__init__(on_message=self._note)
        self.times: list[float] = []

    def _note(self, _recipient: str) -> str:
        self.times.append(time.perf_counter())
        return "250 OK"


def measure(migrated: Database, folder: Path, *, messages: int, processes: int, change: str) -> float:
    """Mails a minute, counted from the first to the last."""
    sink = TimedSink()
    with fresh_database(migrated.engine, folder, like=migrated) as database, RunningSink(sink) as port:
        write_mails_due(database, folder, count=messages)
        told = environment(database, folder, EMAIL_URL=f"smtp://127.0.0.1:{port}", LOG_LEVEL="ERROR")
        command = [sys.executable, "-c", SWEEP.format(change=change)]
        with ExitStack() as stack:
            for _ in range(processes):
                stack.enter_context(subprocess.Popen(command, cwd=ROOT, env=told))
    if len(set(sink.message_ids())) != messages or len(sink.taken) != messages:
        raise RuntimeError(f"{len(sink.taken)} mails arrived instead of {messages}.")
    return (messages - 1) / (sink.times[-1] - sink.times[0]) * 60


def tables(engines: Sequence[Engine], *, messages: int) -> str:
    lines = []
    for engine in engines:
        with scratch_folder() as folder, fresh_database(engine, folder) as migrated:
            lines += [f"\n## {engine}\n\n{versions(migrated)}.\n\n| way | mails a minute |\n|---|---|"]
            for name, (processes, change) in WAYS.items():
                rate = measure(migrated, folder, messages=messages, processes=processes, change=change)
                lines.append(f"| {name} | {rate:.0f} |")
                print(lines[-1], flush=True)
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--database", choices=get_args(Engine), help="only this one; else both")
    parser.add_argument("--messages", type=int, default=300)
    parser.add_argument("--record", type=Path, help="write the figures to this file")
    asked = parser.parse_args()
    engines: tuple[Engine, ...] = (asked.database,) if asked.database else get_args(Engine)
    found = tables(engines, messages=asked.messages)
    if asked.record:
        intro = (
            f"`python -m bench.mail --messages {asked.messages}`\n\nConfirmations with text, HTML and a calendar file, "
            f"to a real SMTP server on the loopback that answers at once; {os.cpu_count()} cores."
        )
        asked.record.write_text(f"# Mail\n\n{intro}\n{found}\n")


if __name__ == "__main__":
    main()
