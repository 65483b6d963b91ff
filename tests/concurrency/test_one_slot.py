"""Two writers after one slot, the first of them not yet committed: one gets it, the other is told so."""

from __future__ import annotations

import pytest

from bookings.errors import SlotTaken
from bookings.models import Allocation, Appointment, Hold
from bookings.selectors.openings import Wanted
from bookings.services.booking import book
from bookings.services.holds import PlacedHold, holder_digest, place_hold
from bookings.services.moving import reschedule
from tests.bookings.clinic import NOW, Clinic, at, booking_request
from tests.together import all_at_once, before_commit

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = 10


def book_it(clinic: Clinic, *, hour: int = HOUR) -> Appointment:
    return book(booking_request(clinic, at(hour)), user=None, now=NOW)


def hold_it(clinic: Clinic) -> PlacedHold:
    return place_hold(Wanted(clinic.treatment, 60), at(HOUR), holder=holder_digest("somebody"), now=NOW)


def kinds_at_the_slot() -> list[str]:
    """What takes up the therapist and the room, each once."""
    rows = Allocation.objects.filter(is_active=True, starts_at=at(HOUR)).order_by("kind", "resource")
    return [row.kind for row in rows]


def test_booking_that_meets_an_uncommitted_hold_is_refused(clinic: Clinic) -> None:
    with before_commit(lambda: book_it(clinic)) as booking:
        hold_it(clinic)
    assert isinstance(booking.outcome, SlotTaken)
    assert booking.outcome.data["alternatives"]
    assert kinds_at_the_slot() == ["hold", "hold"]
    assert not Appointment.objects.exists()


def test_hold_that_meets_an_uncommitted_booking_is_refused(clinic: Clinic) -> None:
    with before_commit(lambda: hold_it(clinic)) as hold:
        book_it(clinic)
    assert isinstance(hold.outcome, SlotTaken)
    assert kinds_at_the_slot() == ["appointment", "appointment"]
    assert not Hold.objects.exists()


def test_move_that_meets_an_uncommitted_booking_is_refused_and_stays(clinic: Clinic) -> None:
    moved = book_it(clinic, hour=14)
    with before_commit(lambda: reschedule(moved, starts_at=at(HOUR), actor=None, now=NOW)) as move:
        book_it(clinic)
    assert isinstance(move.outcome, SlotTaken)
    moved.refresh_from_db()
    assert (moved.starts_at, moved.version) == (at(14), 1)


@pytest.mark.usefixtures("trusting_the_first_look")
def test_booking_that_only_the_constraint_stops_is_refused_alike(clinic: Clinic) -> None:
    with before_commit(lambda: book_it(clinic)) as booking:
        hold_it(clinic)
    assert isinstance(booking.outcome, SlotTaken)
    assert booking.outcome.data["alternatives"]
    assert kinds_at_the_slot() == ["hold", "hold"]


@pytest.mark.usefixtures("no_constraint")
def test_booking_that_only_the_second_look_stops_is_refused_alike(clinic: Clinic) -> None:
    with before_commit(lambda: book_it(clinic)) as booking:
        hold_it(clinic)
    assert isinstance(booking.outcome, SlotTaken)
    assert kinds_at_the_slot() == ["hold", "hold"]


@pytest.mark.usefixtures("trusting_the_first_look", "no_constraint")
def test_control_without_either_guard_the_slot_is_given_twice(clinic: Clinic) -> None:
    with before_commit(lambda: book_it(clinic)) as booking:
        hold_it(clinic)
    assert isinstance(booking.outcome, Appointment)
    assert kinds_at_the_slot() == ["appointment", "appointment", "hold", "hold"]


def test_expired_hold_goes_to_one_of_those_who_meet_it(clinic: Clinic) -> None:
    expires_at = hold_it(clinic).hold.expires_at
    outcomes = all_at_once(*[lambda: book(booking_request(clinic, at(HOUR)), user=None, now=expires_at)] * 4)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Appointment", *["SlotTaken"] * 3]
    assert kinds_at_the_slot() == ["appointment", "appointment"]
