"""What everybody may know: the clinic and who may be booked."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from bookings.models import Location, Room, Therapist
from clinic.practice.models import Practice
from tests.bookings.clinic import NOW, Clinic, make_clinic
from treatments.models import Treatment

pytestmark = pytest.mark.django_db

CLINIC, THERAPISTS = "/api/v1/clinic/", "/api/v1/therapists/"


@pytest.fixture(autouse=True)
def _now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def test_clinic_tells_everybody_where_it_is_and_what_holds() -> None:
    clinic = make_clinic()
    Practice.objects.update(phone="+442079460958", tagline="Hands on")
    clinic.set_rules(horizon_days=90)
    Location.objects.create(name="Closed", is_active=False)

    answer = APIClient().get(CLINIC)

    assert answer.status_code == 200
    assert answer.json() == {
        "name": "The Practice",
        "tagline": "Hands on",
        "address": "1 High Street",
        "phone": "+442079460958",
        "email": "desk@example.org",
        "website": "",
        "colour": "#1f5f5b",
        "logo": None,
        "time_zone": "Europe/London",
        "currency": "GBP",
        "locations": [
            {"id": clinic.location.pk, "name": "The gym", "address": "1 High Street", "directions": ""},
        ],
        "booking_rules": {
            "grid_minutes": 15,
            "minimum_notice_hours_new": 24,
            "minimum_notice_hours_returning": 4,
            "horizon_days": 90,
            "hold_minutes": 10,
            "upcoming_bookings_cap": 4,
            "cancellation_notice_hours": 24,
            "late_cancellation_fee_percent": 50,
            "no_show_fee_percent": 100,
        },
        "cancellation_policy": "You can cancel or move your booking free of charge up to 24 hours before it starts. "
        "If you cancel later than that, 50% of the price is due. If you do not come, the full price is due.",
        "bank_holidays": {"is_closed": True, "region": "ENG", "dates": ["2027-03-26", "2027-03-29"]},
    }


def test_clinic_that_works_on_bank_holidays_names_none() -> None:
    make_clinic().set_rules(is_closed_on_bank_holidays=False, horizon_days=90)

    assert APIClient().get(CLINIC).json()["bank_holidays"] == {"is_closed": False, "region": "ENG", "dates": []}


def test_clinic_of_a_new_installation_answers_with_defaults() -> None:
    body = APIClient().get(CLINIC).json()

    assert (body["name"], body["locations"], body["currency"]) == ("The clinic", [], "GBP")


@pytest.mark.parametrize("locations", [1, 3])
def test_clinic_takes_three_queries(django_assert_num_queries: DjangoAssertNumQueries, locations: int) -> None:
    make_clinic()
    for number in range(1, locations):
        Location.objects.create(name=f"Branch {number}")

    with django_assert_num_queries(3):
        body = APIClient().get(CLINIC).json()

    assert len(body["locations"]) == locations


def test_therapists_are_those_who_may_be_booked_with_what_they_give() -> None:
    clinic = make_clinic(therapists=2)
    away, one = clinic.therapists[0], clinic.therapists[1]
    Therapist.objects.filter(pk=away.pk).update(is_bookable=False)
    Therapist.objects.filter(pk=one.pk).update(biography="Works with **hands**.<script>alert(1)</script>")
    one.treatments.add(Treatment.objects.create(slug="draft", name="Draft", state="draft"))
    Room.objects.filter(pk=clinic.rooms[0].pk).update(name="Blue")

    answer = APIClient().get(THERAPISTS)

    assert answer.json() == [
        {
            "id": one.pk,
            "slug": "therapist-2",
            "name": "Therapist 2",
            "biography": "<p>Works with <strong>hands</strong>.</p>",
            "treatments": ["calf-release"],
            "locations": [clinic.location.pk],
            "rooms": [{"id": clinic.rooms[0].pk, "name": "Blue", "location": clinic.location.pk}],
        }
    ]


@pytest.mark.parametrize("therapists", [1, 3])
def test_therapists_take_three_queries(django_assert_num_queries: DjangoAssertNumQueries, therapists: int) -> None:
    make_clinic(therapists=therapists, rooms=therapists)

    with django_assert_num_queries(3):
        body = APIClient().get(THERAPISTS).json()

    assert len(body) == therapists


def test_therapists_tell_nobody_who_signs_in_as_them() -> None:
    clinic: Clinic = make_clinic()

    text = APIClient().get(THERAPISTS).content.decode()

    assert clinic.therapist_user.email not in text
