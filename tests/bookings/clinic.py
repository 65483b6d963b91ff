"""A small clinic for tests of the diary: open every day from 09:00 to 17:00, London time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from bookings.models import BookingRules, Location, Resource, Room, Therapist, WorkingHours
from bookings.services.booking import BookingRequest
from clients.services.matching import ClientDetails
from clinic.accounts.models import User
from clinic.practice.models import Practice
from tests.factories import make_user
from treatments.models import Treatment, TreatmentOption

LONDON = ZoneInfo("Europe/London")
# A Monday morning; the Wednesday after is two days away, so inside no notice and no reminder.
NOW = datetime(2027, 1, 4, 8, tzinfo=UTC)
WEDNESDAY = date(2027, 1, 6)


def at(hour: int, minute: int = 0, *, on: date = WEDNESDAY) -> datetime:
    """The UTC moment of a London wall time."""
    return datetime.combine(on, time(hour, minute), tzinfo=LONDON).astimezone(UTC)


@dataclass
class Clinic:
    practice: Practice
    rules: BookingRules
    location: Location
    rooms: list[Room]
    therapists: list[Therapist]
    treatment: Treatment
    option: TreatmentOption

    @property
    def therapist(self) -> Therapist:
        return self.therapists[0]

    @property
    def therapist_user(self) -> User:
        user = self.therapist.user
        assert user is not None
        return user

    def set_rules(self, **figures: Any) -> None:
        BookingRules.objects.filter(pk=self.rules.pk).update(**figures)


def make_clinic(*, therapists: int = 1, rooms: int = 1, minutes: int = 60) -> Clinic:
    practice, _ = Practice.objects.get_or_create(
        pk=1, defaults={"name": "The Practice", "address": "1 High Street", "email": "desk@example.org"}
    )
    rules, _ = BookingRules.objects.get_or_create(practice=practice, therapist=None)
    location = Location.objects.create(name="The gym", address="1 High Street")
    all_rooms = [
        Room.objects.create(
            location=location, name=f"Room {number}", resource=Resource.objects.create(kind=Resource.Kind.ROOM)
        )
        for number in range(1, rooms + 1)
    ]
    treatment = Treatment.objects.create(slug="calf-release", name="Calf release", summary="Calves.", state="published")
    option = TreatmentOption.objects.create(treatment=treatment, minutes=minutes, price=Decimal("55.00"))
    people = [_make_therapist(number, location, all_rooms, treatment) for number in range(1, therapists + 1)]
    return Clinic(practice, rules, location, all_rooms, people, treatment, option)


def _make_therapist(number: int, location: Location, rooms: list[Room], treatment: Treatment) -> Therapist:
    therapist = Therapist.objects.create(
        name=f"Therapist {number}",
        slug=f"therapist-{number}",
        user=make_user("therapist"),
        resource=Resource.objects.create(kind=Resource.Kind.THERAPIST),
        position=number,
    )
    therapist.treatments.add(treatment)
    therapist.rooms.set(rooms)
    WorkingHours.objects.bulk_create(
        WorkingHours(therapist=therapist, location=location, weekday=weekday, starts=time(9), ends=time(17))
        for weekday in range(7)
    )
    return therapist


def booking_request(clinic: Clinic, starts_at: datetime, **changes: Any) -> BookingRequest:
    values: dict[str, Any] = {
        "treatment": clinic.treatment.slug,
        "minutes": clinic.option.minutes,
        "starts_at": starts_at,
        "client": ClientDetails("Ada", "Visitor", "ada@example.org"),
        "accepts_policy": True,
        **changes,
    }
    return BookingRequest(**values)


def booking_body(clinic: Clinic, starts_at: datetime, **changes: Any) -> dict[str, Any]:
    """The same as JSON, as a visitor sends it."""
    return {
        "treatment": clinic.treatment.slug,
        "minutes": clinic.option.minutes,
        "starts_at": starts_at.isoformat(),
        "client": {"first_name": "Ada", "last_name": "Visitor", "email": "ada@example.org"},
        "accepts_policy": True,
        **changes,
    }
