"""Which starts are free. Pure: values in, values out, `now` among them.

The same function lists the slots that are offered and rechecks one inside the booking's
transaction, so what is offered and what is accepted cannot differ.

# Note [Buffers and working hours]
The hands-on time must lie within working hours. The buffers need not: they only keep the
therapist's and the room's next appointment away.

# Note [Starts as ranges]
A busy stretch [b0, b1) rules out every start s with s - before < b1 and s + length + after > b0,
that is the open range (b0 - length - after, b1 + before). Ruled-out ranges are merged once for a
resource and the grid is walked past them by bisection. Inside this module moments are whole seconds
since 1970 in UTC: a month for twenty therapists is tens of thousands of comparisons.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from bookings.hours import Shift
from clinic import clock
from clinic.intervals import Interval

_MINUTE: Final = 60
_MINUTES_OF_DAY: Final = 24 * 60

# Open ranges of seconds, in order.
_Ranges: TypeAlias = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class RoomTime:
    """A room and when it is taken, buffers included."""

    id: int
    location_id: int
    busy: tuple[Interval, ...] = ()


@dataclass(frozen=True, slots=True)
class TherapistTime:
    """A therapist, when they work, when they are taken (buffers included), and the rules they keep.

    `rooms` are the ids of the rooms they may use; a location where they have none needs none.
    `hands_on_minutes` counts by local date what is booked already.
    """

    id: int
    shifts: tuple[Shift, ...]
    busy: tuple[Interval, ...]
    rooms: tuple[int, ...]
    grid_minutes: int
    buffer_before_minutes: int
    buffer_after_minutes: int
    minimum_notice: timedelta
    horizon_days: int
    max_hands_on_minutes_per_day: int
    hands_on_minutes: Mapping[date, int]


@dataclass(frozen=True, slots=True)
class Opening:
    """A start that may be booked: when, with whom, where. `starts_at` is in UTC."""

    starts_at: datetime
    therapist_id: int
    location_id: int
    room_id: int | None


class WhyNot(StrEnum):
    """Why a start is not offered, the first reason that holds."""

    IN_THE_PAST = "in_the_past"
    TOO_SOON = "too_soon"
    TOO_FAR_AHEAD = "too_far_ahead"
    OFF_THE_GRID = "off_the_grid"
    OUTSIDE_HOURS = "outside_hours"
    DAY_FULL = "day_full"
    TAKEN = "taken"


def find_openings(
    *,
    therapists: Sequence[TherapistTime],
    rooms: Mapping[int, RoomTime],
    minutes: int,
    first: date,
    last: date,
    zone: ZoneInfo,
    now: datetime,
) -> list[Opening]:
    """Every opening of `minutes` hands-on time from `first` to `last`, local dates in `zone`, inclusive.

    Sorted by start, then in the order of `therapists`. One opening for each therapist and start, in
    the first of their rooms that is free.
    """
    found: list[tuple[int, int, Opening]] = []
    known: dict[tuple[int, int, int], _Ranges] = {}
    for order, therapist in enumerate(therapists):
        own_rooms = _rooms_by_location(therapist, rooms, minutes, known)
        for start, shift in _free_starts(therapist, minutes, first=first, last=last, zone=zone, now=now):
            choice = _free_room(own_rooms[shift.location_id], start)
            if choice is not _NO_ROOM:
                opening = Opening(datetime.fromtimestamp(start, UTC), therapist.id, shift.location_id, choice)
                found.append((start, order, opening))
    found.sort(key=_by_start_and_order)
    return [opening for _, _, opening in found]


def why_not(
    starts_at: datetime,
    *,
    therapists: Sequence[TherapistTime],
    minutes: int,
    zone: ZoneInfo,
    now: datetime,
) -> WhyNot:
    """Why `starts_at`, which is no opening, is not offered by any of `therapists`.

    Where the reasons differ from one therapist to the other, the one nearest to being free counts.
    """
    if starts_at <= now:
        return WhyNot.IN_THE_PAST
    reasons = [_why_not(starts_at, therapist, minutes, zone, now) for therapist in therapists]
    order = list(WhyNot)
    return max(reasons, key=order.index, default=WhyNot.OUTSIDE_HOURS)


def _why_not(starts_at: datetime, therapist: TherapistTime, minutes: int, zone: ZoneInfo, now: datetime) -> WhyNot:
    on = clock.local_date(starts_at, zone)
    ends_at = starts_at + timedelta(minutes=minutes)
    if starts_at < now + therapist.minimum_notice:
        return WhyNot.TOO_SOON
    if on > _last_date(therapist, zone, now):
        return WhyNot.TOO_FAR_AHEAD
    if starts_at.timestamp() not in _grid(on, therapist.grid_minutes, zone):
        return WhyNot.OFF_THE_GRID
    if not any(shift.interval.contains(Interval(starts_at, ends_at)) for shift in therapist.shifts):
        return WhyNot.OUTSIDE_HOURS
    if not _has_room_in_day(therapist, on, minutes):
        return WhyNot.DAY_FULL
    return WhyNot.TAKEN


def _free_starts(
    therapist: TherapistTime, minutes: int, *, first: date, last: date, zone: ZoneInfo, now: datetime
) -> Iterator[tuple[int, Shift]]:
    length = minutes * _MINUTE
    earliest = _seconds(now + therapist.minimum_notice)
    if now + therapist.minimum_notice > datetime.fromtimestamp(earliest, UTC):
        earliest += 1
    last = min(last, _last_date(therapist, zone, now))
    taken = _ruled_out(therapist.busy, minutes, therapist.buffer_before_minutes, therapist.buffer_after_minutes)
    seen: set[int] = set()
    for shift in therapist.shifts:
        on = clock.local_date(shift.interval.starts_at, zone)
        if not first <= on <= last or not _has_room_in_day(therapist, on, minutes):
            continue
        from_, until = _seconds(shift.interval.starts_at), _seconds(shift.interval.ends_at) - length
        for start in _walk(_grid(on, therapist.grid_minutes, zone), max(from_, earliest), until, taken):
            if start not in seen:
                seen.add(start)
                yield start, shift


def _walk(grid: Sequence[int], first: int, last: int, taken: _Ranges) -> Iterator[int]:
    """The moments of `grid` from `first` to `last`, both in, that lie in none of the open ranges `taken`."""
    index = bisect_left(grid, first)
    block = bisect_left(taken, (first,)) - 1
    block = max(block, 0)
    while index < len(grid) and grid[index] <= last:
        start = grid[index]
        while block < len(taken) and taken[block][1] <= start:
            block += 1
        if block < len(taken) and taken[block][0] < start:
            index = bisect_left(grid, taken[block][1], index)
            continue
        yield start
        index += 1


_NO_ROOM: Final = -1


def _rooms_by_location(
    therapist: TherapistTime, rooms: Mapping[int, RoomTime], minutes: int, known: dict[tuple[int, int, int], _Ranges]
) -> Mapping[int, Sequence[tuple[int, _Ranges]]]:
    """The rooms they may use at each location, in their order, with the starts each of them rules out.

    `known` spares reckoning a room anew for the next therapist with the same buffers.
    """
    before, after = therapist.buffer_before_minutes, therapist.buffer_after_minutes
    found: dict[int, list[tuple[int, _Ranges]]] = defaultdict(list)
    for room_id in therapist.rooms:
        key = (room_id, before, after)
        if key not in known:
            known[key] = _ruled_out(rooms[room_id].busy, minutes, before, after)
        found[rooms[room_id].location_id].append((room_id, known[key]))
    return found


def _free_room(choices: Sequence[tuple[int, _Ranges]], start: int) -> int | None:
    """The first free room of them, None where no room is needed, `_NO_ROOM` where all are taken."""
    if not choices:
        return None
    for room_id, taken in choices:
        if not _is_ruled_out(start, taken):
            return room_id
    return _NO_ROOM


def _ruled_out(busy: Iterable[Interval], minutes: int, before: int, after: int) -> list[tuple[int, int]]:
    """Open ranges of starts that would meet something busy. See Note [Starts as ranges].

    Ranges are merged only where they overlap: a start may sit exactly between two that touch.
    """
    reach = (minutes + after) * _MINUTE
    lead = before * _MINUTE
    merged: list[tuple[int, int]] = []
    for low, high in sorted((_seconds(b.starts_at) - reach, _seconds(b.ends_at, up=True) + lead) for b in busy):
        if merged and low < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], high))
        else:
            merged.append((low, high))
    return merged


def _is_ruled_out(start: int, taken: _Ranges) -> bool:
    index = bisect_left(taken, (start,)) - 1
    return index >= 0 and taken[index][0] < start < taken[index][1]


@lru_cache(maxsize=1024)
def _grid(on: date, grid_minutes: int, zone: ZoneInfo) -> Sequence[int]:
    """The moments of the local date `on` at which the clock in `zone` stands on the grid.

    A wall time that clocks skip is not there; one they show twice is there twice.
    """
    day_start, day_end = clock.start_of_day(on, zone), clock.start_of_day(on + clock.ONE_DAY, zone)
    step = grid_minutes * _MINUTE
    midnight = datetime.combine(on, time.min, tzinfo=zone)
    if day_end - day_start == clock.ONE_DAY and midnight.astimezone(UTC).astimezone(zone) == midnight:
        start = _seconds(day_start)
        return tuple(range(start, start + _MINUTES_OF_DAY * _MINUTE, step))
    moments = range(_seconds(day_start), _seconds(day_end), _MINUTE)
    return tuple(moment for moment in moments if _minute_of_day(moment, zone) % grid_minutes == 0)


def _minute_of_day(moment: int, zone: ZoneInfo) -> int:
    local = datetime.fromtimestamp(moment, zone)
    return local.hour * 60 + local.minute


def _last_date(therapist: TherapistTime, zone: ZoneInfo, now: datetime) -> date:
    return clock.local_date(now, zone) + timedelta(days=therapist.horizon_days)


def _has_room_in_day(therapist: TherapistTime, on: date, minutes: int) -> bool:
    return therapist.hands_on_minutes.get(on, 0) + minutes <= therapist.max_hands_on_minutes_per_day


def _seconds(at: datetime, *, up: bool = False) -> int:
    stamp = at.timestamp()
    whole = int(stamp)
    return whole + 1 if up and whole < stamp else whole


def _by_start_and_order(item: tuple[int, int, Opening]) -> tuple[int, int]:
    return item[0], item[1]


def nearest(openings: Iterable[Opening], to: datetime, *, count: int) -> list[Opening]:
    """The `count` openings with the starts nearest `to`, one for each start, in order of time."""
    by_start: dict[datetime, Opening] = {}
    for opening in openings:
        by_start.setdefault(opening.starts_at, opening)
    closest = sorted(by_start.values(), key=lambda opening: (abs(opening.starts_at - to), opening.starts_at))
    return sorted(closest[:count], key=lambda opening: opening.starts_at)
