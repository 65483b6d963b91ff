"""Working hours and one-off hours: whole changes, which neither overlap nor strand a booking.

# Note [A change of hours is judged as a whole]
A week is often rearranged in several rows at once. The rows are written first and judged together
inside the transaction; a refusal rolls all of them back. The therapist's resource is locked before
that, so that nothing is booked between the judgement and the commit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, Final, TypeAlias

from bookings.models import Appointment, OneOffHours, Therapist, WorkingHours
from bookings.models.appointments import LONGEST_APPOINTMENT
from bookings.selectors.rules import load_rules
from bookings.selectors.shifts import load_shifts
from bookings.services.slots import lock_resources
from bookings.services.stranded import StrandsBookings
from bookings.status import OPEN
from clinic import clock
from clinic.errors import DomainError, ErrorCode, InvalidInput, NotFound
from clinic.intervals import Interval, merge
from clinic.practice.selectors import get_practice
from clinic.transactions import owns_transaction

Hours: TypeAlias = WorkingHours | OneOffHours

_MIDNIGHT: Final = time.min


class OverlappingHours(DomainError):
    """Data: `errors` by field, as for input, and `hours`, the row that is in the way."""

    code = ErrorCode.OVERLAPPING_HOURS

    def __init__(self, refused: Hours, other: Hours) -> None:
        self.refused = refused
        message = f"These hours overlap others of the same therapist: {other}, {other.location}."
        super().__init__(
            message,
            errors={"starts": [{"code": self.code.value, "message": message}]},
            hours={"id": other.pk, "starts": f"{other.starts:%H:%M}", "ends": f"{other.ends:%H:%M}"},
        )


@owns_transaction()
def change_hours(
    therapist: Therapist,
    *,
    store: Sequence[Hours] = (),
    remove: Sequence[Hours] = (),
    now: datetime,
    accept_stranded: bool = False,
) -> None:
    """Store new and changed rows and remove others as one change of a therapist's hours.

    Times are of the clinic's clock. Raises InvalidInput for a row that makes no sense,
    OverlappingHours, and StrandsBookings with the upcoming bookings that lay within hours and would
    not any more, unless `accept_stranded`. See Note [A change of hours is judged as a whole].
    """
    for row in store:
        check_hours(row)
    lock_resources([therapist.resource_id])
    outside_before = {booking.pk for booking in _bookings_outside_hours(therapist, now=now)}
    _write(therapist, store=store, remove=remove)
    _refuse_overlaps(therapist, store)
    stranded = [booking for booking in _bookings_outside_hours(therapist, now=now) if booking.pk not in outside_before]
    if stranded and not accept_stranded:
        raise StrandsBookings(stranded, "These bookings would lie outside working hours.", zone=get_practice().zone)


@owns_transaction()
def edit_hours(row: Hours, *, changes: Mapping[str, Any], now: datetime, accept_stranded: bool = False) -> Hours:
    """Change some fields of one row, as it stands once the therapist is locked.

    Raises as `change_hours`, and NotFound when the row was removed meanwhile.
    """
    lock_resources([row.therapist.resource_id])
    current: Hours | None = type(row).objects.select_related("location").filter(pk=row.pk).first()
    if current is None:
        raise NotFound
    for name, value in changes.items():
        setattr(current, name, value)
    change_hours(row.therapist, store=[current], now=now, accept_stranded=accept_stranded)
    return current


def _write(therapist: Therapist, *, store: Iterable[Hours], remove: Iterable[Hours]) -> None:
    for row in remove:
        row.delete()
    for row in store:
        row.therapist = therapist
        row.save()


def check_hours(row: Hours) -> None:
    """Raise InvalidInput where one row by itself makes no sense."""
    if row.ends != _MIDNIGHT and row.starts >= row.ends:
        raise InvalidInput.field("ends", "The end must be later than the start.", code="ends_before_start")
    if not row.location.is_active:
        raise InvalidInput.field("location", "This location is no longer in use.", code="unknown_location")
    if isinstance(row, WorkingHours) and row.valid_from and row.valid_until and row.valid_from > row.valid_until:
        raise InvalidInput.field("valid_until", "The last day must not be before the first.", code="ends_before_start")


def _refuse_overlaps(therapist: Therapist, stored: Sequence[Hours]) -> None:
    """Raise OverlappingHours for the first of `stored` that meets any other of the therapist's rows."""
    weekly = [row for row in stored if isinstance(row, WorkingHours)]
    one_off = [row for row in stored if isinstance(row, OneOffHours)]
    others: list[Hours] = []
    if weekly:
        others += WorkingHours.objects.filter(therapist=therapist).select_related("location")
    if one_off:
        others += OneOffHours.objects.filter(therapist=therapist, on__in={row.on for row in one_off}).select_related(
            "location"
        )
    for row in stored:
        if other := next((other for other in others if _overlap(row, other)), None):
            raise OverlappingHours(row, other)


def _overlap(one: Hours, other: Hours) -> bool:
    if type(one) is not type(other) or one.pk == other.pk:
        return False
    return _share_a_date(one, other) and _minutes(one.starts) < _end(other) and _minutes(other.starts) < _end(one)


def _share_a_date(one: Hours, other: Hours) -> bool:
    if isinstance(one, OneOffHours) or isinstance(other, OneOffHours):
        return isinstance(one, OneOffHours) and isinstance(other, OneOffHours) and one.on == other.on
    return (
        one.weekday == other.weekday
        and (one.valid_from or date.min) <= (other.valid_until or date.max)
        and (other.valid_from or date.min) <= (one.valid_until or date.max)
    )


def _minutes(at: time) -> float:
    return at.hour * 60 + at.minute + at.second / 60


def _end(row: Hours) -> float:
    return _minutes(row.ends) or 24 * 60


def _bookings_outside_hours(therapist: Therapist, *, now: datetime) -> list[Appointment]:
    """The therapist's bookings still to come that do not lie within hours at their location."""
    bookings = list(
        Appointment.objects.filter(
            therapist=therapist, status__in=OPEN, starts_at__gt=now - LONGEST_APPOINTMENT, ends_at__gt=now
        ).select_related("client", "therapist")
    )
    if not bookings:
        return []
    rules = load_rules()
    dates = [clock.local_date(booking.starts_at, rules.clinic.zone) for booking in bookings]
    worked: dict[int, list[Interval]] = defaultdict(list)
    # A day more at both ends: hours that touch at midnight are one stretch.
    first, last = min(dates) - clock.ONE_DAY, max(dates) + clock.ONE_DAY
    for shift in load_shifts([therapist.pk], rules, first=first, last=last)[therapist.pk]:
        worked[shift.location_id].append(shift.interval)
    merged = {location_id: merge(intervals) for location_id, intervals in worked.items()}
    return [booking for booking in bookings if not _lies_within(booking, merged.get(booking.location_id, []))]


def _lies_within(booking: Appointment, worked: Iterable[Interval]) -> bool:
    wanted = Interval(booking.starts_at, booking.ends_at)
    return any(interval.contains(wanted) for interval in worked)
