from __future__ import annotations

import signal
import threading
from argparse import ArgumentParser
from dataclasses import asdict
from datetime import timedelta
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections

from clinic.errors import Busy
from clinic.messaging.sweep import BATCH, LEASE, SweepResult, sweep


class Command(BaseCommand):
    help = "Send the messages that are due. Needs the database and the mail server, no broker."
    requires_system_checks = ()  # a scheduler calls it every minute; checks are for deployments

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--limit", type=int, default=500, help="at most so many messages (500)")
        parser.add_argument(
            "--every", type=float, metavar="SECONDS", help="again and again, with such a pause, until a signal comes"
        )
        parser.add_argument(
            "--lease",
            type=float,
            default=LEASE.total_seconds(),
            metavar="SECONDS",
            help="how long a message that a killed sender held is left alone (%(default)s)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        lease = timedelta(seconds=options["lease"])
        if options["every"] is None:
            self._report(sweep(limit=options["limit"], lease=lease))
        else:
            self._sweep_until_stopped(pause=options["every"], lease=lease)

    def _sweep_until_stopped(self, *, pause: float, lease: timedelta) -> None:
        """A signal ends the loop after the batch at hand, so that nothing is cut off in the middle."""
        stopped = threading.Event()

        def stop(_number: int, _frame: FrameType | None) -> None:
            stopped.set()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        while not stopped.is_set():
            result = SweepResult()
            try:
                result = sweep(limit=BATCH, lease=lease)
            except Busy as error:
                self.stderr.write(error.message)
            if result.total or result.outage:
                self._report(result)
            if result.total < BATCH:
                close_old_connections()
                stopped.wait(pause)

    def _report(self, result: SweepResult) -> None:
        counts = asdict(result)
        outage = counts.pop("outage")
        self.stdout.write(", ".join(f"{name} {count}" for name, count in counts.items()))
        if outage:
            self.stderr.write(outage)
