"""Finding double bookings in what people were told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import inf

import pytest

from tests.drills.history import Held, clashes

NINE = datetime(2027, 1, 4, 9, tzinfo=UTC)


def held(start: int, end: int, *, told_at: float = 0, ended_at: float = inf, resource: int = 1) -> Held:
    minutes = timedelta(minutes=1)
    return Held(resource, NINE + start * minutes, NINE + end * minutes, "a booking", told_at, ended_at)


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        (held(0, 60), held(30, 90), 1),
        (held(0, 60), held(60, 90), 0),
        (held(0, 60), held(30, 90, resource=2), 0),
        (held(0, 60, ended_at=5), held(0, 60, told_at=5), 0),
        (held(0, 60, ended_at=5), held(0, 60, told_at=4.9), 1),
        (held(0, 60, ended_at=5), held(59, 60, told_at=1, ended_at=2), 1),
    ],
)
def test_two_periods_clash_only_where_diary_and_time_both_meet(one: Held, other: Held, found: int) -> None:
    assert len(list(clashes([one, other]))) == found
    assert len(list(clashes([other, one]))) == found


def test_long_period_clashes_with_each_short_one_inside_it() -> None:
    history = [held(0, 600), *(held(start, start + 10) for start in range(0, 600, 60))]
    assert len(list(clashes(history))) == 10
