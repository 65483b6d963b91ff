"""Hours and time off against a booking that is made at the same moment.

One writer has done its work and not committed yet when the other begins. With the resource locked the
other waits and then sees what was done. The controls take the lock away and show what it is for.
"""

from __future__ import annotations

import pytest

from bookings.errors import SlotTaken, SlotUnavailable
from bookings.models import Allocation, Appointment, TimeOff, WorkingHours
from bookings.services import hours as hours_service
from bookings.services import time_off as time_off_service
from bookings.services.hours import change_hours
from bookings.services.stranded import StrandsBookings
from bookings.services.time_off import take_time_off
from tests.bookings.clinic import NOW, WEDNESDAY, Clinic, at, make_clinic
from tests.bookings.diary.scenes import book_at
from tests.together import before_commit

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clinic() -> Clinic:
    return make_clinic()


@pytest.fixture
def no_lock_for_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hours_service, "lock_resources", lambda _: None)


@pytest.fixture
def no_lock_for_time_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time_off_service, "lock_resources", lambda _: None)


def remove_wednesday(clinic: Clinic) -> None:
    row = WorkingHours.objects.get(therapist=clinic.therapist, weekday=WEDNESDAY.weekday())
    change_hours(clinic.therapist, remove=[row], now=NOW)


def take_ten_to_twelve(clinic: Clinic) -> TimeOff:
    return take_time_off(
        clinic.therapist.resource_id, starts_at=at(10), ends_at=at(12), reason="", actor=clinic.therapist_user, now=NOW
    )


def active_kinds() -> set[str]:
    return set(Allocation.objects.filter(is_active=True).values_list("kind", flat=True))


def test_booking_made_while_the_hours_go_finds_them_gone(clinic: Clinic) -> None:
    with before_commit(lambda: book_at(clinic, at(10))) as booking:
        remove_wednesday(clinic)

    assert isinstance(booking.outcome, SlotTaken | SlotUnavailable)
    assert not Appointment.objects.exists()


@pytest.mark.servers
@pytest.mark.usefixtures("no_lock_for_hours")
def test_control_without_the_lock_a_booking_is_stranded_unseen(clinic: Clinic) -> None:
    with before_commit(lambda: book_at(clinic, at(10))) as booking:
        remove_wednesday(clinic)

    assert isinstance(booking.outcome, Appointment)
    assert not WorkingHours.objects.filter(therapist=clinic.therapist, weekday=WEDNESDAY.weekday()).exists()


def test_hours_taken_away_while_a_booking_is_made_find_it(clinic: Clinic) -> None:
    with before_commit(lambda: remove_wednesday(clinic)) as change:
        booking = book_at(clinic, at(10))

    assert isinstance(change.outcome, StrandsBookings)
    assert [row["reference"] for row in change.outcome.data["bookings"]] == [booking.reference]
    assert WorkingHours.objects.filter(therapist=clinic.therapist, weekday=WEDNESDAY.weekday()).exists()


def test_booking_made_while_time_off_is_taken_finds_it(clinic: Clinic) -> None:
    with before_commit(lambda: book_at(clinic, at(10))) as booking:
        take_ten_to_twelve(clinic)

    assert isinstance(booking.outcome, SlotTaken)
    assert active_kinds() == {"time_off"}
    assert not Appointment.objects.exists()


def test_time_off_taken_while_a_booking_is_made_names_it(clinic: Clinic) -> None:
    with before_commit(lambda: take_ten_to_twelve(clinic)) as time_off:
        booking = book_at(clinic, at(10))

    assert isinstance(time_off.outcome, StrandsBookings)
    assert [row["reference"] for row in time_off.outcome.data["bookings"]] == [booking.reference]
    assert active_kinds() == {"appointment"}
    assert not TimeOff.objects.exists()


@pytest.mark.servers
@pytest.mark.usefixtures("no_lock_for_time_off")
def test_control_without_the_lock_time_off_fails_at_the_constraint_and_names_nobody(clinic: Clinic) -> None:
    with before_commit(lambda: take_ten_to_twelve(clinic)) as time_off:
        book_at(clinic, at(10))

    assert isinstance(time_off.outcome, SlotTaken)
    assert active_kinds() == {"appointment"}
    assert not TimeOff.objects.exists()
