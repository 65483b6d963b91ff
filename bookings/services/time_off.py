"""Time off of a therapist or a room: taken only where nobody is left standing.

# Note [Time off comes first, then the bookings find their place]
Forced time off says what becomes of every booking in its way. Inside the one transaction these
bookings give up their time, the time off is written, and only then is each of them cancelled or
moved: a move therefore sees the diary as it will be, may use the time of another that goes, and
picks a room that is to be had. If one of them cannot be carried out, nothing has happened.

# Note [Whose locks come first]
Resources, in the order of their keys, then appointments in theirs, then the rows of what they take
up. Moves may need any therapist and any room, so forced time off locks all resources; it is rare,
and a clinic has few.

# Note [Visitors who are just filling in the form]
A slot that a visitor holds is promised to them for some minutes. Time off is refused as
`slot_taken` until the hold ends, unless staff say `end_holds`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from django.db.models import QuerySet

from bookings.errors import SlotTaken
from bookings.models import Allocation, Appointment, Hold, Resource, TimeOff
from bookings.models.allocations import LONGEST_ALLOCATION
from bookings.services.appointments import cancel
from bookings.services.holds import end_hold
from bookings.services.moving import reschedule
from bookings.services.slots import end_expired_holds, lock_resources
from bookings.services.stranded import StrandsBookings
from clinic.accounts.models import User
from clinic.errors import DomainError, InvalidInput, NotFound
from clinic.practice.selectors import get_practice
from clinic.transactions import owns_transaction, transaction_required

# A day short of the longest row allowed: SQLite reckons the length in fractions of a day.
_PIECE: Final = LONGEST_ALLOCATION - timedelta(days=1)
_LONGEST: Final = timedelta(days=3 * 366)
_FURTHEST: Final = timedelta(days=10 * 366)
_WHY_MOVED: Final = "Time off"


class Action(StrEnum):
    CANCEL = "cancel"
    RESCHEDULE = "reschedule"


@dataclass(frozen=True, slots=True)
class Resolution:
    """What becomes of one booking in the way. A move without a therapist stays with its own."""

    reference: str
    action: Action
    starts_at: datetime | None = None
    therapist_id: int | None = None
    reason: str = ""


@owns_transaction(violations={"allocation_no_overlap": SlotTaken})
def take_time_off(
    resource_id: int,
    *,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    actor: User,
    now: datetime,
    resolutions: Sequence[Resolution] = (),
    end_holds: bool = False,
) -> TimeOff:
    """Take a therapist or a room out of the diary for a while.

    Raises StrandsBookings with the bookings in the way unless `resolutions` names every one of
    them; SlotTaken while a visitor holds a slot there, unless `end_holds`; InvalidInput for times
    that make no sense, other time off there, or a resolution of a booking that is not in the way;
    and whatever cancelling or moving a booking raises, with its `reference`.
    """
    time_off = TimeOff(
        resource_id=resource_id, starts_at=starts_at, ends_at=ends_at, reason=reason, created_by=actor, created_at=now
    )
    _check_times(time_off, now=now)
    _lock(resource_id, with_all=bool(resolutions))
    return _place(time_off, actor=actor, now=now, resolutions=resolutions, end_holds=end_holds)


@owns_transaction(violations={"allocation_no_overlap": SlotTaken})
def change_time_off(
    time_off: TimeOff,
    *,
    changes: Mapping[str, Any],
    actor: User,
    now: datetime,
    resolutions: Sequence[Resolution] = (),
    end_holds: bool = False,
) -> TimeOff:
    """Change the times or the reason of time off. Raises as `take_time_off`, and NotFound once it is cancelled."""
    _lock(time_off.resource_id, with_all=bool(resolutions))
    row = TimeOff.objects.filter(pk=time_off.pk, is_cancelled=False).first()
    if row is None:
        raise NotFound
    before = row.starts_at, row.ends_at
    for name, value in changes.items():
        setattr(row, name, value)
    if (row.starts_at, row.ends_at) != before:
        _check_times(row, now=now)
    _give_back(row)
    return _place(row, actor=actor, now=now, resolutions=resolutions, end_holds=end_holds)


@owns_transaction()
def cancel_time_off(time_off: TimeOff) -> None:
    """Give the time back to the diary. Twice is fine."""
    _lock(time_off.resource_id)
    TimeOff.objects.filter(pk=time_off.pk).update(is_cancelled=True)
    _give_back(time_off)


def _check_times(time_off: TimeOff, *, now: datetime) -> None:
    if time_off.starts_at >= time_off.ends_at:
        raise InvalidInput.field("ends_at", "The end must be later than the start.", code="ends_before_start")
    if time_off.ends_at <= now:
        raise InvalidInput.field("ends_at", "This time has passed.", code="in_the_past")
    if time_off.starts_at > now + _FURTHEST:
        raise InvalidInput.field("starts_at", "This is more than ten years ahead.", code="too_far_ahead")
    if time_off.ends_at - time_off.starts_at > _LONGEST:
        raise InvalidInput.field("ends_at", "Time off can last three years at most.", code="too_long")


@transaction_required
def _lock(resource_id: int, *, with_all: bool = False) -> None:
    """See Note [Whose locks come first]."""
    lock_resources(Resource.objects.values_list("pk", flat=True) if with_all else [resource_id])


@transaction_required
def _place(
    time_off: TimeOff, *, actor: User, now: datetime, resolutions: Sequence[Resolution], end_holds: bool
) -> TimeOff:
    end_expired_holds([time_off.resource_id], now=now)
    _refuse_other_time_off(time_off)
    _settle_holds(time_off, end_holds=end_holds)
    bookings = _locked_bookings_in_the_way(time_off)
    _check_resolutions(resolutions, bookings)
    Allocation.objects.filter(appointment__in=bookings.values(), is_active=True).update(is_active=False)
    time_off.save()
    Allocation.objects.bulk_create(_pieces(time_off))
    for resolution in resolutions:
        _carry_out(resolution, bookings[resolution.reference], actor=actor, now=now)
    return time_off


def _in_the_way(time_off: TimeOff, kind: Allocation.Kind) -> QuerySet[Allocation]:
    return Allocation.objects.filter(
        resource_id=time_off.resource_id,
        is_active=True,
        kind=kind,
        starts_at__gt=time_off.starts_at - LONGEST_ALLOCATION,
        starts_at__lt=time_off.ends_at,
        ends_at__gt=time_off.starts_at,
    )


def _refuse_other_time_off(time_off: TimeOff) -> None:
    row = _in_the_way(time_off, Allocation.Kind.TIME_OFF).select_related("time_off").first()
    if row is not None and (other := row.time_off):
        message = f"There is time off already from {_in_words(other.starts_at)} to {_in_words(other.ends_at)}."
        raise InvalidInput.field("starts_at", message, code="overlaps_time_off")


def _settle_holds(time_off: TimeOff, *, end_holds: bool) -> None:
    """See Note [Visitors who are just filling in the form]."""
    held_ids = _in_the_way(time_off, Allocation.Kind.HOLD).values("hold_id")
    holds = list(Hold.objects.filter(pk__in=held_ids).order_by("starts_at"))
    if holds and not end_holds:
        raise SlotTaken(
            "Somebody is just booking in this time. Try again when they are done, or end what they hold.",
            holds=[
                {
                    "starts_at": _local(hold.starts_at),
                    "ends_at": _local(hold.ends_at),
                    "expires_at": _local(hold.expires_at),
                }
                for hold in holds
            ],
        )
    for hold in holds:
        end_hold(hold)


@transaction_required
def _locked_bookings_in_the_way(time_off: TimeOff) -> dict[str, Appointment]:
    """By reference. Looked up again once locked: a client may have cancelled at the same moment."""

    def found() -> QuerySet[Appointment]:
        rows = _in_the_way(time_off, Allocation.Kind.APPOINTMENT).values("appointment_id")
        return Appointment.objects.filter(pk__in=rows)

    list(found().select_for_update(no_key=True).order_by("pk"))
    return {booking.reference: booking for booking in found().select_related("client", "therapist")}


def _check_resolutions(resolutions: Sequence[Resolution], bookings: Mapping[str, Appointment]) -> None:
    errors: dict[str, list[dict[str, str]]] = {}
    named: set[str] = set()
    for index, resolution in enumerate(resolutions):
        if resolution.reference in named:
            errors[f"resolutions.{index}.reference"] = [{"code": "twice", "message": "Named twice."}]
        elif resolution.reference not in bookings:
            message = "This booking is not in the way."
            errors[f"resolutions.{index}.reference"] = [{"code": "not_in_the_way", "message": message}]
        elif resolution.action == Action.RESCHEDULE and resolution.starts_at is None:
            errors[f"resolutions.{index}.starts_at"] = [{"code": "required", "message": "When is it moved to?"}]
        named.add(resolution.reference)
    if errors:
        raise InvalidInput(errors)
    if unresolved := [booking for reference, booking in bookings.items() if reference not in named]:
        message = "There are bookings in this time. Say what becomes of each of them."
        raise StrandsBookings(unresolved, message, zone=get_practice().zone)


def _pieces(time_off: TimeOff) -> list[Allocation]:
    """Rows that touch. See Note [No allocation is longer than a week]."""
    pieces = []
    starts_at = time_off.starts_at
    while starts_at < time_off.ends_at:
        ends_at = min(starts_at + _PIECE, time_off.ends_at)
        pieces.append(
            Allocation(
                resource_id=time_off.resource_id,
                starts_at=starts_at,
                ends_at=ends_at,
                kind=Allocation.Kind.TIME_OFF,
                time_off=time_off,
            )
        )
        starts_at = ends_at
    return pieces


def _carry_out(resolution: Resolution, booking: Appointment, *, actor: User, now: datetime) -> None:
    reason = resolution.reason or _WHY_MOVED
    try:
        if resolution.action == Action.CANCEL or resolution.starts_at is None:
            cancel(booking, actor=actor, now=now, reason=reason, by_clinic=True)
        else:
            reschedule(
                booking,
                starts_at=resolution.starts_at,
                therapist_id=resolution.therapist_id or booking.therapist_id,
                actor=actor,
                now=now,
                reason=reason,
            )
    except DomainError as error:
        error.data.setdefault("reference", booking.reference)
        raise


def _give_back(time_off: TimeOff) -> None:
    Allocation.objects.filter(time_off=time_off, is_active=True).update(is_active=False)


def _local(at: datetime) -> str:
    return at.astimezone(get_practice().zone).isoformat()


def _in_words(at: datetime) -> str:
    return f"{at.astimezone(get_practice().zone):%d %B %Y %H:%M}"
