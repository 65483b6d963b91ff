"""Moving an appointment, or changing its length. The row, its reference and its link stay; the version goes up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bookings.errors import SlotTaken, TooLateToMove
from bookings.models import Allocation, Appointment
from bookings.reminders import plan_messages
from bookings.selectors.appointments import has_been_before
from bookings.selectors.openings import Passing, Wanted, load_candidates
from bookings.selectors.rules import load_rules
from bookings.services.appointments import cancellation_terms, check_not_over, invalid_transition, locked_appointment
from bookings.services.history import LINK_HOLDER, record_event
from bookings.services.slots import Attempt, Claim, allocate, locked_claim, take_slot
from bookings.services.terms import reprice
from bookings.services.waitlist import end_waiting
from bookings.status import OPEN
from clients.services.matching import add_to_care_team
from clinic.accounts.models import User
from clinic.accounts.roles import STAFF_ROLES
from clinic.errors import InvalidInput, NotAllowed, StaleVersion
from clinic.transactions import owns_transaction
from treatments.models import TreatmentOption
from treatments.selectors import get_option


def reschedule(
    appointment: Appointment,
    *,
    starts_at: datetime,
    actor: User | None,
    now: datetime,
    therapist_id: int | None = None,
    minutes: int | None = None,
    reason: str = "",
    override_reason: str = "",
    expected_version: int | None = None,
) -> Appointment:
    """Move to `starts_at`, with the same therapist and length unless others are named.

    Clients, by link or signed in, keep the notice they agreed to and the rules of booking; staff do
    not, and with `override_reason` may move outside working hours too. Staff alone may name
    `minutes`, one of the lengths the treatment comes in: the price becomes that length's, see
    `bookings.services.terms`. Raises InvalidTransition, TooLateToMove, BookingEnded, StaleVersion,
    SlotTaken, SlotUnavailable, InvalidInput, NotAllowed.
    """
    is_staff = actor is not None and actor.role in STAFF_ROLES
    _check_movable(appointment, is_staff=is_staff, now=now)
    if minutes is not None and not is_staff:
        raise NotAllowed
    option = _other_length(appointment, minutes)
    wanted = Wanted(
        appointment.treatment,
        option.minutes if option else appointment.minutes,
        therapist_id or appointment.therapist_id,
        is_returning=not appointment.is_first_visit or has_been_before([appointment.client]),
        is_override=is_staff,
        ignores_hours=is_staff and bool(override_reason),
    )
    passing = Passing(appointment_id=appointment.pk)
    attempt = Attempt(wanted, starts_at, load_rules(), load_candidates(wanted), now, passing)

    @owns_transaction(violations={"allocation_no_overlap": SlotTaken})
    def write() -> Appointment:
        claim = locked_claim(attempt)
        row = locked_appointment(appointment.pk, expected_version=expected_version)
        _check_movable(row, is_staff=is_staff, now=now)
        if row.minutes != appointment.minutes:
            raise StaleVersion(version=row.version)  # the slot was looked for at a length that is over
        if option is None and _has_it_already(row, claim):
            return row  # nothing moves, and nobody is told that it did
        before = _told(row)
        _move(row, claim, option, override=override_reason)
        _write_down(row, claim, before, actor=actor, now=now, reason=reason or override_reason)
        return row

    return take_slot(attempt, write)


def _other_length(appointment: Appointment, minutes: int | None) -> TreatmentOption | None:
    """The length that is asked for, where it is another. Raises InvalidInput naming `minutes`."""
    if minutes is None or minutes == appointment.minutes:
        return None
    try:
        return get_option(slug=appointment.treatment.slug, minutes=minutes)
    except InvalidInput as error:
        if "treatment" not in error.errors:
            raise
        message = "The treatment is not offered any more, so its length stays as it was booked."
        raise InvalidInput.field("minutes", message, code="unknown_length") from error


def _check_movable(appointment: Appointment, *, is_staff: bool, now: datetime) -> None:
    if appointment.status not in OPEN:
        message = "Only an appointment that is still to come can be moved."
        raise invalid_transition(appointment, appointment.status, message=message)
    if is_staff:
        return
    check_not_over(appointment, now=now)
    terms = cancellation_terms(appointment, now=now)
    if terms.is_late:
        raise TooLateToMove(
            notice_hours=appointment.cancellation_notice_hours, movable_until=terms.free_until.isoformat()
        )


def _has_it_already(row: Appointment, claim: Claim) -> bool:
    """Whether the appointment is there now. What time off has just put out of its room must find another."""
    is_there = (row.starts_at, row.therapist_id) == (claim.opening.starts_at, claim.opening.therapist_id)
    return is_there and Allocation.objects.filter(appointment=row, is_active=True).exists()


def _told(row: Appointment) -> dict[str, Any]:
    """What the history tells of a move."""
    return {
        "starts_at": row.starts_at,
        "therapist": row.therapist_id,
        "location": row.location_id,
        "room": row.room_id,
        "minutes": row.minutes,
        "price": row.price,
        "currency": row.currency,
    }


def _move(row: Appointment, claim: Claim, option: TreatmentOption | None, *, override: str) -> None:
    """Give back the time it had and take what was claimed, at the price of its new length if it has one."""
    opening = claim.opening
    Allocation.objects.filter(appointment=row, is_active=True).update(is_active=False)
    if option:
        row.minutes = option.minutes
        reprice(row, option.price, rules=claim.rules)
    row.starts_at, row.ends_at = opening.starts_at, claim.ends_at
    row.therapist_id, row.room_id, row.location_id = opening.therapist_id, opening.room_id, opening.location_id
    row.buffer_before_minutes, row.buffer_after_minutes = claim.buffer_before_minutes, claim.buffer_after_minutes
    row.override_reason = override or row.override_reason
    row.version += 1
    row.save()
    allocate(claim, appointment=row)


def _write_down(
    row: Appointment, claim: Claim, before: Mapping[str, Any], *, actor: User | None, now: datetime, reason: str
) -> None:
    """The event in its history, who has the client in their care now, and the messages."""
    record_event(
        row,
        action="reschedule",
        status_before=row.status,
        actor=actor,
        actor_label=LINK_HOLDER,
        now=now,
        changes={name: (before[name], value) for name, value in _told(row).items() if value != before[name]},
        reason=reason,
    )
    if row.therapist.user is not None:
        add_to_care_team(row.client, row.therapist.user)
    end_waiting(row, zone=claim.rules.zone)
    plan_messages(appointment=row, cause="moved", rules=claim.rules, now=now)
