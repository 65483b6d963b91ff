"""Loading what `bookings.availability` needs: six queries, whatever the dates, therapists or history.

The rules, the treatment's option, the therapists with their rooms, the weekly hours, the one-off
hours, and what is taken. See Note [No allocation is longer than a week] for why the last one stays
quick on a long history.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from bookings.availability import Opening, RoomTime, TherapistTime, WhyNot, find_openings, nearest, why_not
from bookings.hours import Shift
from bookings.models import Allocation, Therapist
from bookings.models.allocations import LONGEST_ALLOCATION
from bookings.selectors.rules import EffectiveRules, RuleBook, load_rules
from bookings.selectors.shifts import load_shifts
from clinic import clock
from clinic.errors import InvalidInput
from clinic.intervals import Interval
from treatments.models import Treatment

ALTERNATIVES: Final = 6
_ALTERNATIVE_DAYS: Final = 3
_FAR_ALTERNATIVE_DAYS: Final = 14
_NO_HORIZON_DAYS: Final = 3660
_NO_LIMIT_MINUTES: Final = 24 * 60
_MARGIN: Final = timedelta(days=1)
_ALWAYS: Final = (Interval(datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)),)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wishes to book.

    `therapist_id` None means whoever is free first. `is_returning` chooses the minimum notice and
    spares the longer first visit. `is_override` is for staff, who may book inside the notice, beyond
    the horizon and past the daily limit; with `ignores_hours` also whenever the therapist and a room
    are free, working or not.
    """

    treatment: Treatment
    minutes: int
    therapist_id: int | None = None
    is_returning: bool = False
    is_override: bool = False
    ignores_hours: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A room as the diary needs it. Out of use it still is the room there: the work does not go on without."""

    resource_id: int
    location_id: int
    is_active: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """A therapist who may give the treatment, and the rooms that are theirs, by id."""

    id: int
    resource_id: int
    rooms: Mapping[int, Place]


@dataclass(frozen=True, slots=True)
class Passing:
    """What is on its way out of the diary, and so is no obstacle: the caller's own hold or appointment."""

    hold_id: int | None = None
    appointment_id: int | None = None


NOTHING: Final = Passing()


@dataclass(frozen=True, slots=True)
class Calendar:
    """Everything the pure function needs, loaded; ask it as often as you like."""

    wanted: Wanted
    rules: RuleBook
    candidates: Sequence[Candidate]
    therapists: Sequence[TherapistTime]
    rooms: Mapping[int, RoomTime]
    first: date
    last: date
    now: datetime

    @property
    def zone(self) -> ZoneInfo:
        return self.rules.clinic.zone

    def openings(self) -> list[Opening]:
        return self._find(self.first, self.last, self.therapists)

    def open_dates(self) -> set[date]:
        """The local dates on which somebody who gives the treatment works at all."""
        return {clock.local_date(s.interval.starts_at, self.zone) for each in self.therapists for s in each.shifts}

    def openings_at(self, starts_at: datetime) -> list[Opening]:
        """Who could take `starts_at`: the least booked therapist of that day first."""
        on = clock.local_date(starts_at, self.zone)
        if self.wanted.ignores_hours:
            return self._find(on, on, [self._as_if_at_work(therapist, starts_at) for therapist in self.therapists])
        by_load = sorted(self.therapists, key=lambda therapist: therapist.hands_on_minutes.get(on, 0))
        return [opening for opening in self._find(on, on, by_load) if opening.starts_at == starts_at]

    def why_not(self, starts_at: datetime) -> WhyNot:
        return why_not(starts_at, therapists=self.therapists, minutes=self.wanted.minutes, zone=self.zone, now=self.now)

    def nearest(self, starts_at: datetime) -> list[Opening]:
        return nearest(self.openings(), starts_at, count=ALTERNATIVES)

    def _as_if_at_work(self, therapist: TherapistTime, starts_at: datetime) -> TherapistTime:
        """The therapist with a shift of just this appointment, where they work that day or have a room."""
        interval = Interval(starts_at, starts_at + timedelta(minutes=self.wanted.minutes))
        on = clock.local_date(starts_at, self.zone)
        at_work = [s.location_id for s in therapist.shifts if clock.local_date(s.interval.starts_at, self.zone) == on]
        places = dict.fromkeys([*at_work, *(self.rooms[room_id].location_id for room_id in therapist.rooms)])
        return replace(
            therapist,
            shifts=tuple(Shift(interval, location_id) for location_id in places),
            grid_minutes=1,
            minimum_notice=min(timedelta(0), starts_at - self.now),
        )

    def _find(self, first: date, last: date, therapists: Sequence[TherapistTime]) -> list[Opening]:
        return find_openings(
            therapists=therapists,
            rooms=self.rooms,
            minutes=self.wanted.minutes,
            first=first,
            last=last,
            zone=self.zone,
            now=self.now,
        )


def load_calendar(
    wanted: Wanted,
    *,
    first: date,
    last: date,
    now: datetime,
    rules: RuleBook | None = None,
    candidates: Sequence[Candidate] | None = None,
    passing: Passing = NOTHING,
) -> Calendar:
    """The state of the diary from `first` to `last`, local dates, inclusive.

    `rules` and `candidates` spare their queries where the caller has them. Raises InvalidInput
    naming `therapist` where the one asked for does not give the treatment.
    """
    book = rules or load_rules()
    people = candidates if candidates is not None else load_candidates(wanted)
    return load_days(people, first=first, last=last, now=now, rules=book, passing=passing).calendar(wanted, people)


@dataclass(frozen=True, slots=True)
class Days:
    """Some days of some therapists, loaded for whatever may be wanted of them."""

    rules: RuleBook
    shifts: Mapping[int, Sequence[Shift]]
    taken: _Taken
    first: date
    last: date
    now: datetime

    def calendar(self, wanted: Wanted, people: Sequence[Candidate]) -> Calendar:
        """What is wanted, of these people, who are among those loaded."""
        rooms = {
            room_id: RoomTime(
                room_id, place.location_id, tuple(self.taken.busy[place.resource_id]) if place.is_active else _ALWAYS
            )
            for person in people
            for room_id, place in person.rooms.items()
        }
        therapists = [
            _therapist_time(person, wanted, self.rules.of(person.id), self.shifts[person.id], self.taken)
            for person in people
        ]
        return Calendar(wanted, self.rules, people, therapists, rooms, self.first, self.last, self.now)


def load_days(
    people: Sequence[Candidate],
    *,
    first: date,
    last: date,
    now: datetime,
    rules: RuleBook,
    passing: Passing = NOTHING,
) -> Days:
    """The hours of these people and all that is taken, from `first` to `last`, in three queries."""
    shifts = load_shifts([person.id for person in people], rules, first=first, last=last)
    taken = _load_taken(people, rules.clinic.zone, first=first, last=last, now=now, passing=passing)
    return Days(rules, shifts, taken, first, last, now)


def load_around(starts_at: datetime, wanted: Wanted, **known: Any) -> Calendar:
    """The calendar of the days around `starts_at`: enough to judge it and to offer alternatives."""
    book: RuleBook = known.pop("rules", None) or load_rules()
    on = clock.local_date(starts_at, book.clinic.zone)
    today = clock.local_date(known["now"], book.clinic.zone)
    first = min(on, max(on - clock.ONE_DAY, today))
    return load_calendar(wanted, first=first, last=on + _ALTERNATIVE_DAYS * clock.ONE_DAY, rules=book, **known)


def load_far_around(starts_at: datetime, wanted: Wanted, **known: Any) -> Calendar:
    """As `load_around`, four weeks wide, and moved to where booking is possible at all."""
    rules: RuleBook = known["rules"]
    today = clock.local_date(known["now"], rules.clinic.zone)
    last_bookable = today + timedelta(days=rules.clinic.horizon_days)
    centre = min(max(clock.local_date(starts_at, rules.clinic.zone), today), last_bookable)
    reach = timedelta(days=_FAR_ALTERNATIVE_DAYS)
    return load_calendar(wanted, first=max(centre - reach, today), last=centre + reach, **known)


def load_candidates(wanted: Wanted) -> list[Candidate]:
    """Who gives the treatment and may be booked, with the rooms they may use: one query."""
    therapists = Therapist.objects.filter(is_bookable=True, treatments=wanted.treatment)
    if wanted.therapist_id is None:
        return candidates_of(therapists)
    found = candidates_of(therapists.filter(id=wanted.therapist_id))
    if not found:
        raise InvalidInput.field("therapist", "This therapist does not give this treatment.", code="unknown_therapist")
    return found


def candidates_of(therapists: QuerySet[Therapist]) -> list[Candidate]:
    """These therapists, in the owner's order, with the rooms they may use: one query."""
    rows = therapists.order_by("position", "id", "rooms__id").values_list(
        "id", "resource_id", "rooms__id", "rooms__resource_id", "rooms__location_id", "rooms__is_active"
    )
    found: dict[int, tuple[int, dict[int, Place]]] = {}
    for therapist_id, resource_id, room_id, room_resource_id, location_id, room_is_active in rows:
        _, rooms = found.setdefault(therapist_id, (resource_id, {}))
        if room_id:
            rooms[room_id] = Place(room_resource_id, location_id, room_is_active)
    return [Candidate(therapist_id, resource_id, rooms) for therapist_id, (resource_id, rooms) in found.items()]


def _therapist_time(
    person: Candidate, wanted: Wanted, rules: EffectiveRules, shifts: Iterable[Shift], taken: _Taken
) -> TherapistTime:
    before, after = buffers(wanted, rules)
    hours = rules.minimum_notice_hours_returning if wanted.is_returning else rules.minimum_notice_hours_new
    return TherapistTime(
        id=person.id,
        shifts=tuple(shifts),
        busy=tuple(taken.busy[person.resource_id]),
        rooms=tuple(person.rooms),
        grid_minutes=rules.grid_minutes,
        buffer_before_minutes=before,
        buffer_after_minutes=after,
        minimum_notice=timedelta(0) if wanted.is_override else timedelta(hours=hours),
        horizon_days=_NO_HORIZON_DAYS if wanted.is_override else rules.horizon_days,
        max_hands_on_minutes_per_day=_NO_LIMIT_MINUTES if wanted.is_override else rules.max_hands_on_minutes_per_day,
        hands_on_minutes=taken.hands_on[person.resource_id],
    )


def buffers(wanted: Wanted, rules: EffectiveRules) -> tuple[int, int]:
    """Minutes kept free before and after: the treatment's own, else the rules'; more after a first visit."""
    own = wanted.treatment.buffer_after_minutes
    after = rules.buffer_after_minutes if own is None else own
    return wanted.treatment.buffer_before_minutes, after + (
        0 if wanted.is_returning else rules.first_visit_extra_minutes
    )


@dataclass(frozen=True, slots=True)
class _Taken:
    """By resource: what is taken, and how many hands-on minutes each local date has.

    What is held counts as if it were booked: a day must not be full when the holder comes to book.
    """

    busy: dict[int, list[Interval]] = field(default_factory=lambda: defaultdict(list))
    hands_on: dict[int, dict[date, int]] = field(default_factory=lambda: defaultdict(dict))


def _load_taken(
    people: Sequence[Candidate], zone: ZoneInfo, *, first: date, last: date, now: datetime, passing: Passing
) -> _Taken:
    resource_ids = {person.resource_id for person in people}
    resource_ids.update(place.resource_id for person in people for place in person.rooms.values())
    from_ = clock.start_of_day(first, zone) - _MARGIN
    until = clock.start_of_day(last + clock.ONE_DAY, zone) + _MARGIN
    rows = (
        Allocation.objects.filter(
            resource_id__in=resource_ids,
            is_active=True,
            starts_at__gt=from_ - LONGEST_ALLOCATION,
            starts_at__lt=until,
            ends_at__gt=from_,
        )
        .exclude(kind=Allocation.Kind.HOLD, hold__expires_at__lte=now)
        .values_list(
            "resource_id",
            "starts_at",
            "ends_at",
            "hold_id",
            "appointment_id",
            Coalesce("appointment__minutes", "hold__minutes"),
            Coalesce("appointment__starts_at", "hold__starts_at"),
        )
    )
    taken = _Taken()
    for resource_id, starts_at, ends_at, hold_id, appointment_id, minutes, hands_on_from in rows:
        if hold_id and hold_id == passing.hold_id:
            continue
        if appointment_id and appointment_id == passing.appointment_id:
            continue
        taken.busy[resource_id].append(Interval(starts_at, ends_at))
        if minutes:
            on = clock.local_date(hands_on_from, zone)
            by_date = taken.hands_on[resource_id]
            by_date[on] = by_date.get(on, 0) + minutes
    return taken
