"""Free time that somebody who waits could fill. Pure: openings in, gaps out.

The openings are those of `bookings.availability`: what is offered here is what could be booked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

from bookings.availability import Opening
from clinic import clock
from clinic.intervals import Interval, merge

# By therapist and local date, in order.
Stretches: TypeAlias = Mapping[tuple[int, date], Sequence[Interval]]


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody who waits: where they would fit, and on which local dates they can come, both inclusive."""

    id: int
    fits: Stretches
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Gap:
    """A free stretch of one therapist, and who could fill some of it, in the order of the wishes."""

    interval: Interval
    therapist_id: int
    wish_ids: tuple[int, ...]


def stretches_of(openings: Iterable[Opening], *, minutes: int, zone: ZoneInfo) -> Stretches:
    """The time that appointments of `minutes` at these openings could take. Openings come sorted by start."""
    length = timedelta(minutes=minutes)
    found: dict[tuple[int, date], list[Interval]] = defaultdict(list)
    for opening in openings:
        stretches = found[opening.therapist_id, clock.local_date(opening.starts_at, zone)]
        ends_at = opening.starts_at + length
        if stretches and opening.starts_at <= stretches[-1].ends_at:
            stretches[-1] = Interval(stretches[-1].starts_at, ends_at)
        else:
            stretches.append(Interval(opening.starts_at, ends_at))
    return found


def find_gaps(wishes: Sequence[Wish], *, most: int) -> list[Gap]:
    """The `most` earliest gaps, by start and therapist. What several wishes share is one gap."""
    wanted: dict[tuple[int, date], list[tuple[Wish, Sequence[Interval]]]] = defaultdict(list)
    for wish in wishes:
        for (therapist_id, on), stretches in wish.fits.items():
            if wish.first <= on <= wish.last:
                wanted[therapist_id, on].append((wish, stretches))
    gaps = [
        Gap(interval, therapist_id, tuple(wish.id for wish, own in found if any(map(interval.contains, own))))
        for (therapist_id, _), found in wanted.items()
        for interval in merge(stretch for _, stretches in found for stretch in stretches)
    ]
    return sorted(gaps, key=lambda gap: (gap.interval, gap.therapist_id))[:most]
