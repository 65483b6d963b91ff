"""A therapist's hours as moments. Pure: rows in, shifts out."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, time
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from clinic import clock
from clinic.intervals import Interval

Stretch: TypeAlias = tuple[int, int]  # minutes after midnight by the clock on the wall; 1440 is the end of the day
DAY_MINUTES: Final = 1440


@dataclass(frozen=True, slots=True)
class Shift:
    """A stretch of work at one location, on one local date."""

    interval: Interval
    location_id: int


def expand_hours(
    *,
    weekly: Iterable[tuple[int, int, time, time, date | None, date | None]],
    one_off: Iterable[tuple[date, int, time, time]],
    first: date,
    last: date,
    zone: ZoneInfo,
    closed: Collection[date] = (),
) -> list[Shift]:
    """One therapist's shifts on the local dates from `first` to `last`, inclusive.

    `weekly` rows are (weekday from Monday 0, location, starts, ends, valid from, valid until);
    `one_off` rows are (date, location, starts, ends) and replace the weekly hours of their date.
    No weekly hours on the dates in `closed`; one-off hours hold there too. Times are of the clock
    in `zone`; an end of 00:00 is midnight at the end of the date.
    """
    special: dict[date, list[tuple[int, time, time]]] = {}
    for on, location_id, starts, ends in one_off:
        special.setdefault(on, []).append((location_id, starts, ends))
    usual: dict[int, list[tuple[int, time, time, date | None, date | None]]] = {}
    for weekday, location_id, starts, ends, valid_from, valid_until in weekly:
        usual.setdefault(weekday, []).append((location_id, starts, ends, valid_from, valid_until))

    shifts: list[Shift] = []
    on = first
    while on <= last:
        if on in special:
            rows = special[on]
        elif on in closed:
            rows = []
        else:
            rows = [
                (location_id, starts, ends)
                for location_id, starts, ends, valid_from, valid_until in usual.get(on.weekday(), ())
                if (valid_from is None or valid_from <= on) and (valid_until is None or on <= valid_until)
            ]
        shifts.extend(filter(None, (_shift(on, *row, zone=zone) for row in rows)))
        on += clock.ONE_DAY
    return shifts


def _shift(on: date, location_id: int, starts: time, ends: time, *, zone: ZoneInfo) -> Shift | None:
    """The hours of one date as moments; none where a clock change swallows them whole."""
    starts_at = clock.moment(on, starts, zone)
    ends_at = clock.moment(on + clock.ONE_DAY if ends == time.min else on, ends, zone)
    return Shift(Interval(starts_at, ends_at), location_id) if starts_at < ends_at else None


def minutes_of_day(starts: time, ends: time) -> Stretch:
    """Hours as minutes; an end of 00:00 is midnight at the end of the day."""
    first, last = starts.hour * 60 + starts.minute, ends.hour * 60 + ends.minute
    return first, last or DAY_MINUTES


def join_stretches(stretches: Iterable[Stretch]) -> list[Stretch]:
    """The same time with what overlaps or touches made one, in order."""
    joined: list[Stretch] = []
    for starts, ends in sorted(stretches):
        if joined and starts <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], ends))
        else:
            joined.append((starts, ends))
    return joined
