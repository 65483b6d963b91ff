"""Two made-up weeks in an empty clinic, to try the screens with: people, appointments in every state, notes, gaps.

This week is as far as it has come; the next one is booked, so that there is work ahead on any day of this one.

All of it goes through the services that people use, so that it is what real weeks would be. The people
are plainly made up, and their addresses end in example.org.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from bookings.models import Appointment, Room, Therapist, WorkingHours
from bookings.services import appointments as steps
from bookings.services.hours import change_hours
from bookings.services.places import add_room, add_therapist
from bookings.services.staff_booking import book_for_client
from bookings.services.time_off import take_time_off
from bookings.services.waitlist import add_to_waitlist
from clients.models import Client
from clients.services.notes import NoteContent, draft_note, sign_note
from clients.services.people import create_client
from clinic import clock
from clinic.accounts.models import User
from clinic.accounts.roles import Role
from clinic.errors import DomainError
from clinic.practice.selectors import get_practice
from treatments.models import TreatmentOption

_FILE: Final = Path(__file__).parent / "week.json"
_BOOKED_AHEAD: Final = timedelta(days=10)


class NotEmptyError(Exception):
    """There are clients already: made-up ones do not belong among them."""


@dataclass(frozen=True)
class _Week:
    now: datetime
    zone: ZoneInfo
    monday: date
    actor: User
    therapists: list[Therapist]
    clients: list[Client]

    def at(self, weekday: int, text: str) -> datetime:
        on = self.monday + timedelta(days=weekday)
        return clock.moment(on, time.fromisoformat(text), self.zone)


def make_sample_week(*, now: datetime, with_colleague: bool) -> int:
    """Fill the week of `now` and the next. The number of appointments made. Raises NotEmptyError where there are clients.

    Wants a clinic as `seed_clinic` makes it, and a therapist who can sign in.
    """
    if Client.objects.exists():
        raise NotEmptyError
    sample = json.loads(_FILE.read_text(encoding="utf-8"))
    actor = User.objects.filter(role=Role.THERAPIST, therapist__isnull=False, is_active=True).earliest("pk")
    tom = Therapist.objects.get(user=actor)
    therapists = [tom, _colleague(tom, now=now)] if with_colleague else [tom]
    zone = get_practice().zone
    today = clock.local_date(now, zone)
    clients = [create_client(fields, actor=actor, today=today) for fields in sample["clients"]]
    week = _Week(now, zone, today - timedelta(days=today.weekday()), actor, therapists, clients)
    next_week = replace(week, monday=week.monday + timedelta(days=7))
    made = sum(1 for each in (week, next_week) for _ in _book_all(each, sample["appointments"]))
    _wait(week, sample["waitlist"])
    _leave(week, sample["time_off"])
    return made


def _colleague(tom: Therapist, *, now: datetime) -> Therapist:
    """A second therapist in a second room, with Tom's hours and treatments."""
    first_room = tom.rooms.earliest("pk")
    colleague = add_therapist(Therapist(name="Sam Sample", slug="sam-sample", position=tom.position + 1))
    colleague.rooms.add(add_room(Room(location=first_room.location, name="Second room")))
    colleague.treatments.set(tom.treatments.all())
    hours = [
        WorkingHours(location=row.location, weekday=row.weekday, starts=row.starts, ends=row.ends)
        for row in WorkingHours.objects.filter(therapist=tom)
    ]
    change_hours(colleague, store=hours, now=now)
    return colleague


def _book_all(week: _Week, rows: list[Mapping[str, Any]]) -> Iterator[Appointment]:
    for row in rows:
        if row["therapist"] >= len(week.therapists):
            continue
        booked = _book(week, row)
        if booked is not None:
            yield _carry_on(week, booked, row)


def _book(week: _Week, row: Mapping[str, Any]) -> Appointment | None:
    """None where the clinic's hours, which the owner may have changed, leave no room for it."""
    option = TreatmentOption.objects.get(treatment__slug=row["treatment"], minutes=row["minutes"])
    starts_at = week.at(row["day"], row["at"])
    try:
        return book_for_client(
            week.clients[row["client"]],
            option=option,
            starts_at=starts_at,
            therapist_id=week.therapists[row["therapist"]].pk,
            actor=week.actor,
            now=min(week.now, starts_at) - _BOOKED_AHEAD,
        )
    except DomainError:
        return None


def _carry_on(week: _Week, booked: Appointment, row: Mapping[str, Any]) -> Appointment:
    """What became of it by now."""
    if row.get("ended") == "cancelled":
        return steps.cancel(
            booked, actor=week.actor, now=min(week.now, booked.starts_at - timedelta(days=2)), by_clinic=False
        )
    if booked.starts_at > week.now:
        return booked
    if row.get("ended") == "noshow":
        return steps.mark_no_show(booked, actor=week.actor, now=booked.starts_at + timedelta(minutes=20))
    here = steps.arrive(booked, actor=week.actor, now=booked.starts_at)
    if booked.ends_at > week.now:
        return here
    done = steps.fulfil(here, actor=week.actor, now=booked.ends_at)
    if "note" in row and row["therapist"] == 0:
        _write_note(week, done, row["note"], is_signed=row.get("signed", True))
    return done


def _write_note(week: _Week, done: Appointment, words: Mapping[str, str], *, is_signed: bool) -> None:
    note = draft_note(
        done.client,
        author=week.actor,
        content=NoteContent(**words),
        appointment_reference=done.reference,
        today=clock.local_date(week.now, week.zone),
    )
    if is_signed:
        sign_note(note.pk, author=week.actor, version=note.version, now=done.ends_at + timedelta(minutes=10))


def _wait(week: _Week, rows: list[Mapping[str, Any]]) -> None:
    today = clock.local_date(week.now, week.zone)
    for row in rows:
        add_to_waitlist(
            week.clients[row["client"]],
            treatment_slug=row["treatment"],
            minutes=row["minutes"],
            therapist=None,
            from_on=today,
            until_on=today + timedelta(days=row["days"]),
            note=row["note"],
            now=week.now,
        )


def _leave(week: _Week, row: Mapping[str, Any]) -> None:
    starts_at, ends_at = week.at(row["day"], row["from"]), week.at(row["day"], row["to"])
    if ends_at > week.now:
        take_time_off(
            week.therapists[0].resource_id,
            starts_at=starts_at,
            ends_at=ends_at,
            reason=row["reason"],
            actor=week.actor,
            now=min(week.now, starts_at),
        )
