"""Taking time out of the diary: lock, look again, write.

# Note [Why resources are locked first]
The constraint alone is correct, but writers that meet in it deadlock under contention. So each
writer first locks the rows of the resources it may use, ordered by primary key and without
blocking foreign keys to them. Those who lose find the slot gone when they look again, and get a
clean answer. On SQLite the write transaction itself is that lock.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from bookings.availability import Opening, WhyNot
from bookings.errors import SlotTaken, SlotUnavailable
from bookings.models import Allocation, Appointment, Hold, Resource
from bookings.selectors.openings import (
    NOTHING,
    Calendar,
    Candidate,
    Passing,
    Wanted,
    buffers,
    load_around,
    load_calendar,
    load_far_around,
)
from bookings.selectors.rules import EffectiveRules, RuleBook
from clinic import clock
from clinic.transactions import transaction_required

T = TypeVar("T")

_TRIES: Final = 3
_REASON_IN_WORDS: Final[dict[WhyNot, str]] = {
    WhyNot.IN_THE_PAST: "This time has passed.",
    WhyNot.TOO_SOON: "This is sooner than can be booked online.",
    WhyNot.TOO_FAR_AHEAD: "This is further ahead than can be booked yet.",
    WhyNot.OFF_THE_GRID: "Appointments do not start at this minute.",
    WhyNot.OUTSIDE_HOURS: "This is outside working hours.",
    WhyNot.DAY_FULL: "The day is full.",
    WhyNot.TAKEN: "This time is taken.",
}


@dataclass(frozen=True, slots=True)
class Attempt:
    """To take `starts_at` for what is wanted, with all that can be loaded before any lock.

    `now` is when the attempt is judged: for a held slot, when the hold was placed.
    """

    wanted: Wanted
    starts_at: datetime
    rules: RuleBook
    candidates: Sequence[Candidate]
    now: datetime
    passing: Passing = NOTHING

    @property
    def resource_ids(self) -> set[int]:
        """Everything the attempt may end up using."""
        rooms = (place.resource_id for person in self.candidates for place in person.rooms.values())
        return {*(person.resource_id for person in self.candidates), *rooms}

    def look_around(self) -> Calendar:
        """The days around the start: to judge it, and for alternatives."""
        return load_around(self.starts_at, self.wanted, **self._known)

    def look_again(self) -> Calendar:
        """Just the day of the start, as it is now."""
        on = clock.local_date(self.starts_at, self.rules.clinic.zone)
        return load_calendar(self.wanted, first=on, last=on, **self._known)

    def look_far_around(self) -> Calendar:
        """Four weeks, for when nothing is free nearer."""
        return load_far_around(self.starts_at, self.wanted, **self._known)

    @property
    def _known(self) -> dict[str, Any]:
        return {"rules": self.rules, "candidates": self.candidates, "now": self.now, "passing": self.passing}


@dataclass(frozen=True, slots=True)
class Claim:
    """An opening that is ours for the rest of the transaction, and the rules it was judged by."""

    opening: Opening
    candidate: Candidate
    rules: EffectiveRules
    buffer_before_minutes: int
    buffer_after_minutes: int
    ends_at: datetime

    @property
    def resource_ids(self) -> list[int]:
        room = self.opening.room_id
        return [self.candidate.resource_id, *([self.candidate.rooms[room].resource_id] if room is not None else [])]


def take_slot(attempt: Attempt, write: Callable[[], T]) -> T:
    """Call `write`, a transaction that claims the slot, once a look without locks shows it free.

    Raises SlotTaken or SlotUnavailable, both with the nearest alternatives; those are looked up
    outside the transaction, so that losers keep nobody waiting.
    """
    calendar = attempt.look_around()
    for _ in range(_TRIES):
        if not calendar.openings_at(attempt.starts_at):
            raise _refusal(attempt, calendar)
        try:
            return write()
        except SlotTaken:
            calendar = attempt.look_around()
    raise SlotTaken(alternatives=_alternatives(attempt, calendar))


@transaction_required
def locked_claim(attempt: Attempt) -> Claim:
    """The best opening for the attempt, with its resources locked until the transaction ends.

    Raises SlotTaken, without alternatives, when there is none any more.
    """
    lock_resources(attempt.resource_ids)
    end_expired_holds(attempt.resource_ids, now=attempt.now)
    openings = attempt.look_again().openings_at(attempt.starts_at)
    if not openings:
        raise SlotTaken
    return _claim_of(openings[0], attempt)


def _claim_of(opening: Opening, attempt: Attempt) -> Claim:
    rules = attempt.rules.of(opening.therapist_id)
    before, after = buffers(attempt.wanted, rules)
    return Claim(
        opening=opening,
        candidate=next(person for person in attempt.candidates if person.id == opening.therapist_id),
        rules=rules,
        buffer_before_minutes=before,
        buffer_after_minutes=after,
        ends_at=opening.starts_at + timedelta(minutes=attempt.wanted.minutes),
    )


@transaction_required
def lock_resources(resource_ids: Collection[int]) -> None:
    """Lock these rows, in the order of their keys. See Note [Why resources are locked first]."""
    list(Resource.objects.select_for_update(no_key=True).filter(pk__in=resource_ids).order_by("pk").values_list("pk"))


@transaction_required
def end_expired_holds(resource_ids: Collection[int], *, now: datetime) -> int:
    """Give back what expired holds still occupy on these resources; how many rows."""
    return Allocation.objects.filter(
        resource_id__in=resource_ids, is_active=True, kind=Allocation.Kind.HOLD, hold__expires_at__lte=now
    ).update(is_active=False)


@transaction_required
def allocate(claim: Claim, *, appointment: Appointment | None = None, hold: Hold | None = None) -> None:
    """Write the claim into the diary for its one cause, buffers frozen in."""
    starts_at = claim.opening.starts_at - timedelta(minutes=claim.buffer_before_minutes)
    ends_at = claim.ends_at + timedelta(minutes=claim.buffer_after_minutes)
    kind = Allocation.Kind.APPOINTMENT if appointment else Allocation.Kind.HOLD
    Allocation.objects.bulk_create(
        Allocation(
            resource_id=resource_id,
            starts_at=starts_at,
            ends_at=ends_at,
            kind=kind,
            appointment=appointment,
            hold=hold,
        )
        for resource_id in claim.resource_ids
    )


def _refusal(attempt: Attempt, calendar: Calendar) -> SlotTaken | SlotUnavailable:
    """The error that says why the start is no opening, with the nearest alternatives."""
    reason = _why_not(attempt, calendar)
    others = _alternatives(attempt, calendar)
    if reason in {WhyNot.TAKEN, WhyNot.DAY_FULL}:
        return SlotTaken(reason=reason.value, alternatives=others)
    message = _REASON_IN_WORDS[reason]
    errors = {"starts_at": [{"code": reason.value, "message": message}]}
    return SlotUnavailable(message, reason=reason.value, errors=errors, alternatives=others)


def _why_not(attempt: Attempt, calendar: Calendar) -> WhyNot:
    """Where neither hours nor grid hold, appointments still start on a minute."""
    starts_at = attempt.starts_at
    if not attempt.wanted.ignores_hours:
        return calendar.why_not(starts_at)
    return WhyNot.OFF_THE_GRID if starts_at.second or starts_at.microsecond else WhyNot.TAKEN


def _alternatives(attempt: Attempt, calendar: Calendar) -> list[dict[str, Any]]:
    found = calendar.nearest(attempt.starts_at) or attempt.look_far_around().nearest(attempt.starts_at)
    return [
        {"starts_at": opening.starts_at.astimezone(calendar.zone).isoformat(), "therapist": opening.therapist_id}
        for opening in found
    ]
