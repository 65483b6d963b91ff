"""The diary of some days as plain data: hours, appointments, holds and time off, in seven queries.

# Note [Rows, not objects]
A month of twenty therapists is some thousand rows. Model instances and serializers would be most of
the cost of the answer, so the rows go straight into dicts. What is not selected here cannot leak:
nothing clinical is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import F, Q, QuerySet

from bookings.dates import check_range
from bookings.models import Appointment, Hold, Resource, TimeOff
from bookings.models.appointments import LONGEST_APPOINTMENT
from bookings.selectors.places import therapists_visible_to
from bookings.selectors.rules import RuleBook, load_rules
from bookings.selectors.shifts import closed_days, load_shifts
from bookings.status import OCCUPYING, next_statuses
from clinic import clock
from clinic.accounts.models import User
from clinic.errors import NotFound


@dataclass(frozen=True, slots=True)
class _Window:
    """Whose diary is asked for, and from when to when, half-open, in UTC."""

    therapist_ids: Collection[int]
    starts_at: datetime
    ends_at: datetime
    zone: ZoneInfo


def load_diary(
    user: User, *, first: date, last: date, now: datetime, therapist_id: int | None = None
) -> dict[str, Any]:
    """The diary from `first` to `last`, local dates, both inclusive, as JSON-ready data.

    Moments have the clinic's own offset. Therapists get their own diary, owner and receptionist
    everybody's or the one asked for. Time that was given back (cancelled, entered in error) is not
    in it. Raises InvalidInput naming `to`, and NotFound for a therapist whom `user` may not see.
    """
    check_range(first, last)
    rules = load_rules()
    zone = rules.clinic.zone
    therapists = therapists_in_diary(user, therapist_id)
    window = _Window(
        therapist_ids=[row["id"] for row in therapists],
        starts_at=clock.start_of_day(first, zone),
        ends_at=clock.start_of_day(last + clock.ONE_DAY, zone),
        zone=zone,
    )
    return {
        "time_zone": zone.key,
        "from": first.isoformat(),
        "to": last.isoformat(),
        "bank_holidays": sorted(day.isoformat() for day in closed_days(rules.clinic, first=first, last=last)),
        "therapists": therapists,
        "working_hours": list(_working_hours(window, rules, first=first, last=last)),
        "appointments": list(_appointments(window, shows_review=user.may_read_clinical)),
        "holds": list(_holds(window, now=now)),
        "time_off": list(_time_off(window)),
    }


def therapists_in_diary(user: User, therapist_id: int | None) -> list[Mapping[str, Any]]:
    """Whose diary `user` is shown, or the one asked for. Raises NotFound for one whom they may not see."""
    visible = therapists_visible_to(user).order_by("position", "name")
    if therapist_id is not None:
        visible = visible.filter(pk=therapist_id)
    rows: list[Mapping[str, Any]] = list(visible.values("id", "slug", "name", "is_bookable"))
    if therapist_id is not None and not rows:
        raise NotFound
    return rows


def _working_hours(window: _Window, rules: RuleBook, *, first: date, last: date) -> Iterator[dict[str, Any]]:
    shifts = load_shifts(window.therapist_ids, rules, first=first, last=last)
    for therapist_id in window.therapist_ids:
        for shift in shifts[therapist_id]:
            yield {
                "therapist": therapist_id,
                "location": shift.location_id,
                "starts_at": _local(shift.interval.starts_at, window),
                "ends_at": _local(shift.interval.ends_at, window),
            }


# Under the same name in the answer, times and nested parts apart.
_AS_STORED: Final = (
    "id",
    "reference",
    "minutes",
    "buffer_before_minutes",
    "buffer_after_minutes",
    "status",
    "version",
    "source",
    "is_first_visit",
)
_REVIEW: Final = ("needs_review",)


def _appointments(window: _Window, *, shows_review: bool) -> Iterator[dict[str, Any]]:
    found = Appointment.objects.filter(
        therapist_id__in=window.therapist_ids,
        starts_at__gt=window.starts_at - LONGEST_APPOINTMENT,
        starts_at__lt=window.ends_at,
        ends_at__gt=window.starts_at,
        status__in=OCCUPYING,
    )
    return diary_rows(found.order_by("starts_at", "pk"), zone=window.zone, shows_review=shows_review)


def diary_rows(appointments: QuerySet[Appointment], *, zone: ZoneInfo, shows_review: bool) -> Iterator[dict[str, Any]]:
    """Appointments as the diary shows them, in one query. The safety flag speaks of health: not for everybody."""
    as_stored = _AS_STORED + _REVIEW if shows_review else _AS_STORED
    rows: Any = appointments.values_list(
        "therapist_id",
        "location_id",
        "room_id",
        "room__name",
        "client_id",
        "client__preferred_name",
        "client__first_name",
        "client__last_name",
        "client__phone",
        "client__alert_line",
        "treatment__slug",
        "treatment_name",
        "starts_at",
        "ends_at",
        *as_stored,
    )
    for therapist, location, room, room_name, client, preferred, first, last, *more in rows:
        phone, alert, slug, name, starts_at, ends_at, *rest = more
        stored = dict(zip(as_stored, rest, strict=True))
        yield {
            "therapist": therapist,
            "location": location,
            "room": room and {"id": room, "name": room_name},
            "client": {
                "id": client,
                "name": f"{preferred or first} {last}".strip(),
                "phone": str(phone),
                "alert_line": alert,
            },
            "treatment": {"slug": slug, "name": name},
            "starts_at": starts_at.astimezone(zone).isoformat(),
            "ends_at": ends_at.astimezone(zone).isoformat(),
            "next_statuses": next_statuses(stored["status"]),
            **stored,
        }


def _holds(window: _Window, *, now: datetime) -> Iterator[dict[str, Any]]:
    rows: Any = (
        Hold.objects.filter(
            therapist_id__in=window.therapist_ids,
            expires_at__gt=now,
            starts_at__lt=window.ends_at,
            ends_at__gt=window.starts_at,
            allocations__is_active=True,
            allocations__resource_id=F("therapist__resource_id"),  # a hold has a row for its room too
        )
        .order_by("starts_at", "pk")
        .values("id", "therapist_id", "room_id", "treatment__name", "minutes", "starts_at", "ends_at", "expires_at")
    )
    for row in rows:
        yield {
            "id": row["id"],
            "therapist": row["therapist_id"],
            "room": row["room_id"],
            "treatment_name": row["treatment__name"],
            "minutes": row["minutes"],
            "starts_at": _local(row["starts_at"], window),
            "ends_at": _local(row["ends_at"], window),
            "expires_at": _local(row["expires_at"], window),
        }


def _time_off(window: _Window) -> Iterator[dict[str, Any]]:
    rows: Any = (
        TimeOff.objects.filter(
            Q(resource__therapist__in=window.therapist_ids) | Q(resource__kind=Resource.Kind.ROOM),
            is_cancelled=False,
            starts_at__lt=window.ends_at,
            ends_at__gt=window.starts_at,
        )
        .order_by("starts_at", "pk")
        .values("id", "resource__therapist", "resource__room", "resource__room__name", "starts_at", "ends_at", "reason")
    )
    for row in rows:
        room = row["resource__room"]
        yield {
            "id": row["id"],
            "therapist": row["resource__therapist"],
            "room": room and {"id": room, "name": row["resource__room__name"]},
            "starts_at": _local(row["starts_at"], window),
            "ends_at": _local(row["ends_at"], window),
            "reason": row["reason"],
        }


def _local(at: datetime, window: _Window) -> str:
    return at.astimezone(window.zone).isoformat()
