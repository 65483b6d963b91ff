"""Opening hours in the words of the catalogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bookings.hours import Stretch
from clinic.web.texts import fill, texts


@dataclass(frozen=True, slots=True)
class OpenDays:
    """Weekdays in a row, from Monday 0, that have the same hours."""

    weekdays: tuple[int, ...]
    stretches: tuple[Stretch, ...]

    @property
    def days(self) -> str:
        """Monday to Friday"""
        words = texts()["hours"]
        first, last = words["days"][self.weekdays[0]], words["days"][self.weekdays[-1]]
        return first if first == last else fill(words["from_to"], first=first, last=last)

    @property
    def times(self) -> str:
        """07:00 to 11:00, 16:00 to 20:30"""
        span = texts()["hours"]["from_to"]
        return ", ".join(fill(span, first=clock_text(starts), last=clock_text(ends)) for starts, ends in self.stretches)


def open_days(opening: Mapping[int, Sequence[Stretch]]) -> list[OpenDays]:
    """The week in as few lines as it takes; days on which nobody works are left out."""
    runs: list[list[int]] = [[weekday] for weekday in sorted(opening)[:1]]
    for before, weekday in pairwise(sorted(opening)):
        if weekday == before + 1 and list(opening[weekday]) == list(opening[before]):
            runs[-1].append(weekday)
        else:
            runs.append([weekday])
    return [OpenDays(tuple(run), tuple(opening[run[0]])) for run in runs]


def clock_text(minutes: int) -> str:
    """07:00; the end of the day is 24:00."""
    hours, rest = divmod(minutes, 60)
    return f"{hours:02d}:{rest:02d}"
