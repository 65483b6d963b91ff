"""Who on the waitlist could fill which free time of the next days: seven queries, however many wait."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import F, Q

from bookings.gaps import Gap, Stretches, Wish, find_gaps, stretches_of
from bookings.models import Therapist, WaitlistEntry
from bookings.selectors.appointments import returning_clients
from bookings.selectors.openings import Candidate, Days, Wanted, candidates_of, load_days
from bookings.selectors.rules import RuleBook
from bookings.selectors.waitlist import waitlist_visible_to
from clinic import clock
from clinic.accounts.models import User
from treatments.models import Treatment

DAYS_AHEAD: Final = 7
MOST_GAPS: Final = 20
# The longest waiting. Each is looked at for each day and therapist, and nobody rings more in a day.
_MOST_WAITING: Final = 100


@dataclass(frozen=True, slots=True)
class _Team:
    """The therapists asked for who may be booked, and the keys of the treatments that each gives."""

    people: list[Candidate]
    gives: Mapping[int, Collection[int]]

    def who_give(self, wanted: Wanted) -> list[Candidate]:
        return [
            person
            for person in self.people
            if wanted.treatment.pk in self.gives[person.id] and wanted.therapist_id in {None, person.id}
        ]


def load_gaps(user: User, *, therapist_ids: Collection[int], now: datetime, rules: RuleBook) -> list[dict[str, Any]]:
    """Free time of these therapists from `now` to the end of the sixth day after, as JSON-ready data.

    Within working hours, and only what somebody who waits, whom `user` may know of, could be booked
    into by staff; the earliest first.
    """
    zone = rules.clinic.zone
    first = clock.local_date(now, zone)
    last = first + timedelta(days=DAYS_AHEAD - 1)
    entries = _waiting(user, therapist_ids, first=first, last=last)
    if not entries:
        return []
    team = _load_team(therapist_ids)
    days = load_days(team.people, first=first, last=last, now=now, rules=rules)
    wishes = list(_wishes(entries, team, days))
    known = {entry.pk: entry for entry in entries}
    return [_answer(gap, known, rules) for gap in find_gaps(wishes, most=MOST_GAPS)]


def _waiting(user: User, therapist_ids: Collection[int], *, first: date, last: date) -> list[WaitlistEntry]:
    """Who waits for a length that is still offered, on any of the days, the longest waiting first."""
    entries = waitlist_visible_to(user).filter(
        Q(therapist=None) | Q(therapist__in=therapist_ids),
        state=WaitlistEntry.State.WAITING,
        from_on__lte=last,
        until_on__gte=first,
        treatment__state=Treatment.State.PUBLISHED,
        treatment__options__minutes=F("minutes"),
    )
    return list(entries.order_by("created_at", "pk")[:_MOST_WAITING])


def _load_team(therapist_ids: Collection[int]) -> _Team:
    people = candidates_of(Therapist.objects.filter(is_bookable=True, pk__in=therapist_ids))
    gives: dict[int, set[int]] = defaultdict(set)
    pairs = Therapist.treatments.through.objects.filter(therapist__in=therapist_ids)
    for therapist_id, treatment_id in pairs.values_list("therapist_id", "treatment_id"):
        gives[therapist_id].add(treatment_id)
    return _Team(people, gives)


def _wishes(entries: Iterable[WaitlistEntry], team: _Team, days: Days) -> Iterable[Wish]:
    """Where each would fit. Those who want the same are looked up once."""
    returning = returning_clients({entry.client_id for entry in entries})
    known: dict[Wanted, Stretches] = {}
    for entry in entries:
        wanted = Wanted(
            entry.treatment,
            entry.minutes,
            entry.therapist_id,
            is_returning=entry.client_id in returning,
            is_override=True,  # it is staff who book them in, also for the next hour
        )
        if wanted not in known:
            calendar = days.calendar(wanted, team.who_give(wanted))
            known[wanted] = stretches_of(calendar.openings(), minutes=wanted.minutes, zone=calendar.zone)
        yield Wish(entry.pk, known[wanted], entry.from_on, entry.until_on)


def _answer(gap: Gap, known: Mapping[int, WaitlistEntry], rules: RuleBook) -> dict[str, Any]:
    zone = rules.clinic.zone
    return {
        "starts_at": gap.interval.starts_at.astimezone(zone).isoformat(),
        "ends_at": gap.interval.ends_at.astimezone(zone).isoformat(),
        "therapist": gap.therapist_id,
        "waitlist": [_person(known[wish_id]) for wish_id in gap.wish_ids],
    }


def _person(entry: WaitlistEntry) -> dict[str, Any]:
    return {
        "id": entry.pk,
        "client": {"id": entry.client_id, "name": entry.client.display_name},
        "treatment": {"slug": entry.treatment.slug, "name": entry.treatment.name},
        "minutes": entry.minutes,
    }
