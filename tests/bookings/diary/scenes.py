"""What the tests of the diary share."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from rest_framework.test import APIClient

from bookings.models import Allocation, Appointment, Hold, WorkingHours
from bookings.services.staff_booking import book_for_client
from clients.models import Client
from clinic.accounts.models import User
from tests.bookings.clinic import NOW, Clinic
from tests.factories import make_client, make_user


def signed_in(user: User | None) -> APIClient:
    api = APIClient()
    if user is not None:
        api.force_authenticate(user)
    return api


def book_at(
    clinic: Clinic, starts_at: datetime, *, therapist: int = 0, client: Client | None = None, override: str = ""
) -> Appointment:
    return book_for_client(
        client or make_client(),
        option=clinic.option,
        starts_at=starts_at,
        therapist_id=clinic.therapists[therapist].pk,
        actor=make_user("receptionist"),
        now=NOW,
        override_reason=override,
    )


def hold_at(clinic: Clinic, starts_at: datetime, *, minutes_left: int = 10) -> Hold:
    """A visitor's hold of the first therapist and room."""
    ends_at = starts_at + timedelta(minutes=clinic.option.minutes)
    hold = Hold.objects.create(
        token_hash=f"{starts_at.isoformat():x<64}"[:64],
        treatment=clinic.treatment,
        therapist=clinic.therapist,
        room=clinic.rooms[0],
        minutes=clinic.option.minutes,
        starts_at=starts_at,
        ends_at=ends_at,
        created_at=NOW,
        expires_at=NOW + timedelta(minutes=minutes_left),
    )
    for resource in (clinic.therapist.resource, clinic.rooms[0].resource):
        Allocation.objects.create(resource=resource, starts_at=starts_at, ends_at=ends_at, kind="hold", hold=hold)
    return hold


def weekly(clinic: Clinic, weekday: int, starts: str, ends: str, **fields: Any) -> WorkingHours:
    """A row that is not stored yet."""
    return WorkingHours(
        weekday=weekday,
        starts=time.fromisoformat(starts),
        ends=time.fromisoformat(ends),
        location=fields.pop("location", clinic.location),
        **fields,
    )


def hours_of(clinic: Clinic, weekday: int) -> list[tuple[str, str]]:
    rows = WorkingHours.objects.filter(therapist=clinic.therapist, weekday=weekday).order_by("starts")
    return [(f"{row.starts:%H:%M}", f"{row.ends:%H:%M}") for row in rows]


def day(month: int, number: int) -> date:
    return date(2027, month, number)
