"""What becomes of an appointment once it is made: every step of its state machine.

Each step locks the row, checks the version the caller saw, writes one event, and plans what is to
be said, in one transaction. Order of locks: resources first (a move), then the appointment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from bookings.errors import BookingEnded, FeeChanged, InvalidTransition, NotStarted
from bookings.models import Allocation, Appointment
from bookings.reminders import TOPIC, Cause, plan_messages
from bookings.selectors.rules import load_rules
from bookings.services.history import LINK_HOLDER, record_event
from bookings.status import OCCUPYING, AppointmentStatus, may_become, next_statuses
from clients.models import Client
from clinic import clock
from clinic.accounts.models import User
from clinic.accounts.roles import Role
from clinic.errors import NotFound, StaleVersion
from clinic.messaging.services import cancel_pending
from clinic.transactions import owns_transaction, transaction_required

NO_FEE: Final = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class CancellationTerms:
    """What cancelling costs at a moment. `fee` is in the appointment's currency."""

    is_late: bool
    fee: Decimal
    free_until: datetime


def cancellation_terms(appointment: Appointment, *, now: datetime) -> CancellationTerms:
    """The policy as agreed when booked, applied at `now`."""
    free_until = appointment.starts_at - timedelta(hours=appointment.cancellation_notice_hours)
    is_late = now > free_until
    return CancellationTerms(is_late, appointment.late_cancellation_fee if is_late else NO_FEE, free_until)


@owns_transaction()
def cancel(
    appointment: Appointment,
    *,
    actor: User | None,
    now: datetime,
    reason: str = "",
    by_clinic: bool = False,
    waives_fee: bool = False,
    expected_version: int | None = None,
    expected_fee: Decimal | None = None,
) -> Appointment:
    """Give the time back. The client's own cancelling is late inside the notice, and may cost the fee.

    `by_clinic`: the clinic's doing, never late. `expected_fee`: what the client was shown; raises
    FeeChanged when it is another by now. Also raises InvalidTransition, StaleVersion, BookingEnded.
    """
    row = locked_appointment(appointment.pk, expected_version=expected_version)
    _check_step(row, AppointmentStatus.CANCELLED)
    if actor is None or actor.role == Role.CLIENT:
        check_not_over(row, now=now)
    terms = cancellation_terms(row, now=now)
    fee = NO_FEE if by_clinic or waives_fee else terms.fee
    if expected_fee is not None and expected_fee != fee:
        raise FeeChanged(fee=str(fee), currency=row.currency)
    row.is_late_cancellation = terms.is_late and not by_clinic
    row.fee_due = fee
    action = "cancel-by-clinic" if by_clinic else "cancel"
    ended = _become(row, AppointmentStatus.CANCELLED, action=action, actor=actor, now=now, reason=reason)
    cause: Cause = "cancelled-by-clinic" if by_clinic else "cancelled"
    plan_messages(appointment=ended, cause=cause, rules=load_rules().of(ended.therapist_id), now=now)
    return ended


@owns_transaction()
def arrive(
    appointment: Appointment, *, actor: User, now: datetime, reason: str = "", expected_version: int | None = None
) -> Appointment:
    """The client is here. After a no-show: came after all, and owes nothing for it."""
    row = locked_appointment(appointment.pk, expected_version=expected_version)
    row.fee_due = NO_FEE
    return _become(row, AppointmentStatus.ARRIVED, action="arrive", actor=actor, now=now, reason=reason)


@owns_transaction()
def check_in(
    appointment: Appointment, *, actor: User, now: datetime, reason: str = "", expected_version: int | None = None
) -> Appointment:
    """Formalities done; ready to be treated."""
    row = locked_appointment(appointment.pk, expected_version=expected_version)
    return _become(row, AppointmentStatus.CHECKED_IN, action="check-in", actor=actor, now=now, reason=reason)


@owns_transaction()
def fulfil(
    appointment: Appointment, *, actor: User, now: datetime, reason: str = "", expected_version: int | None = None
) -> Appointment:
    """The treatment was given. The client's record remembers when it was last."""
    row = locked_appointment(appointment.pk, expected_version=expected_version)
    row.fee_due = NO_FEE
    done = _become(row, AppointmentStatus.FULFILLED, action="fulfil", actor=actor, now=now, reason=reason)
    treated_on = clock.local_date(done.starts_at, load_rules().clinic.zone)
    Client.objects.filter(pk=done.client_id).exclude(last_treated_on__gte=treated_on).update(last_treated_on=treated_on)
    return done


@owns_transaction()
def mark_no_show(
    appointment: Appointment,
    *,
    actor: User,
    now: datetime,
    reason: str = "",
    waives_fee: bool = False,
    expected_version: int | None = None,
) -> Appointment:
    """The client did not come; the agreed fee is due unless waived. Raises NotStarted before the start."""
    row = locked_appointment(appointment.pk, expected_version=expected_version)
    _check_step(row, AppointmentStatus.NO_SHOW)
    if now < row.starts_at:
        raise NotStarted(starts_at=row.starts_at.isoformat())
    row.fee_due = NO_FEE if waives_fee else row.no_show_fee
    return _become(row, AppointmentStatus.NO_SHOW, action="no-show", actor=actor, now=now, reason=reason)


@owns_transaction()
def enter_in_error(
    appointment: Appointment, *, actor: User, now: datetime, reason: str, expected_version: int | None = None
) -> Appointment:
    """It never should have been there. It stays in the history and owes nothing."""
    row = locked_appointment(appointment.pk, expected_version=expected_version)
    row.fee_due = NO_FEE
    return _become(
        row, AppointmentStatus.ENTERED_IN_ERROR, action="enter-in-error", actor=actor, now=now, reason=reason
    )


@transaction_required
def locked_appointment(pk: int, *, expected_version: int | None = None) -> Appointment:
    """The row as it is now, locked until the transaction ends. Raises NotFound or StaleVersion."""
    row = (
        Appointment.objects.select_for_update(of=("self",), no_key=True)
        .select_related("client", "therapist", "room", "location", "treatment")
        .filter(pk=pk)
        .first()
    )
    if row is None:
        raise NotFound
    if expected_version is not None and expected_version != row.version:
        raise StaleVersion(version=row.version)
    return row


def check_not_over(appointment: Appointment, *, now: datetime) -> None:
    """Raise BookingEnded once the appointment has begun: its link is dead."""
    if now >= appointment.starts_at:
        raise BookingEnded


def invalid_transition(
    row: Appointment, status: str, *, allowed: Sequence[str] = (), message: str = ""
) -> InvalidTransition:
    data: dict[str, Any] = {"from": row.status, "to": status, "allowed": list(allowed)}
    return InvalidTransition(message, **data)


def _check_step(row: Appointment, status: AppointmentStatus) -> None:
    if not may_become(row.status, status):
        raise invalid_transition(row, status, allowed=next_statuses(row.status))


@transaction_required
def _become(
    row: Appointment,
    status: AppointmentStatus,
    *,
    action: str,
    actor: User | None,
    now: datetime,
    reason: str = "",
    changes: Mapping[str, tuple[Any, Any]] | None = None,
) -> Appointment:
    """Take one step of the state machine. Raises InvalidTransition."""
    _check_step(row, status)
    before, fee_before = row.status, Appointment.objects.values_list("fee_due", flat=True).get(pk=row.pk)
    row.status = status.value
    row.version += 1
    row.ended_reason = reason if status not in OCCUPYING else row.ended_reason
    row.save(update_fields=("status", "version", "fee_due", "is_late_cancellation", "ended_reason"))
    if status not in OCCUPYING:
        Allocation.objects.filter(appointment=row, is_active=True).update(is_active=False)
    if row.fee_due != fee_before:
        changes = {**(changes or {}), "fee_due": (fee_before, row.fee_due)}
    record_event(
        row,
        action=action,
        status_before=before,
        actor=actor,
        actor_label=LINK_HOLDER,
        now=now,
        changes=changes,
        reason=reason,
    )
    if status == AppointmentStatus.ENTERED_IN_ERROR:
        cancel_pending(TOPIC, row.pk, reason="The appointment was entered in error.")
    return row
