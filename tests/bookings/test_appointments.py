"""What becomes of an appointment: the state machine, cancelling, moving."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from bookings.errors import (
    BookingEnded,
    FeeChanged,
    InvalidTransition,
    NotStarted,
    SlotTaken,
    SlotUnavailable,
    TooLateToMove,
)
from bookings.manage_token import opens, token_for
from bookings.models import Allocation, Appointment
from bookings.services import appointments as steps
from bookings.services.booking import book
from bookings.services.moving import reschedule
from bookings.services.staff_booking import book_for_client
from bookings.status import TRANSITIONS, AppointmentStatus
from clinic.errors import InvalidInput, StaleVersion
from clinic.messaging.models import Message
from tests.bookings.clinic import NOW, Clinic, at, booking_request, make_clinic
from tests.factories import make_client

pytestmark = pytest.mark.django_db

AFTERWARDS = at(18)
STEPS: dict[str, Callable[..., Appointment]] = {
    "arrived": steps.arrive,
    "checked-in": steps.check_in,
    "fulfilled": steps.fulfil,
    "noshow": steps.mark_no_show,
    "cancelled": lambda row, **kwargs: steps.cancel(row, by_clinic=True, **kwargs),
    "entered-in-error": lambda row, **kwargs: steps.enter_in_error(row, reason="Typed twice.", **kwargs),
}


@pytest.fixture
def clinic() -> Clinic:
    return make_clinic()


@pytest.fixture
def booked(clinic: Clinic) -> Appointment:
    return book(booking_request(clinic, at(10)), user=None, now=NOW)


def put(appointment: Appointment, status: str) -> Appointment:
    Appointment.objects.filter(pk=appointment.pk).update(status=status)
    appointment.refresh_from_db()
    return appointment


@pytest.mark.parametrize("target", list(STEPS))
@pytest.mark.parametrize("start", [status.value for status in AppointmentStatus])
def test_step_follows_the_table_and_nothing_else(clinic: Clinic, booked: Appointment, start: str, target: str) -> None:
    put(booked, start)
    step = STEPS[target]
    if AppointmentStatus(target) in TRANSITIONS[AppointmentStatus(start)]:
        changed = step(booked, actor=clinic.therapist_user, now=AFTERWARDS)
        assert (changed.status, changed.version) == (target, 2)
        assert list(booked.events.values_list("status_before", "status_after"))[-1] == (start, target)
    else:
        with pytest.raises(InvalidTransition) as refused:
            step(booked, actor=clinic.therapist_user, now=AFTERWARDS)
        assert refused.value.data["from"] == start
        booked.refresh_from_db()
        assert (booked.status, booked.version) == (start, 1)
        assert booked.events.count() == 1


@pytest.mark.parametrize(
    ("status", "occupies"), [("cancelled", False), ("entered-in-error", False), ("fulfilled", True)]
)
def test_step_gives_time_back_only_when_the_appointment_is_off(
    clinic: Clinic, booked: Appointment, status: str, occupies: bool
) -> None:
    STEPS[status](booked, actor=clinic.therapist_user, now=AFTERWARDS)
    assert Allocation.objects.filter(appointment=booked, is_active=True).exists() is occupies


def test_step_with_an_old_version_is_refused(clinic: Clinic, booked: Appointment) -> None:
    steps.arrive(booked, actor=clinic.therapist_user, now=NOW, expected_version=1)
    with pytest.raises(StaleVersion) as refused:
        steps.fulfil(booked, actor=clinic.therapist_user, now=NOW, expected_version=1)
    assert refused.value.data == {"version": 2}


def test_no_show_before_the_start_is_refused(clinic: Clinic, booked: Appointment) -> None:
    with pytest.raises(NotStarted):
        steps.mark_no_show(booked, actor=clinic.therapist_user, now=NOW)


def test_no_show_costs_the_agreed_fee_until_the_client_comes_after_all(clinic: Clinic, booked: Appointment) -> None:
    missed = steps.mark_no_show(booked, actor=clinic.therapist_user, now=at(10, 20))
    assert missed.fee_due == Decimal("55.00")
    came = steps.arrive(booked, actor=clinic.therapist_user, now=at(10, 25))
    assert came.fee_due == Decimal("0.00")
    assert booked.events.get(version=3).changes == {"fee_due": ["55.00", "0.00"]}


def test_fulfil_remembers_when_the_client_was_last_treated(clinic: Clinic, booked: Appointment) -> None:
    steps.fulfil(booked, actor=clinic.therapist_user, now=AFTERWARDS)
    booked.client.refresh_from_db()
    assert booked.client.last_treated_on == at(10).date()


# --- Cancelling -----------------------------------------------------------------------------------


def test_cancel_in_good_time_is_free_and_frees_the_slot(clinic: Clinic, booked: Appointment) -> None:
    in_time = at(10) - timedelta(hours=24)
    cancelled = steps.cancel(booked, actor=None, now=in_time)
    assert (cancelled.is_late_cancellation, cancelled.fee_due) == (False, Decimal("0.00"))
    clinic.set_rules(minimum_notice_hours_new=1)
    assert book(booking_request(clinic, at(10)), user=None, now=in_time).pk


def test_cancel_inside_the_notice_is_late_and_costs_the_fee(booked: Appointment) -> None:
    late = at(10) - timedelta(hours=24) + timedelta(seconds=1)
    cancelled = steps.cancel(booked, actor=None, now=late)
    assert (cancelled.is_late_cancellation, cancelled.fee_due) == (True, Decimal("27.50"))


def test_cancel_by_the_clinic_is_never_late(clinic: Clinic, booked: Appointment) -> None:
    cancelled = steps.cancel(booked, actor=clinic.therapist_user, now=at(9), by_clinic=True)
    assert (cancelled.is_late_cancellation, cancelled.fee_due) == (False, Decimal("0.00"))


def test_cancel_at_another_fee_than_shown_changes_nothing(booked: Appointment) -> None:
    with pytest.raises(FeeChanged) as refused:
        steps.cancel(booked, actor=None, now=at(9), expected_fee=Decimal("0.00"))
    assert refused.value.data["fee"] == "27.50"
    booked.refresh_from_db()
    assert booked.status == "booked"


def test_cancel_by_link_after_the_start_is_refused(booked: Appointment) -> None:
    with pytest.raises(BookingEnded):
        steps.cancel(booked, actor=None, now=at(10))


def test_cancel_takes_back_reminders_and_tells_the_client(booked: Appointment) -> None:
    steps.cancel(booked, actor=None, now=NOW)
    waiting = Message.objects.filter(topic_id=booked.pk, status="pending").values_list("kind", flat=True)
    assert list(waiting) == ["cancelled"]


# --- Moving ---------------------------------------------------------------------------------------


def test_move_keeps_reference_and_link_and_raises_the_version(booked: Appointment) -> None:
    token = token_for(booked)
    moved = reschedule(booked, starts_at=at(14), actor=None, now=NOW)
    assert (moved.pk, moved.reference, moved.version) == (booked.pk, booked.reference, 2)
    assert opens(moved, token)
    active = Allocation.objects.filter(appointment=booked, is_active=True)
    assert {row.starts_at for row in active} == {at(14)}
    assert booked.events.get(version=2).changes["starts_at"] == [at(10).isoformat(), at(14).isoformat()]


def test_move_by_a_quarter_of_an_hour_is_not_in_its_own_way(booked: Appointment) -> None:
    assert reschedule(booked, starts_at=at(10, 15), actor=None, now=NOW).starts_at == at(10, 15)


def test_move_to_where_it_is_changes_nothing_and_tells_nobody(booked: Appointment) -> None:
    kinds = sorted(Message.objects.values_list("kind", flat=True))
    same = reschedule(booked, starts_at=at(10), actor=None, now=NOW)
    assert (same.version, same.events.count()) == (1, 1)
    assert sorted(Message.objects.values_list("kind", flat=True)) == kinds


def test_move_onto_somebody_else_is_refused_and_changes_nothing(clinic: Clinic, booked: Appointment) -> None:
    book(booking_request(clinic, at(14)), user=None, now=NOW)
    with pytest.raises(SlotTaken) as refused:
        reschedule(booked, starts_at=at(13, 30), actor=None, now=NOW)
    assert refused.value.data["alternatives"]
    booked.refresh_from_db()
    assert (booked.starts_at, booked.version) == (at(10), 1)
    assert Allocation.objects.filter(appointment=booked, is_active=True, starts_at=at(10)).count() == 2


def test_move_inside_the_notice_is_refused_to_the_client_but_not_to_staff(clinic: Clinic, booked: Appointment) -> None:
    late = at(10) - timedelta(hours=23)
    with pytest.raises(TooLateToMove) as refused:
        reschedule(booked, starts_at=at(14), actor=None, now=late)
    assert refused.value.data["notice_hours"] == 24
    assert reschedule(booked, starts_at=at(14), actor=clinic.therapist_user, now=late).version == 2


def test_move_of_a_cancelled_appointment_is_refused(booked: Appointment) -> None:
    steps.cancel(booked, actor=None, now=NOW)
    with pytest.raises(InvalidTransition):
        reschedule(booked, starts_at=at(14), actor=None, now=NOW)


def test_move_to_another_therapist_shows_in_the_history() -> None:
    clinic = make_clinic(therapists=2, rooms=2)
    first, second = clinic.therapists
    booked = book(booking_request(clinic, at(10), therapist_id=first.pk), user=None, now=NOW)
    moved = reschedule(booked, starts_at=at(10), therapist_id=second.pk, actor=clinic.therapist_user, now=NOW)
    assert moved.therapist_id == second.pk
    assert moved.events.get(version=2).changes["therapist"] == [str(first.pk), str(second.pk)]
    assert list(moved.client.care_team.order_by("pk")) == [first.user, second.user]


# --- Staff ----------------------------------------------------------------------------------------


def by_staff(clinic: Clinic, starts_at: datetime, **changes: Any) -> Appointment:
    values: dict[str, Any] = {
        "option": clinic.option,
        "starts_at": starts_at,
        "therapist_id": clinic.therapist.pk,
        "actor": clinic.therapist_user,
        "now": NOW,
        **changes,
    }
    return book_for_client(make_client(), **values)


def test_staff_book_inside_the_notice_and_past_the_daily_limit(clinic: Clinic) -> None:
    clinic.set_rules(max_hands_on_minutes_per_day=30)
    assert by_staff(clinic, NOW + timedelta(hours=1)).source == "staff"


def test_staff_book_outside_hours_only_with_a_reason(clinic: Clinic) -> None:
    with pytest.raises(Exception, match="outside working hours"):
        by_staff(clinic, at(20))
    appointment = by_staff(clinic, at(20, 5), override_reason="Runs tomorrow.")
    assert (appointment.override_reason, appointment.room_id) == ("Runs tomorrow.", clinic.rooms[0].pk)


def test_staff_never_book_over_somebody_even_with_a_reason(clinic: Clinic, booked: Appointment) -> None:
    with pytest.raises(SlotTaken):
        by_staff(clinic, at(10, 30), override_reason="Squeeze in.")


def test_staff_start_between_two_minutes_is_refused_as_that_and_not_as_taken(clinic: Clinic) -> None:
    with pytest.raises(SlotUnavailable) as refused:
        by_staff(clinic, at(20) + timedelta(seconds=30), override_reason="Runs tomorrow.")
    assert refused.value.data["reason"] == "off_the_grid"


def test_staff_reason_needs_a_therapist(clinic: Clinic) -> None:
    with pytest.raises(InvalidInput) as refused:
        by_staff(clinic, at(20), therapist_id=None, override_reason="Late.")
    assert list(refused.value.errors) == ["therapist"]
