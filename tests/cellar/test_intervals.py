"""Half-open intervals, against the plainest reading: a set of minutes."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.intervals import Interval, merge, subtract

START = datetime(2027, 1, 4, tzinfo=UTC)


def interval(start: int, end: int) -> Interval:
    return Interval(START + timedelta(minutes=start), START + timedelta(minutes=end))


def minutes_of(intervals: list[Interval]) -> set[int]:
    return {
        minute
        for each in intervals
        for minute in range(*(int((at - START).total_seconds() // 60) for at in (each.starts_at, each.ends_at)))
    }


some_intervals = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 20)).map(lambda pair: interval(pair[0], pair[0] + pair[1])), max_size=8
)


@pytest.mark.parametrize(("start", "end"), [(5, 5), (6, 5)])
def test_interval_without_a_moment_is_refused(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="start before it ends"):
        interval(start, end)


def test_interval_of_naive_times_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        Interval(START.replace(tzinfo=None), START + timedelta(minutes=1))


def test_touching_intervals_do_not_overlap() -> None:
    assert not interval(0, 10).overlaps(interval(10, 20))
    assert interval(0, 11).overlaps(interval(10, 20))


def test_contains_takes_both_ends_in() -> None:
    assert interval(0, 10).contains(interval(0, 10))
    assert not interval(0, 10).contains(interval(0, 11))


@given(some_intervals)
def test_merge_keeps_every_minute_and_leaves_gaps_between(intervals: list[Interval]) -> None:
    merged = merge(intervals)
    assert minutes_of(merged) == minutes_of(intervals)
    assert all(one.ends_at < other.starts_at for one, other in itertools.pairwise(merged))


@given(some_intervals, some_intervals)
def test_subtract_leaves_exactly_what_was_not_busy(free: list[Interval], busy: list[Interval]) -> None:
    assert minutes_of(list(subtract(free, busy))) == minutes_of(free) - minutes_of(busy)


@given(some_intervals, some_intervals)
def test_overlaps_agrees_with_sharing_a_minute(some: list[Interval], others: list[Interval]) -> None:
    for one in some:
        for other in others:
            assert one.overlaps(other) == bool(minutes_of([one]) & minutes_of([other]))
