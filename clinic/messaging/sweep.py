"""Sending what is due, from any number of processes at once, each message once.

# Note [Lease, fence, record]
A sweep takes a batch under a lease with a token of its own and commits. For each message it reads
the state anew and composes; renews the lease by compare-and-set; sends; records. Renewing fails
when the lease ran out or another sweep has the message, and then nothing is sent: a worker that was
paused and wakes up late does no harm. The record too is written only under the token.

Between the server's acceptance and the record nothing else is done. A sender killed just there
leaves a message that goes out again, with the same Message-ID. An attempt counts as unclear until
its end is recorded, and after a few of those a person has to look: copies are bounded.

The clocks of the machines that send must agree to well within the lease.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from clinic.messaging import leases
from clinic.messaging.mailer import Failure, Mailer, Outage, Postponed, Refused, message_id_of
from clinic.messaging.models import Message
from clinic.messaging.registry import Skip, compose

_log = logging.getLogger(__name__)

# Longer than the mail server's time-outs for one message together, EMAIL_TIMEOUT each.
LEASE: Final = timedelta(minutes=3)
BATCH: Final = 20


@dataclass(slots=True)
class SweepResult:
    """What became of the messages that one sweep took. `outage` says why it stopped early, if it did."""

    sent: int = 0
    skipped: int = 0
    failed: int = 0
    postponed: int = 0
    left: int = 0  # the lease was lost before their turn came
    outage: str = ""

    @property
    def total(self) -> int:
        return self.sent + self.skipped + self.failed + self.postponed + self.left


def sweep(now: datetime | None = None, *, limit: int = 500, lease: timedelta = LEASE) -> SweepResult:
    """Send what is due, at most `limit` messages, oldest first. See Note [Lease, fence, record].

    `now` stands still for the whole sweep where it is given; otherwise the clock is read anew.
    """
    return Sweep(clock=(lambda: now) if now else timezone.now, lease=lease).run(limit=limit)


class Sweep:
    """One run: its clock, its connection, its counts."""

    def __init__(self, *, clock: Callable[[], datetime], lease: timedelta) -> None:
        self._clock = clock
        self._lease = lease
        self._mailer = Mailer()
        self.result = SweepResult()

    def run(self, *, limit: int) -> SweepResult:
        try:
            while self.result.total < limit and not self.result.outage:
                room = min(BATCH, limit - self.result.total)
                batch = leases.claim(self._clock(), limit=room, lease=self._lease)
                if not batch:
                    break
                self._deliver_batch(batch)
        finally:
            self._mailer.close()
        return self.result

    def _deliver_batch(self, batch: list[Message]) -> None:
        for index, message in enumerate(batch):
            try:
                self._deliver(message)
            except Outage as outage:
                leases.release(batch[index:])
                self.result.outage = outage.reason
                _log.warning("Sweep stopped. %s", outage.reason)
                return

    def _deliver(self, message: Message) -> None:
        """Send one message, or record why not. Raises Outage. See Note [Lease, fence, record]."""
        try:
            email = compose(message, self._clock())
        except Exception as error:  # noqa: BLE001  # one message that cannot be written must not stop the others
            self._fail(message, _failure_of_composing(message, error), was_begun=False)
            return
        if isinstance(email, Skip):
            leases.record_skipped(message, reason=email.reason, now=self._clock())
            self.result.skipped += 1
            return
        if message.unclear_attempts >= leases.MAX_UNCLEAR_ATTEMPTS:
            self._fail(message, Refused("Its sending was cut short too often; it may have arrived."), was_begun=False)
            return
        self._mailer.open()  # an outage found here has cost the message nothing
        if not leases.renew(message, recipient=email.to, now=self._clock(), lease=self._lease):
            self.result.left += 1
            return
        try:
            self._mailer.send(email, message_id=message_id_of(message))
        except Outage:
            leases.take_back_attempt(message)
            raise
        except Failure as failure:
            self._fail(message, failure, was_begun=True)
            return
        leases.record_sent(message, now=self._clock())
        self.result.sent += 1

    def _fail(self, message: Message, failure: Failure, *, was_begun: bool) -> None:
        has_failed = leases.record_failure(message, failure, now=self._clock(), was_begun=was_begun)
        self.result.failed += has_failed
        self.result.postponed += not has_failed
        _log.warning("Message %s %s. %s", message.pk, "failed" if has_failed else "waits", failure.reason)


def _failure_of_composing(message: Message, error: Exception) -> Failure:
    if isinstance(error, Failure):
        return error
    if isinstance(error, KeyError) and error.args == (message.topic,):
        return Postponed(f"Nothing here writes messages about {message.topic}.")
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    # Neither the words of the error nor its traceback go to the log: they may hold names and addresses.
    place = f"{frame.tb_frame.f_code.co_filename}:{frame.tb_lineno}" if frame else "an unknown place"
    _log.error("Message %s could not be written: %s at %s", message.pk, type(error).__name__, place)
    return Postponed(f"It could not be written ({type(error).__name__}).")
