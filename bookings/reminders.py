"""What is said about an appointment, and when: written to the outbox with the change that causes it."""

from __future__ import annotations

from datetime import datetime, time
from typing import Final, Literal, Protocol
from zoneinfo import ZoneInfo

from bookings.models import Appointment
from clinic import clock
from clinic.messaging.services import cancel_pending, enqueue
from clinic.transactions import transaction_required

TOPIC: Final = "appointment"
REMINDER: Final = "reminder"

Cause = Literal["booked", "moved", "cancelled", "cancelled-by-clinic"]

_NOTICE_OF: Final[dict[Cause, str]] = {
    "booked": "confirmation",
    "moved": "moved",
    "cancelled": "cancelled",
    "cancelled-by-clinic": "cancelled-by-clinic",
}


class ReminderRules(Protocol):
    """The part of the rules in force that says when to remind. Times are of the clock in `zone`."""

    @property
    def zone(self) -> ZoneInfo: ...
    @property
    def reminder_hours_before(self) -> tuple[int, ...]: ...
    @property
    def quiet_hours_start(self) -> time: ...
    @property
    def quiet_hours_end(self) -> time: ...


@transaction_required
def plan_messages(*, appointment: Appointment, cause: Cause, rules: ReminderRules, now: datetime) -> None:
    """Write what has to be said about the appointment as it now stands, and take back what no longer holds.

    The notice of the change goes at once; reminders at their hours by the wall clock, moved to before
    the quiet hours. A reminder whose time has passed already is not written: who books late has just
    been told.
    """
    cancel_pending(TOPIC, appointment.pk, reason=_reason_for_taking_back(cause), before_version=appointment.version)
    _say(appointment, kind=_NOTICE_OF[cause], due_at=now, now=now)
    if cause in ("cancelled", "cancelled-by-clinic"):
        return
    for hours in rules.reminder_hours_before:
        due_at = reminder_due_at(appointment.starts_at, hours=hours, rules=rules)
        if due_at > now:
            _say(appointment, kind=f"{REMINDER}-{hours}h", due_at=due_at, now=now)


def reminder_due_at(starts_at: datetime, *, hours: int, rules: ReminderRules) -> datetime:
    """The UTC moment to remind at: so many hours before by the wall clock, never within the quiet hours."""
    due_at = clock.hours_before_by_wall_clock(starts_at, hours, rules.zone)
    return clock.before_quiet_hours(due_at, starts=rules.quiet_hours_start, ends=rules.quiet_hours_end, zone=rules.zone)


def _say(appointment: Appointment, *, kind: str, due_at: datetime, now: datetime) -> None:
    enqueue(
        topic=TOPIC,
        topic_id=appointment.pk,
        topic_version=appointment.version,
        kind=kind,
        due_at=due_at,
        now=now,
        client_id=appointment.client_id,
    )


def _reason_for_taking_back(cause: Cause) -> str:
    return "The appointment was moved." if cause == "moved" else "The appointment was cancelled."
