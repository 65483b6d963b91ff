"""The pure function: which starts are free."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bookings.availability import Opening, RoomTime, TherapistTime, WhyNot, find_openings, nearest, why_not
from bookings.hours import Shift, expand_hours
from clinic.intervals import Interval

LONDON = ZoneInfo("Europe/London")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
MONDAY = date(2027, 1, 4)
NOW = datetime(2027, 1, 1, 12, tzinfo=UTC)


def at(hour: int, minute: int = 0, *, on: date = MONDAY, zone: ZoneInfo = LONDON) -> datetime:
    return datetime.combine(on, time(hour, minute), tzinfo=zone).astimezone(UTC)


def between(start: tuple[int, int], end: tuple[int, int], *, on: date = MONDAY) -> Interval:
    return Interval(at(*start, on=on), at(*end, on=on))


def tom(**changes: object) -> TherapistTime:
    base = TherapistTime(
        id=1,
        shifts=(Shift(between((9, 0), (12, 0)), location_id=7),),
        busy=(),
        rooms=(),
        grid_minutes=15,
        buffer_before_minutes=0,
        buffer_after_minutes=15,
        minimum_notice=timedelta(hours=24),
        horizon_days=56,
        max_hands_on_minutes_per_day=300,
        hands_on_minutes={},
    )
    return replace(base, **changes)  # type: ignore[arg-type]  # the changes are of the fields' types


def starts(*therapists: TherapistTime, minutes: int = 60, rooms: dict[int, RoomTime] | None = None) -> list[str]:
    found = find_openings(
        therapists=therapists, rooms=rooms or {}, minutes=minutes, first=MONDAY, last=MONDAY, zone=LONDON, now=NOW
    )
    return [f"{opening.starts_at.astimezone(LONDON):%H:%M}" for opening in found]


def test_empty_day_offers_the_grid_until_the_treatment_no_longer_fits() -> None:
    assert starts(tom(), minutes=150) == ["09:00", "09:15", "09:30"]


def test_buffer_after_may_reach_past_the_shift() -> None:
    assert starts(tom(buffer_after_minutes=60), minutes=180) == ["09:00"]


def test_busy_stretch_keeps_away_treatment_and_buffers_on_both_sides() -> None:
    busy = (between((10, 0), (10, 30)),)
    found = starts(tom(busy=busy, buffer_before_minutes=15, buffer_after_minutes=15), minutes=30)
    assert found == ["09:00", "09:15", "10:45", "11:00", "11:15", "11:30"]


def test_gap_of_exactly_the_right_length_is_offered() -> None:
    busy = (between((9, 0), (9, 30)), between((10, 15), (12, 0)))
    assert starts(tom(busy=busy, buffer_after_minutes=15), minutes=30) == ["09:30"]


def test_gap_one_minute_short_is_not_offered() -> None:
    busy = (between((9, 0), (9, 30)), between((10, 14), (12, 0)))
    assert starts(tom(busy=busy, buffer_after_minutes=15), minutes=30) == []


def test_minimum_notice_is_exact_to_the_second() -> None:
    notice = at(10) - NOW
    assert starts(tom(minimum_notice=notice))[0] == "10:00"
    assert starts(tom(minimum_notice=notice + timedelta(seconds=1)))[0] == "10:15"


def test_horizon_counts_local_days_and_includes_the_last() -> None:
    assert starts(tom(horizon_days=3)) != []
    assert starts(tom(horizon_days=2)) == []


def test_day_at_the_limit_of_hands_on_time_takes_no_more() -> None:
    assert starts(tom(hands_on_minutes={MONDAY: 240})) != []
    assert starts(tom(hands_on_minutes={MONDAY: 241})) == []


def test_room_that_is_taken_leaves_the_next_one() -> None:
    rooms = {3: RoomTime(3, 7, (between((9, 0), (12, 0)),)), 4: RoomTime(4, 7)}
    found = find_openings(
        therapists=[tom(rooms=(3, 4))], rooms=rooms, minutes=180, first=MONDAY, last=MONDAY, zone=LONDON, now=NOW
    )
    assert found == [Opening(at(9), therapist_id=1, location_id=7, room_id=4)]


def test_all_rooms_taken_offers_nothing() -> None:
    rooms = {3: RoomTime(3, 7, (between((9, 0), (12, 0)),))}
    assert starts(tom(rooms=(3,)), rooms=rooms) == []


def test_room_at_another_location_does_not_count() -> None:
    rooms = {3: RoomTime(3, 8, (between((9, 0), (12, 0)),))}
    found = find_openings(
        therapists=[tom(rooms=(3,))], rooms=rooms, minutes=180, first=MONDAY, last=MONDAY, zone=LONDON, now=NOW
    )
    assert found == [Opening(at(9), therapist_id=1, location_id=7, room_id=None)]


def test_two_therapists_offer_a_start_each_in_their_order() -> None:
    found = find_openings(
        therapists=[tom(id=5), tom(id=2)], rooms={}, minutes=180, first=MONDAY, last=MONDAY, zone=LONDON, now=NOW
    )
    assert [opening.therapist_id for opening in found] == [5, 2]


@pytest.mark.parametrize(
    ("start", "change", "reason"),
    [
        (NOW, {}, WhyNot.IN_THE_PAST),
        (NOW + timedelta(hours=1), {}, WhyNot.TOO_SOON),
        (at(9), {"horizon_days": 2}, WhyNot.TOO_FAR_AHEAD),
        (at(9, 5), {}, WhyNot.OFF_THE_GRID),
        (at(11, 15), {}, WhyNot.OUTSIDE_HOURS),
        (at(9), {"hands_on_minutes": {MONDAY: 300}}, WhyNot.DAY_FULL),
        (at(9), {"busy": (between((9, 0), (9, 15)),)}, WhyNot.TAKEN),
    ],
)
def test_why_not_names_the_reason(start: datetime, change: dict[str, object], reason: WhyNot) -> None:
    assert why_not(start, therapists=[tom(**change)], minutes=60, zone=LONDON, now=NOW) == reason


def test_why_not_of_several_therapists_is_the_one_nearest_to_free() -> None:
    people = [tom(shifts=()), tom(id=2, busy=(between((9, 0), (9, 15)),))]
    assert why_not(at(9), therapists=people, minutes=60, zone=LONDON, now=NOW) == WhyNot.TAKEN


def test_nearest_keeps_one_for_each_start_in_order_of_time() -> None:
    openings = [Opening(at(hour), therapist, 7, None) for hour in (9, 10, 11, 14) for therapist in (1, 2)]
    assert [opening.starts_at for opening in nearest(openings, at(10), count=3)] == [at(9), at(10), at(11)]


# --- Clock changes --------------------------------------------------------------------------------


def night_shift(on: date, zone: ZoneInfo) -> list[Shift]:
    weekly = [(on.weekday(), 7, time(0), time(6), None, None)]
    return expand_hours(weekly=weekly, one_off=[], first=on, last=on, zone=zone)


def offered_on(on: date, zone: ZoneInfo, *, grid: int = 30) -> list[str]:
    therapist = tom(shifts=tuple(night_shift(on, zone)), grid_minutes=grid, buffer_after_minutes=0, horizon_days=700)
    now = datetime(2026, 10, 1, tzinfo=UTC)
    found = find_openings(therapists=[therapist], rooms={}, minutes=30, first=on, last=on, zone=zone, now=now)
    return [opening.starts_at.astimezone(zone).strftime("%H:%M%z") for opening in found]


def test_hour_that_clocks_skip_is_not_offered() -> None:
    found = offered_on(date(2027, 3, 28), LONDON)
    assert found[:4] == ["00:00+0000", "00:30+0000", "02:00+0100", "02:30+0100"]
    assert len(found) == 10


def test_hour_that_clocks_show_twice_is_offered_twice() -> None:
    found = offered_on(date(2026, 10, 25), LONDON)
    assert found[2:6] == ["01:00+0100", "01:30+0100", "01:00+0000", "01:30+0000"]
    assert len(found) == 14


def test_half_hour_change_of_lord_howe_keeps_the_grid_on_the_local_clock() -> None:
    forward = offered_on(date(2027, 10, 3), LORD_HOWE)
    assert forward[3:6] == ["01:30+1030", "02:30+1100", "03:00+1100"]
    back = offered_on(date(2027, 4, 4), LORD_HOWE)
    assert back[2:6] == ["01:00+1100", "01:30+1100", "01:30+1030", "02:00+1030"]


def test_hours_after_a_change_stand_on_the_local_clock() -> None:
    weekly = [(weekday, 7, time(9), time(17), None, None) for weekday in range(7)]
    shifts = expand_hours(weekly=weekly, one_off=[], first=date(2027, 3, 27), last=date(2027, 3, 28), zone=LONDON)
    assert [shift.interval.starts_at.hour for shift in shifts] == [9, 8]


# --- Hours ----------------------------------------------------------------------------------------


def test_one_off_hours_replace_the_weekly_ones_of_their_date() -> None:
    weekly = [(0, 7, time(9), time(17), None, None)]
    one_off = [(MONDAY, 8, time(18), time(20))]
    assert expand_hours(weekly=weekly, one_off=one_off, first=MONDAY, last=MONDAY, zone=LONDON) == [
        Shift(between((18, 0), (20, 0)), 8)
    ]


def test_closed_day_has_no_weekly_hours_but_keeps_one_off_hours() -> None:
    weekly = [(0, 7, time(9), time(17), None, None)]
    one_off = [(MONDAY, 8, time(18), time(20))]
    closed = {MONDAY}
    assert expand_hours(weekly=weekly, one_off=[], first=MONDAY, last=MONDAY, zone=LONDON, closed=closed) == []
    assert len(expand_hours(weekly=weekly, one_off=one_off, first=MONDAY, last=MONDAY, zone=LONDON, closed=closed)) == 1


def test_hours_hold_from_and_until_their_dates_inclusive() -> None:
    weekly = [(0, 7, time(9), time(17), MONDAY, MONDAY)]
    week = timedelta(days=7)
    shifts = expand_hours(weekly=weekly, one_off=[], first=MONDAY - week, last=MONDAY + week, zone=LONDON)
    assert [shift.interval.starts_at.date() for shift in shifts] == [MONDAY]


def test_end_at_midnight_is_the_end_of_the_day() -> None:
    weekly = [(0, 7, time(22), time(0), None, None)]
    (shift,) = expand_hours(weekly=weekly, one_off=[], first=MONDAY, last=MONDAY, zone=LONDON)
    assert shift.interval == Interval(at(22), at(0, on=MONDAY + timedelta(days=1)))


# --- Against the plainest possible reading of the rules -------------------------------------------


@st.composite
def diaries(draw: st.DrawFn) -> tuple[TherapistTime, int]:
    stretches = draw(st.lists(st.tuples(st.integers(-30, 250), st.integers(1, 90)), max_size=6))
    busy = tuple(
        Interval(at(9) + timedelta(minutes=start), at(9) + timedelta(minutes=start + length))
        for start, length in stretches
    )
    therapist = tom(
        busy=busy,
        grid_minutes=draw(st.sampled_from([5, 10, 15, 20, 30, 60])),
        buffer_before_minutes=draw(st.sampled_from([0, 5, 15])),
        buffer_after_minutes=draw(st.sampled_from([0, 10, 15, 30])),
        minimum_notice=timedelta(minutes=draw(st.integers(0, 70 * 60))),
    )
    return therapist, draw(st.sampled_from([30, 45, 60, 90]))


def plainly(therapist: TherapistTime, minutes: int) -> list[datetime]:
    found = []
    for minute in range(24 * 60):
        start = at(0) + timedelta(minutes=minute)
        hands_on = Interval(start, start + timedelta(minutes=minutes))
        blocked = hands_on.widen(
            before=timedelta(minutes=therapist.buffer_before_minutes),
            after=timedelta(minutes=therapist.buffer_after_minutes),
        )
        is_free = (
            minute % therapist.grid_minutes == 0
            and start >= NOW + therapist.minimum_notice
            and any(shift.interval.contains(hands_on) for shift in therapist.shifts)
            and not any(blocked.overlaps(busy) for busy in therapist.busy)
        )
        if is_free:
            found.append(start)
    return found


@settings(max_examples=150, deadline=None)
@given(diaries())
def test_openings_are_those_of_the_plain_reading(case: tuple[TherapistTime, int]) -> None:
    therapist, minutes = case
    found = find_openings(
        therapists=[therapist], rooms={}, minutes=minutes, first=MONDAY, last=MONDAY, zone=LONDON, now=NOW
    )
    assert [opening.starts_at for opening in found] == plainly(therapist, minutes)
