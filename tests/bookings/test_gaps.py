"""Free time and who could fill it: by example, and by properties over made-up days."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bookings.availability import Opening
from bookings.gaps import Gap, Wish, find_gaps, stretches_of
from clinic.intervals import Interval
from tests.bookings.clinic import LONDON, WEDNESDAY, at

THURSDAY = WEDNESDAY + timedelta(days=1)
MANY = 1000


def opening(starts_at: datetime, therapist: int = 1) -> Opening:
    return Opening(starts_at, therapist, location_id=1, room_id=None)


def wish(id_: int, minutes: int, *starts: Opening, first: date = WEDNESDAY, last: date = THURSDAY) -> Wish:
    return Wish(id_, stretches_of(starts, minutes=minutes, zone=LONDON), first, last)


def gap(starts_at: datetime, ends_at: datetime, *ids: int, therapist: int = 1) -> Gap:
    return Gap(Interval(starts_at, ends_at), therapist, ids)


def test_starts_that_reach_into_each_other_are_one_gap() -> None:
    found = find_gaps([wish(1, 60, opening(at(9)), opening(at(9, 30)), opening(at(10)))], most=MANY)
    assert found == [gap(at(9), at(11), 1)]


def test_time_that_is_taken_between_makes_two_gaps() -> None:
    found = find_gaps([wish(1, 60, opening(at(9)), opening(at(12)))], most=MANY)
    assert found == [gap(at(9), at(10), 1), gap(at(12), at(13), 1)]


def test_gap_names_all_who_fit_in_the_order_of_waiting() -> None:
    long, short = wish(7, 60, opening(at(9))), wish(3, 30, opening(at(9, 30)), opening(at(14)))
    assert find_gaps([long, short], most=MANY) == [gap(at(9), at(10), 7, 3), gap(at(14), at(14, 30), 3)]


def test_gap_is_of_one_therapist_and_one_day() -> None:
    late, early = at(23, 30), at(0, on=THURSDAY)
    found = find_gaps([wish(1, 30, opening(at(9), 2), opening(at(9), 1), opening(late), opening(early))], most=MANY)
    assert found == [
        gap(at(9), at(9, 30), 1, therapist=1),
        gap(at(9), at(9, 30), 1, therapist=2),
        gap(late, at(0, on=THURSDAY), 1),
        gap(early, at(0, 30, on=THURSDAY), 1),
    ]


def test_gap_on_a_day_that_does_not_suit_is_none() -> None:
    starts = opening(at(9)), opening(at(9, on=THURSDAY))
    assert find_gaps([wish(1, 60, *starts, last=WEDNESDAY)], most=MANY) == [gap(at(9), at(10), 1)]
    assert find_gaps([wish(1, 60, *starts, first=THURSDAY)], most=MANY) == [
        gap(at(9, on=THURSDAY), at(10, on=THURSDAY), 1)
    ]


def test_gaps_are_the_earliest_however_many_there_are() -> None:
    later, sooner = wish(1, 60, opening(at(15))), wish(2, 60, opening(at(9), 2), opening(at(12), 2))
    assert [found.interval.starts_at for found in find_gaps([later, sooner], most=2)] == [at(9), at(12)]


quarters = st.integers(0, 35).map(lambda quarter: at(9) + timedelta(minutes=15 * quarter))
lengths = st.sampled_from([15, 30, 45, 60, 90])


@given(st.lists(st.tuples(lengths, st.lists(quarters, unique=True).map(sorted)), max_size=4))
def test_gaps_hold_each_start_of_each_wish_once_and_nothing_else(wanted: list[tuple[int, list[datetime]]]) -> None:
    wishes = [wish(n, minutes, *map(opening, starts)) for n, (minutes, starts) in enumerate(wanted)]
    fits = [
        (n, Interval(start, start + timedelta(minutes=minutes)))
        for n, (minutes, starts) in enumerate(wanted)
        for start in starts
    ]

    gaps = find_gaps(wishes, most=MANY)

    for n, fit in fits:
        assert [n in found.wish_ids for found in gaps if found.interval.overlaps(fit)] == [True]
    for found in gaps:
        own = [(n, fit) for n, fit in fits if found.interval.contains(fit)]
        assert found.wish_ids == tuple(sorted({n for n, _ in own}))
        assert found.interval.starts_at == min(fit.starts_at for _, fit in own)
        assert found.interval.ends_at == max(fit.ends_at for _, fit in own)
    assert gaps == sorted(gaps, key=lambda found: found.interval)
