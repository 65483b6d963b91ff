"""Two moves that need each other's resources: both end, neither as an error of the server."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bookings.errors import SlotTaken
from bookings.models import Allocation, Appointment
from bookings.services.booking import book
from bookings.services.moving import reschedule
from tests.bookings.clinic import NOW, Clinic, at, booking_request, make_clinic
from tests.together import all_at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clinic() -> Clinic:
    return make_clinic(therapists=2, rooms=2)


def book_with(clinic: Clinic, therapist: int, *, hour: int) -> Appointment:
    request = booking_request(clinic, at(hour), therapist_id=clinic.therapists[therapist].pk)
    return book(request, user=None, now=NOW)


def moving(clinic: Clinic, booked: Appointment, *, hour: int, therapist: int) -> Callable[[], Appointment]:
    therapist_id = clinic.therapists[therapist].pk
    return lambda: reschedule(booked, starts_at=at(hour), therapist_id=therapist_id, actor=None, now=NOW)


def places() -> list[tuple[int, int]]:
    """Therapist and London hour of every appointment, in order."""
    rows = Appointment.objects.order_by("pk")
    return [(row.therapist_id, row.starts_at.hour) for row in rows]


def test_moves_into_each_others_slot_are_both_refused_and_nothing_moves(clinic: Clinic) -> None:
    one, other = book_with(clinic, 0, hour=10), book_with(clinic, 0, hour=14)
    before = places()
    outcomes = all_at_once(moving(clinic, one, hour=14, therapist=0), moving(clinic, other, hour=10, therapist=0))
    assert [type(outcome) for outcome in outcomes] == [SlotTaken, SlotTaken]
    assert places() == before


def test_crossing_moves_both_succeed_without_a_deadlock(clinic: Clinic, busy_signals: list[str]) -> None:
    one, other = book_with(clinic, 0, hour=10), book_with(clinic, 1, hour=10)
    ids = [person.pk for person in clinic.therapists]
    for hour, (here, there) in zip((12, 14, 10, 12), ((1, 0), (0, 1)) * 2, strict=True):
        outcomes = all_at_once(
            moving(clinic, one, hour=hour, therapist=here), moving(clinic, other, hour=hour, therapist=there)
        )
        assert [type(outcome) for outcome in outcomes] == [Appointment, Appointment]
        assert places() == [(ids[here], hour), (ids[there], hour)]
    assert busy_signals == []
    assert Allocation.objects.filter(is_active=True).count() == 4


@pytest.mark.servers
@pytest.mark.usefixtures("locks_in_any_order")
def test_control_locks_in_any_order_deadlock_and_are_tried_again(clinic: Clinic, busy_signals: list[str]) -> None:
    one, other = book_with(clinic, 0, hour=10), book_with(clinic, 1, hour=10)
    outcomes = all_at_once(moving(clinic, one, hour=12, therapist=1), moving(clinic, other, hour=14, therapist=0))
    assert any("deadlock" in said for said in busy_signals)
    assert [type(outcome) for outcome in outcomes] == [Appointment, Appointment]
