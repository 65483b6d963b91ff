"""What the free times cost in queries: the same, whatever the days, the therapists or the diary."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.test import Client as Browser
from pytest_django import DjangoAssertNumQueries

from bookings.models import Allocation
from bookings.services.booking import book
from clients.services.matching import ClientDetails
from tests.bookings.clinic import NOW, WEDNESDAY, Clinic, at, booking_request, make_clinic

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def free_slots(clinic: Clinic, *, days: int) -> int:
    query: dict[str, str | int] = {
        "treatment": clinic.treatment.slug,
        "minutes": clinic.option.minutes,
        "from": WEDNESDAY.isoformat(),
        "to": (WEDNESDAY + timedelta(days=days - 1)).isoformat(),
    }
    answer = Browser().get("/api/v1/availability/", query)
    assert answer.status_code == 200
    return sum(len(day["slots"]) for day in answer.json()["days"])


def fill_diary(clinic: Clinic) -> None:
    """Twenty bookings from twenty people, some of them ended."""
    for number in range(20):
        starts_at = at(10, on=WEDNESDAY + timedelta(days=number))
        someone = ClientDetails("Ada", "Visitor", f"ada{number}@example.org")
        appointment = book(booking_request(clinic, starts_at, client=someone), user=None, now=NOW)
        if number % 4 == 0:
            Allocation.objects.filter(appointment=appointment).update(is_active=False)


@pytest.mark.parametrize("therapists", [1, 3])
@pytest.mark.parametrize("days", [1, 31])
@pytest.mark.parametrize("is_busy", [False, True])
def test_availability_takes_six_queries(
    django_assert_num_queries: DjangoAssertNumQueries, therapists: int, days: int, is_busy: bool
) -> None:
    clinic = make_clinic(therapists=therapists, rooms=2)
    if is_busy:
        fill_diary(clinic)
    with django_assert_num_queries(6):  # option, rules, therapists, weekly hours, one-off hours, what is taken
        assert free_slots(clinic, days=days) > 0
