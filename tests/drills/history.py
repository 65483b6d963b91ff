"""What people were sure of, and when: the history in which a double booking shows.

# Note [Look at histories]
A booking is surely held from the answer that confirmed it until the request that ends it is sent.
Two such periods on one resource must not overlap. The final table hardly ever shows it when they
did: by then one of the two has been moved or cancelled.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from math import inf


@dataclass(frozen=True, slots=True)
class Held:
    """A stretch of a resource's time that somebody could rely on.

    `starts_at` to `ends_at` is the time in the diary; `told_at` to `ended_at` when it was theirs, in
    seconds of the clock on the wall.
    """

    resource: int
    starts_at: datetime
    ends_at: datetime
    what: str
    told_at: float
    ended_at: float = inf

    def clashes(self, other: Held) -> bool:
        """Whether both held the same time at the same time."""
        shares_diary = self.starts_at < other.ends_at and other.starts_at < self.ends_at
        return shares_diary and self.told_at < other.ended_at and other.told_at < self.ended_at


def clashes(history: Iterable[Held]) -> Iterator[tuple[Held, Held]]:
    """Every two that clash."""
    by_resource: dict[int, list[Held]] = defaultdict(list)
    for held in history:
        by_resource[held.resource].append(held)
    for rows in by_resource.values():
        yield from _clashes_of_one(sorted(rows, key=lambda held: held.starts_at))


def _clashes_of_one(rows: list[Held]) -> Iterator[tuple[Held, Held]]:
    """`rows` in the order of their starts: what begins after the end of one cannot meet it."""
    for index, one in enumerate(rows):
        for other in rows[index + 1 :]:
            if other.starts_at >= one.ends_at:
                break
            if one.clashes(other):
                yield one, other
