"""Wall-clock rules, on the days when clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from clinic import clock

LONDON = ZoneInfo("Europe/London")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")


def local(text: str, zone: ZoneInfo = LONDON) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("appointment", "hours", "reminder"),
    [
        ("2026-10-25 09:00", 24, "2026-10-24 09:00"),  # clocks go back in between
        ("2026-10-26 09:00", 24, "2026-10-25 09:00"),
        ("2027-03-28 09:00", 24, "2027-03-27 09:00"),  # clocks go forward in between
        ("2027-10-31 09:00", 72, "2027-10-28 09:00"),
        ("2027-03-29 10:00", 2, "2027-03-29 08:00"),
        ("2027-03-29 10:00", 26, "2027-03-28 08:00"),
    ],
)
def test_hours_before_count_days_by_the_wall_clock(appointment: str, hours: int, reminder: str) -> None:
    assert clock.hours_before_by_wall_clock(local(appointment), hours, LONDON) == local(reminder)


def test_hours_before_across_a_change_of_half_an_hour() -> None:
    found = clock.hours_before_by_wall_clock(local("2027-04-04 09:00", LORD_HOWE), 24, LORD_HOWE)
    assert found == local("2027-04-03 09:00", LORD_HOWE)
    assert local("2027-04-04 09:00", LORD_HOWE).astimezone(UTC) - found == timedelta(hours=24, minutes=30)


def test_two_hours_before_within_the_night_of_the_change_is_elapsed_time() -> None:
    found = clock.hours_before_by_wall_clock(local("2027-03-28 02:30"), 2, LONDON)
    assert found == datetime(2027, 3, 27, 23, 30, tzinfo=UTC)


def test_moment_that_clocks_skip_is_moved_on_by_the_gap() -> None:
    assert clock.moment(date(2027, 3, 28), time(1, 30), LONDON) == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)


def test_moment_that_comes_twice_is_the_first() -> None:
    assert clock.moment(date(2026, 10, 25), time(1, 30), LONDON) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    again = clock.moment(date(2026, 10, 25), time(1, 30, fold=1), LONDON)
    assert again == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_days_of_change_have_23_and_25_hours() -> None:
    for on, hours in ((date(2027, 3, 28), 23), (date(2026, 10, 25), 25), (date(2027, 1, 4), 24)):
        length = clock.start_of_day(on + clock.ONE_DAY, LONDON) - clock.start_of_day(on, LONDON)
        assert length == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("at", "sent"),
    [
        ("2027-01-04 19:59", "2027-01-04 19:59"),
        ("2027-01-04 20:00", "2027-01-04 20:00"),
        ("2027-01-04 23:30", "2027-01-04 20:00"),
        ("2027-01-05 00:00", "2027-01-04 20:00"),
        ("2027-01-05 07:59", "2027-01-04 20:00"),
        ("2027-01-05 08:00", "2027-01-05 08:00"),
        ("2027-03-28 05:00", "2027-03-27 20:00"),
    ],
)
def test_quiet_hours_send_before_they_begin(at: str, sent: str) -> None:
    found = clock.before_quiet_hours(local(at), starts=time(20), ends=time(8), zone=LONDON)
    assert found == local(sent)


def test_quiet_hours_within_a_day_and_none_at_all() -> None:
    assert clock.before_quiet_hours(local("2027-01-04 13:00"), starts=time(12), ends=time(14), zone=LONDON) == local(
        "2027-01-04 12:00"
    )
    assert clock.before_quiet_hours(local("2027-01-04 13:00"), starts=time(0), ends=time(0), zone=LONDON) == local(
        "2027-01-04 13:00"
    )
