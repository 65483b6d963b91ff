"""Two people change one appointment, the first of them not yet committed: the second is told it has moved on."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError

from bookings.errors import InvalidTransition
from bookings.models import Allocation, Appointment
from bookings.services import appointments as steps
from bookings.services import moving
from bookings.services.appointments import cancel
from bookings.services.booking import book
from bookings.services.moving import reschedule
from bookings.services.time_off import Action, Resolution, take_time_off
from clinic.errors import InvalidInput, StaleVersion
from clinic.messaging.models import Message
from tests.bookings.clinic import NOW, Clinic, at, booking_request
from tests.together import all_at_once, before_commit

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def booked(clinic: Clinic) -> Appointment:
    return book(booking_request(clinic, at(10)), user=None, now=NOW)


@pytest.fixture
def believing_what_was_read(monkeypatch: pytest.MonkeyPatch, booked: Appointment) -> None:
    """Nobody locks the appointment and reads it anew."""

    def as_read(pk: int, **_: Any) -> Appointment:
        return Appointment.objects.get(pk=pk) if pk != booked.pk else Appointment.from_db("default", *_as_row(booked))

    monkeypatch.setattr(moving, "locked_appointment", as_read)
    monkeypatch.setattr(steps, "locked_appointment", as_read)


def _as_row(appointment: Appointment) -> tuple[list[str], list[Any]]:
    names = [field.attname for field in Appointment._meta.concrete_fields]
    return names, [getattr(appointment, name) for name in names]


def cancel_it(booked: Appointment, *, version: int | None = None) -> Appointment:
    return cancel(booked, actor=None, now=NOW, expected_version=version)


def move_it(booked: Appointment, *, hour: int = 14, version: int | None = None) -> Appointment:
    return reschedule(booked, starts_at=at(hour), actor=None, now=NOW, expected_version=version)


def history(booked: Appointment) -> list[tuple[int, str]]:
    return list(booked.events.values_list("version", "action"))


def test_move_after_an_uncommitted_cancellation_finds_it_cancelled(booked: Appointment) -> None:
    with before_commit(lambda: move_it(booked)) as move:
        cancel_it(booked)
    assert isinstance(move.outcome, InvalidTransition)
    assert history(booked) == [(1, "book"), (2, "cancel")]
    assert not Allocation.objects.filter(is_active=True).exists()


def test_cancellation_of_a_version_that_is_just_being_moved_is_stale(booked: Appointment) -> None:
    with before_commit(lambda: cancel_it(booked, version=1)) as cancelling:
        move_it(booked)
    assert isinstance(cancelling.outcome, StaleVersion)
    assert cancelling.outcome.data == {"version": 2}
    assert history(booked) == [(1, "book"), (2, "reschedule")]


def test_cancellation_without_a_version_takes_back_the_move_that_came_before(booked: Appointment) -> None:
    with before_commit(lambda: cancel_it(booked)) as cancelling:
        move_it(booked)
    assert cancelling.outcome.status == "cancelled"
    assert history(booked) == [(1, "book"), (2, "reschedule"), (3, "cancel")]
    assert not Allocation.objects.filter(is_active=True).exists()


@pytest.mark.usefixtures("believing_what_was_read")
def test_control_without_reading_anew_only_the_history_stops_a_dead_booking_from_moving(booked: Appointment) -> None:
    with before_commit(lambda: move_it(booked)) as move:
        cancel_it(booked)
    assert isinstance(move.outcome, IntegrityError)


def test_two_moves_at_once_leave_one_time_and_say_so_to_the_other(booked: Appointment) -> None:
    with before_commit(lambda: move_it(booked, hour=12, version=1)) as later:
        move_it(booked, hour=14)
    assert isinstance(later.outcome, StaleVersion)
    taken = Allocation.objects.filter(is_active=True)
    assert {row.starts_at for row in taken} == {at(14)}


def test_cancelling_five_times_at_once_is_one_cancellation_with_one_message(booked: Appointment) -> None:
    outcomes = all_at_once(*[lambda: cancel_it(booked)] * 5)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Appointment", *["InvalidTransition"] * 4]
    assert history(booked) == [(1, "book"), (2, "cancel")]
    assert Message.objects.filter(kind="cancelled").count() == 1


def test_time_off_that_would_cancel_what_is_just_being_cancelled_names_it(clinic: Clinic, booked: Appointment) -> None:
    def take_morning_off() -> object:
        return take_time_off(
            clinic.therapist.resource_id,
            starts_at=at(9),
            ends_at=at(12),
            reason="",
            actor=clinic.therapist_user,
            now=NOW,
            resolutions=[Resolution(booked.reference, Action.CANCEL)],
        )

    with before_commit(take_morning_off) as time_off:
        cancel_it(booked)
    assert isinstance(time_off.outcome, InvalidInput)
    assert [errors[0]["code"] for errors in time_off.outcome.errors.values()] == ["not_in_the_way"]
    assert history(booked) == [(1, "book"), (2, "cancel")]
