"""The diary as one would explain it on the telephone: a list of what is taken, looked through each time.

Minutes count from midnight of the first day; every day is open from nine to five.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

MINUTES: Final = 60
BUFFER: Final = 15
GRID: Final = 15
NOTICE: Final = 24 * 60
HOLD: Final = 10
MOST_HANDS_ON: Final = 120
_DAY: Final = 24 * 60

Kind = Literal["appointment", "hold", "time_off"]
Owner = tuple[Kind, int]


@dataclass(frozen=True, slots=True)
class Taken:
    """A stretch of a resource's time; `until` is when it lapses by itself."""

    resource: int
    start: int
    end: int
    owner: Owner
    until: int | None = None


@dataclass(slots=True)
class PlainDiary:
    """Therapists and rooms are resources; any therapist may use any room, and needs one."""

    therapists: tuple[int, ...]
    rooms: tuple[int, ...]
    now: int = 0
    taken: list[Taken] = field(default_factory=list)

    def in_force(self) -> list[Taken]:
        return [row for row in self.taken if row.until is None or row.until > self.now]

    def is_free(self, resource: int, start: int, end: int, *, but: Owner | None = None) -> bool:
        mine = [row for row in self.in_force() if row.resource == resource and row.owner != but]
        return not any(row.start < end and start < row.end for row in mine)

    def why_not(
        self,
        start: int,
        therapist: int | None,
        *,
        but: Owner | None = None,
        asked_at: int | None = None,
        by_staff: bool = False,
    ) -> str | None:
        """The reason that `start` cannot be had, None where it can. `asked_at` is when that is judged."""
        asked = self.now if asked_at is None else asked_at
        if start <= asked:
            return "in_the_past"
        if start < asked + NOTICE and not by_staff:
            return "too_soon"
        if start % GRID:
            return "off_the_grid"
        if not 9 * 60 <= start % _DAY <= 17 * 60 - MINUTES:
            return "outside_hours"
        if self.free_therapists(start, therapist, but=but, by_staff=by_staff):
            return None
        people = self.therapists if therapist is None else (therapist,)
        return "day_full" if all(self._is_full(one, start, but) and not by_staff for one in people) else "taken"

    def free_therapists(
        self, start: int, therapist: int | None, *, but: Owner | None = None, by_staff: bool = False
    ) -> list[int]:
        people, end = self.therapists if therapist is None else (therapist,), start + MINUTES + BUFFER
        if not any(self.is_free(room, start, end, but=but) for room in self.rooms):
            return []
        return [
            one
            for one in people
            if self.is_free(one, start, end, but=but) and (by_staff or not self._is_full(one, start, but))
        ]

    def _is_full(self, therapist: int, start: int, but: Owner | None) -> bool:
        """What is held counts as if it were booked."""
        mine = [row for row in self.in_force() if row.resource == therapist and row.owner != but]
        that_day = [row for row in mine if row.owner[0] != "time_off" and row.start // _DAY == start // _DAY]
        return len(that_day) * MINUTES + MINUTES > MOST_HANDS_ON

    def take(self, therapist: int, room: int, start: int, owner: Owner, *, until: int | None = None) -> None:
        """Raises AssertionError where it is not free: then the real diary has gone wrong."""
        for resource in (therapist, room):
            assert self.is_free(resource, start, start + MINUTES + BUFFER), f"{resource} is taken at {start}"
            self.taken.append(Taken(resource, start, start + MINUTES + BUFFER, owner, until))

    def block(self, resource: int, start: int, end: int, owner: Owner) -> None:
        assert self.is_free(resource, start, end), f"{resource} is taken from {start}"
        self.taken.append(Taken(resource, start, end, owner))

    def give_back(self, owner: Owner) -> None:
        self.taken = [row for row in self.taken if row.owner != owner]

    def days_off(self) -> int:
        return sum(row.owner[0] == "time_off" for row in self.taken)

    def in_the_way(self, resource: int, start: int, end: int) -> dict[Kind, list[Owner]]:
        found: dict[Kind, list[Owner]] = {}
        for row in self.in_force():
            if row.resource == resource and row.start < end and start < row.end:
                found.setdefault(row.owner[0], []).append(row.owner)
        return found
