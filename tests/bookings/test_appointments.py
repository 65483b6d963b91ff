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
from clinic.errors import InvalidInput, NotAllowed, StaleVersion
from clinic.messaging.models import Message
from tests.bookings.clinic import NOW, Clinic, at, booking_request, make_clinic
from tests.factories import make_client, make_user
from treatments.models import Treatment, TreatmentOption

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


# --- Another length -------------------------------------------------------------------------------


@pytest.fixture
def lengths(clinic: Clinic) -> dict[int, TreatmentOption]:
    prices = {30: "35.00", 90: "80.00"}
    return {
        minutes: TreatmentOption.objects.create(treatment=clinic.treatment, minutes=minutes, price=Decimal(price))
        for minutes, price in prices.items()
    }


def stretch(clinic: Clinic, appointment: Appointment, minutes: int, **changes: Any) -> Appointment:
    values = {"starts_at": appointment.starts_at, "actor": clinic.therapist_user, "now": NOW, **changes}
    return reschedule(appointment, minutes=minutes, **values)


@pytest.mark.usefixtures("lengths")
@pytest.mark.parametrize(("minutes", "ends_at", "price"), [(90, at(11, 30), "80.00"), (30, at(10, 30), "35.00")])
def test_other_length_takes_its_time_and_its_price_in_one_step(
    clinic: Clinic, booked: Appointment, minutes: int, ends_at: datetime, price: str
) -> None:
    changed = stretch(clinic, booked, minutes)

    assert (changed.starts_at, changed.ends_at, changed.minutes) == (at(10), ends_at, minutes)
    assert (changed.price, changed.version, changed.events.count()) == (Decimal(price), 2, 2)
    active = Allocation.objects.filter(appointment=booked, is_active=True)
    after = timedelta(minutes=changed.buffer_after_minutes)
    assert [(row.starts_at, row.ends_at) for row in active] == [(at(10), ends_at + after)] * 2
    event = booked.events.get(version=2)
    assert event.changes == {"minutes": ["60", str(minutes)], "price": ["55.00", price]}
    assert (event.action, event.actor) == ("reschedule", clinic.therapist_user)


@pytest.mark.usefixtures("lengths")
def test_other_length_at_another_time_is_one_step_too(clinic: Clinic, booked: Appointment) -> None:
    changed = stretch(clinic, booked, 90, starts_at=at(13))

    assert (changed.starts_at, changed.ends_at, changed.version) == (at(13), at(14, 30), 2)
    assert set(booked.events.get(version=2).changes) == {"starts_at", "minutes", "price"}


@pytest.mark.usefixtures("lengths")
def test_other_length_keeps_the_agreed_notice_and_share_of_the_price(clinic: Clinic, booked: Appointment) -> None:
    clinic.set_rules(cancellation_notice_hours=48, late_cancellation_fee_percent=80, no_show_fee_percent=90)

    changed = stretch(clinic, booked, 90)

    assert (changed.late_cancellation_fee, changed.no_show_fee) == (Decimal("40.00"), Decimal("80.00"))
    assert changed.cancellation_notice_hours == 24
    assert "24 hours" in changed.policy_text
    assert "50% of the price (£40.00) is due" in changed.policy_text
    assert "the full price (£80.00) is due" in changed.policy_text


@pytest.mark.usefixtures("lengths")
def test_other_length_leaves_the_clinics_own_words_as_they_were(clinic: Clinic, booked: Appointment) -> None:
    Appointment.objects.filter(pk=booked.pk).update(policy_text="Please ring us.")
    booked.refresh_from_db()

    assert stretch(clinic, booked, 90).policy_text == "Please ring us."


@pytest.mark.usefixtures("lengths")
def test_other_length_of_what_was_free_costs_as_the_rules_say(clinic: Clinic, booked: Appointment) -> None:
    zero = Decimal("0.00")
    Appointment.objects.filter(pk=booked.pk).update(price=zero, late_cancellation_fee=zero, no_show_fee=zero)
    booked.refresh_from_db()

    changed = stretch(clinic, booked, 90)

    assert (changed.late_cancellation_fee, changed.no_show_fee) == (Decimal("40.00"), Decimal("80.00"))


def test_same_length_at_the_same_time_keeps_the_agreed_price(clinic: Clinic, booked: Appointment) -> None:
    TreatmentOption.objects.update(price=Decimal("99.00"))

    same = stretch(clinic, booked, 60)
    moved = stretch(clinic, same, 60, starts_at=at(14))

    assert (same.version, moved.version, moved.price) == (1, 2, Decimal("55.00"))


def test_other_length_that_the_treatment_does_not_come_in_is_refused(clinic: Clinic, booked: Appointment) -> None:
    with pytest.raises(InvalidInput) as refused:
        stretch(clinic, booked, 75)
    assert refused.value.errors == {
        "minutes": [{"code": "unknown_length", "message": "This treatment comes in 60 minutes."}]
    }
    booked.refresh_from_db()
    assert (booked.minutes, booked.version) == (60, 1)


@pytest.mark.usefixtures("lengths")
def test_other_length_of_a_treatment_that_is_hidden_is_refused_by_the_same_name(
    clinic: Clinic, booked: Appointment
) -> None:
    Treatment.objects.update(state=Treatment.State.DRAFT)
    with pytest.raises(InvalidInput) as refused:
        stretch(clinic, booked, 90)
    assert list(refused.value.errors) == ["minutes"]
    assert stretch(clinic, booked, 60, starts_at=at(14)).version == 2


@pytest.mark.usefixtures("lengths")
def test_other_length_into_somebody_elses_time_is_refused_and_changes_nothing(
    clinic: Clinic, booked: Appointment
) -> None:
    book(booking_request(clinic, at(11, 15)), user=None, now=NOW)
    with pytest.raises(SlotTaken):
        stretch(clinic, booked, 90)
    booked.refresh_from_db()
    assert (booked.minutes, booked.price, booked.version) == (60, Decimal("55.00"), 1)


@pytest.mark.usefixtures("lengths")
def test_other_length_past_the_end_of_the_day_needs_a_reason(clinic: Clinic) -> None:
    late = book(booking_request(clinic, at(16)), user=None, now=NOW)
    with pytest.raises(SlotUnavailable) as refused:
        stretch(clinic, late, 90)
    assert refused.value.data["reason"] == "outside_hours"
    assert stretch(clinic, late, 90, override_reason="Stays on.").ends_at == at(17, 30)


@pytest.mark.usefixtures("lengths")
def test_other_length_is_for_staff_alone(booked: Appointment) -> None:
    with pytest.raises(NotAllowed):
        reschedule(booked, starts_at=at(10), minutes=90, actor=None, now=NOW)
    with pytest.raises(NotAllowed):
        reschedule(booked, starts_at=at(10), minutes=60, actor=make_user("client"), now=NOW)


@pytest.mark.usefixtures("lengths")
def test_move_that_was_looked_for_at_a_length_that_is_over_is_stale(clinic: Clinic, booked: Appointment) -> None:
    """Otherwise the hour that was looked for would be written under an appointment of ninety minutes."""
    read_before = Appointment.objects.get(pk=booked.pk)
    stretch(clinic, booked, 90)
    with pytest.raises(StaleVersion) as refused:
        reschedule(read_before, starts_at=at(14), actor=clinic.therapist_user, now=NOW)
    assert refused.value.data == {"version": 2}


@pytest.mark.usefixtures("lengths")
def test_other_length_is_told_and_reminded_of_anew(clinic: Clinic, booked: Appointment) -> None:
    stretch(clinic, booked, 90)

    waiting = Message.objects.filter(topic_id=booked.pk, status="pending")
    assert {(message.kind, message.topic_version) for message in waiting} == {("moved", 2), ("reminder-24h", 2)}


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
