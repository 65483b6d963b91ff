"""Half-open intervals of time. Pure: values in, values out, no framework."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """The moments from `starts_at` (in) to `ends_at` (out). Both are aware datetimes.

    Raises ValueError for naive datetimes and for an interval that holds no moment.
    """

    starts_at: datetime
    ends_at: datetime

    def __post_init__(self) -> None:
        if self.starts_at.tzinfo is None or self.ends_at.tzinfo is None:
            raise ValueError("An interval needs aware datetimes.")
        if self.starts_at >= self.ends_at:
            raise ValueError("An interval must start before it ends.")

    @property
    def duration(self) -> timedelta:
        return self.ends_at - self.starts_at

    def overlaps(self, other: Interval) -> bool:
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at

    def contains(self, other: Interval) -> bool:
        return self.starts_at <= other.starts_at and other.ends_at <= self.ends_at

    def widen(self, *, before: timedelta, after: timedelta) -> Interval:
        return Interval(self.starts_at - before, self.ends_at + after)


def merge(intervals: Iterable[Interval]) -> list[Interval]:
    """The same moments as sorted intervals that neither overlap nor touch."""
    merged: list[Interval] = []
    for interval in sorted(intervals):
        if merged and interval.starts_at <= merged[-1].ends_at:
            if interval.ends_at > merged[-1].ends_at:
                merged[-1] = Interval(merged[-1].starts_at, interval.ends_at)
        else:
            merged.append(interval)
    return merged


def subtract(intervals: Iterable[Interval], busy: Iterable[Interval]) -> Iterator[Interval]:
    """What is left of `intervals` once every moment of `busy` is taken out, in order."""
    taken = merge(busy)
    first = 0
    for interval in merge(intervals):
        cursor = interval.starts_at
        while first < len(taken) and taken[first].ends_at <= cursor:
            first += 1
        for block in taken[first:]:
            if block.starts_at >= interval.ends_at:
                break
            if block.starts_at > cursor:
                yield Interval(cursor, block.starts_at)
            cursor = max(cursor, block.ends_at)
        if cursor < interval.ends_at:
            yield Interval(cursor, interval.ends_at)
