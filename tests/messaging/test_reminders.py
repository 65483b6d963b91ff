"""Which messages an appointment causes, and when they are due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from hypothesis import given
from hypothesis import strategies as st

from bookings.models import Appointment
from bookings.reminders import reminder_due_at
from bookings.services.appointments import arrive, cancel, enter_in_error
from bookings.services.booking import book
from bookings.services.moving import reschedule
from clinic.messaging.models import Message
from clinic.messaging.sweep import sweep
from tests.bookings.clinic import LONDON, NOW, WEDNESDAY, Clinic, at, booking_request, make_clinic

LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
MONDAY_AFTER = date(2027, 1, 11)


@dataclass(frozen=True)
class Rules:
    zone: ZoneInfo = LONDON
    reminder_hours_before: tuple[int, ...] = (72, 24)
    quiet_hours_start: time = time(20)
    quiet_hours_end: time = time(8)


@pytest.fixture
def clinic(db: None) -> Clinic:
    return make_clinic()


TEN_THEN = at(10, on=MONDAY_AFTER)


def booked(clinic: Clinic, starts_at: datetime = TEN_THEN, *, now: datetime = NOW) -> Appointment:
    return book(booking_request(clinic, starts_at), user=None, now=now)


def planned(**wanted: Any) -> list[tuple[str, datetime]]:
    return list(Message.objects.filter(**wanted).order_by("due_at", "kind").values_list("kind", "due_at"))


# --- Booked ---------------------------------------------------------------------------------------


def test_booking_is_confirmed_at_once_and_reminded_of_three_days_and_one_day_before(clinic: Clinic) -> None:
    appointment = booked(clinic)
    assert planned() == [
        ("confirmation", NOW),
        ("reminder-72h", at(10, on=date(2027, 1, 8))),
        ("reminder-24h", at(10, on=date(2027, 1, 10))),
    ]
    assert set(Message.objects.values_list("topic", "topic_id", "topic_version", "client_id", "status")) == {
        ("appointment", str(appointment.pk), 1, appointment.client_id, "pending")
    }


def test_booking_later_than_a_reminder_is_due_leaves_that_reminder_out(clinic: Clinic) -> None:
    booked(clinic, at(10, on=WEDNESDAY))
    assert planned() == [("confirmation", NOW), ("reminder-24h", at(10, on=date(2027, 1, 5)))]


def test_booking_at_the_very_moment_a_reminder_is_due_leaves_it_out(clinic: Clinic) -> None:
    clinic.set_rules(minimum_notice_hours_new=0)
    booked(clinic, at(9, on=date(2027, 1, 5)), now=at(9, on=date(2027, 1, 4)))
    assert [kind for kind, _ in planned()] == ["confirmation"]


def test_hours_of_reminders_are_those_of_the_rules(clinic: Clinic) -> None:
    clinic.set_rules(reminder_hours_before=[48])
    booked(clinic)
    assert [kind for kind, _ in planned()] == ["confirmation", "reminder-48h"]


def test_confirmation_goes_out_in_the_quiet_hours_too(clinic: Clinic) -> None:
    midnight = at(0, on=date(2027, 1, 5))
    booked(clinic, now=midnight)
    assert planned(kind="confirmation") == [("confirmation", midnight)]


# --- Moved and cancelled --------------------------------------------------------------------------


def test_move_takes_the_old_reminders_back_and_plans_new_ones(clinic: Clinic) -> None:
    appointment = booked(clinic)
    later = NOW + timedelta(hours=1)
    reschedule(appointment, starts_at=at(15, on=date(2027, 1, 13)), actor=None, now=later)
    assert planned(status="pending") == [
        ("moved", later),
        ("reminder-72h", at(15, on=date(2027, 1, 10))),
        ("reminder-24h", at(15, on=date(2027, 1, 12))),
    ]
    assert set(Message.objects.filter(status="skipped").values_list("topic_version", "reason")) == {
        (1, "The appointment was moved.")
    }


def test_move_to_within_the_day_brings_no_reminder(clinic: Clinic) -> None:
    appointment = booked(clinic)
    reschedule(
        appointment, starts_at=at(9, on=date(2027, 1, 5)), actor=clinic.therapist_user, now=at(10, on=NOW.date())
    )
    assert [kind for kind, _ in planned(status="pending")] == ["moved"]


@pytest.mark.parametrize(("by_clinic", "kind"), [(False, "cancelled"), (True, "cancelled-by-clinic")])
def test_cancelling_takes_the_reminders_back_and_says_so(clinic: Clinic, by_clinic: bool, kind: str) -> None:
    appointment = booked(clinic)
    sweep(NOW)
    cancel(appointment, actor=None, by_clinic=by_clinic, now=NOW + timedelta(hours=1))
    assert planned(status="pending") == [(kind, NOW + timedelta(hours=1))]
    assert planned(status="sent") == [("confirmation", NOW)]
    assert set(Message.objects.filter(status="skipped").values_list("kind", "reason")) == {
        ("reminder-72h", "The appointment was cancelled."),
        ("reminder-24h", "The appointment was cancelled."),
    }


def test_entering_in_error_takes_the_reminders_back_and_says_nothing(clinic: Clinic) -> None:
    appointment = booked(clinic)
    enter_in_error(appointment, actor=clinic.therapist_user, now=NOW, reason="Typed twice.")
    assert planned(status="pending") == []


def test_moved_appointment_is_reminded_of_once_at_its_new_time(clinic: Clinic) -> None:
    appointment = booked(clinic)
    sweep(NOW)
    reschedule(appointment, starts_at=at(15, on=date(2027, 1, 13)), actor=None, now=NOW)
    for hour in range(24 * 10):
        sweep(NOW + timedelta(hours=hour))
    assert [message.subject for message in mail.outbox] == [
        "Your appointment on Monday 11 January 2027 at 10:00",
        "Changed: your appointment on Wednesday 13 January 2027 at 15:00",
        "Reminder: your appointment on Wednesday 13 January 2027 at 15:00",
        "Reminder: your appointment on Wednesday 13 January 2027 at 15:00",
    ]


def test_cancelled_appointment_is_never_reminded_of(clinic: Clinic) -> None:
    appointment = booked(clinic)
    sweep(NOW)
    cancel(appointment, actor=None, now=NOW)
    for hour in range(24 * 8):
        sweep(NOW + timedelta(hours=hour))
    assert [message.subject.split(":")[0] for message in mail.outbox][1:] == ["Cancelled"]


def test_client_who_arrives_early_is_not_reminded(clinic: Clinic) -> None:
    appointment = booked(clinic)
    sweep(NOW)
    arrive(appointment, actor=clinic.therapist_user, now=NOW)
    for hour in range(24 * 8):
        sweep(NOW + timedelta(hours=hour))
    assert len(mail.outbox) == 1
    assert set(Message.objects.filter(status="skipped").values_list("reason", flat=True)) == {
        "The appointment is not open any more (arrived)."
    }


# --- When a reminder is due -----------------------------------------------------------------------


def local(zone: ZoneInfo, *parts: int, fold: int = 0) -> datetime:
    return datetime(*parts, tzinfo=zone, fold=fold).astimezone(UTC)  # type: ignore[arg-type,misc]  # year to minute


@pytest.mark.parametrize(
    ("zone", "starts", "hours", "due"),
    [
        # The clocks go forward on 28 March 2027 and back on 31 October 2027 in London,
        (LONDON, (2027, 3, 28, 9, 0), 24, (2027, 3, 27, 9, 0)),
        (LONDON, (2027, 3, 29, 9, 0), 72, (2027, 3, 26, 9, 0)),
        (LONDON, (2027, 10, 31, 9, 0), 24, (2027, 10, 30, 9, 0)),
        (LONDON, (2027, 11, 2, 9, 0), 72, (2027, 10, 30, 9, 0)),
        # by half an hour back on 4 April and forward on 3 October 2027 on Lord Howe.
        (LORD_HOWE, (2027, 4, 4, 9, 0), 24, (2027, 4, 3, 9, 0)),
        (LORD_HOWE, (2027, 10, 4, 9, 0), 72, (2027, 10, 1, 9, 0)),
    ],
)
def test_reminder_is_due_at_the_same_wall_time_across_clock_changes(
    zone: ZoneInfo, starts: tuple[int, ...], hours: int, due: tuple[int, ...]
) -> None:
    assert reminder_due_at(local(zone, *starts), hours=hours, rules=Rules(zone)) == local(zone, *due)


@pytest.mark.parametrize(
    ("starts", "hours", "due"),
    [
        ((2027, 1, 12, 7, 30), 24, (2027, 1, 10, 20, 0)),  # 07:30 is quiet: the evening before
        ((2027, 1, 12, 8, 0), 24, (2027, 1, 11, 8, 0)),  # the quiet ends at 08:00
        ((2027, 1, 12, 19, 59), 24, (2027, 1, 11, 19, 59)),
        ((2027, 1, 12, 20, 0), 24, (2027, 1, 11, 20, 0)),  # and begins at 20:00
        ((2027, 1, 12, 21, 15), 24, (2027, 1, 11, 20, 0)),
        ((2027, 1, 12, 9, 0), 2, (2027, 1, 11, 20, 0)),
    ],
)
def test_reminder_within_the_quiet_hours_is_due_when_they_begin(
    starts: tuple[int, ...], hours: int, due: tuple[int, ...]
) -> None:
    assert reminder_due_at(local(LONDON, *starts), hours=hours, rules=Rules()) == local(LONDON, *due)


@given(
    starts_at=st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001  # zone beside
    hours=st.integers(1, 720),
    quiet=st.tuples(st.times(), st.times()),
    zone=st.sampled_from([LONDON, LORD_HOWE, ZoneInfo("America/New_York")]),
)
def test_reminder_is_never_in_the_quiet_hours_and_never_after_the_start(
    starts_at: datetime, hours: int, quiet: tuple[time, time], zone: ZoneInfo
) -> None:
    starts, ends = (clock.replace(second=0, microsecond=0) for clock in quiet)
    due_at = reminder_due_at(starts_at, hours=hours, rules=Rules(zone, (), starts, ends))
    assert due_at < starts_at
    shown = due_at.astimezone(zone).time()
    is_quiet = starts < shown < ends if starts <= ends else shown > starts or shown < ends
    assert not is_quiet or not exists(starts, on=due_at.astimezone(zone).date(), zone=zone)


def exists(wall: time, *, on: date, zone: ZoneInfo) -> bool:
    """Whether clocks show this time on this date, or go over it."""
    return datetime.combine(on, wall, tzinfo=zone).astimezone(UTC).astimezone(zone).time() == wall
