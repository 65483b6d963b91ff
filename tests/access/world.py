"""A small clinic with two of everything: what is one's own, and the same belonging to others.

Whatever belongs to the others carries one of `Party.marks`, so that any answer can be searched for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid4

import time_machine
from django.db import transaction

from bookings.manage_token import token_for
from bookings.models import Appointment, OneOffHours, Therapist, TimeOff, WaitlistEntry, WorkingHours
from bookings.selectors.openings import Wanted
from bookings.services import appointments as steps
from bookings.services.holds import holder_digest, place_hold
from bookings.services.staff_booking import book_for_client
from bookings.services.time_off import take_time_off
from clients.models import Client as Person
from clients.models import RecordRules, Screening, TreatmentNote
from clients.services.consents import record_consent
from clients.services.entries import Kind, record_entry
from clients.services.notes import NoteContent, add_addendum, draft_note, sign_note
from clients.services.screening import store_screening
from clinic.accounts.models import User
from clinic.accounts.roles import Role
from clinic.messaging.sweep import sweep
from tests.bookings.clinic import NOW, Clinic, at, make_clinic
from tests.factories import make_client, make_user
from treatments.models import (
    Assessment,
    GuideRules,
    Indicator,
    Issue,
    Measure,
    SafetyQuestion,
    Treatment,
)

PASSWORD = "a long enough phrase"
TODAY = NOW.date()
TUESDAY = TODAY + timedelta(days=1)
LAST_WEEK = TODAY - timedelta(days=7)
# Working hours that nobody is booked in, so that they may be changed and removed.
SPARE_WEEKDAY_FROM = date(2028, 1, 1)


@dataclass(frozen=True)
class Canaries:
    """Words that stand only in sealed texts of one party."""

    draft: str
    note: str
    addendum: str
    screening: str
    guide: str
    entry: str

    @classmethod
    def of(cls, party: str) -> Canaries:
        kinds = ("draft", "note", "addendum", "screening", "guide", "entry")
        return cls(*(f"canary-{party}-{kind}-7f3a" for kind in kinds))

    def all(self) -> tuple[str, ...]:
        return (self.draft, self.note, self.addendum, self.screening, self.guide, self.entry)


@dataclass(frozen=True)
class Party:
    """A therapist, a client of theirs who signs in, and all that the two have to do with each other."""

    therapist: Therapist
    therapist_user: User
    client: Person
    client_user: User
    twin: Person
    booked: Appointment
    arrived: Appointment
    checked_in: Appointment
    begun: Appointment
    draft: TreatmentNote
    signed: TreatmentNote
    screening: Screening
    hours: WorkingHours
    one_off: OneOffHours
    time_off: TimeOff
    waiting: WaitlistEntry
    hold_token: str
    canaries: Canaries

    @property
    def manage_token(self) -> str:
        return token_for(self.booked)

    @property
    def marks(self) -> tuple[str, ...]:
        """Words that tell of this party's people and doings, and of nothing else."""
        references = (a.reference for a in (self.booked, self.arrived, self.checked_in, self.begun))
        person = (self.client.last_name, self.client.email, str(self.client.phone), self.client.address)
        words = (self.waiting.note, self.time_off.reason, self.canaries.entry)
        return (*person, self.therapist_user.email, *references, *words)


@dataclass(frozen=True)
class World:
    clinic: Clinic
    owner: User
    receptionist: User
    own: Party
    other: Party
    draft_treatment: Treatment

    def user(self, role: str) -> User:
        """Who signs in as this role."""
        staff = {"owner": self.owner, "receptionist": self.receptionist, "therapist": self.own.therapist_user}
        return staff.get(role, self.own.client_user)


class Missing:
    """Keys that nothing has."""

    number = 987_654_321
    uuid: UUID = uuid4()
    reference = "ZZZZZZZZ"
    token = "no-such-token-" + "x" * 29
    slug = "no-such-slug"


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens to the database inside has not happened afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def standing_still(now: datetime = NOW) -> Iterator[None]:
    with time_machine.travel(now, tick=False):
        yield


def make_world() -> World:
    """Everything, as of `NOW`."""
    clinic = make_clinic(therapists=2, rooms=2)
    owner = _with_password(make_user(Role.OWNER, email="owner-mailbox@example.org", name="Olive Owner"))
    receptionist = _with_password(make_user(Role.RECEPTIONIST, email="desk-mailbox@example.org", name="Rita Desk"))
    draft = Treatment.objects.create(slug="not-yet", name="Not yet", summary="A draft.", state=Treatment.State.DRAFT)
    own = _party(clinic, clinic.therapists[0], "own", owner)
    other = _party(clinic, clinic.therapists[1], "other", owner)
    _make_guide()
    sweep(NOW)  # the log of messages then names those who got one
    return World(clinic, owner, receptionist, own, other, draft)


def _make_guide() -> None:
    """One of each, so that every page of the owner's site has something to show."""
    words = {"slug": "one", "name": "One"}
    Issue.objects.create(**words)
    Indicator.objects.create(**words, question="How often?")
    Measure.objects.create(**words)
    Assessment.objects.create(**words)
    SafetyQuestion.objects.create(**words, question="Is there?", level="review", advice="We look first.")
    GuideRules.objects.get_or_create(pk=1)
    RecordRules.objects.get_or_create(pk=1)


def _party(clinic: Clinic, therapist: Therapist, name: str, owner: User) -> Party:
    user = therapist.user
    assert user is not None
    user.email, user.name = f"{name}-therapist@example.org", f"Therapist of {name}"
    user.save()
    _with_password(user)
    client_user = make_user(Role.CLIENT, email=f"{name}-client@example.org", name="")
    person = _person(name, client_user, user)
    canaries = Canaries.of(name)
    booked = _booked(clinic, therapist, person, at(10), owner)
    arrived = steps.arrive(_booked(clinic, therapist, person, at(9, on=TODAY), owner), actor=user, now=NOW)
    checked_in = steps.arrive(_booked(clinic, therapist, person, at(11, on=TODAY), owner), actor=user, now=NOW)
    begun = _booked(clinic, therapist, person, at(10, on=LAST_WEEK), owner)
    _make_entries(person, user, canaries.entry)
    return Party(
        therapist=therapist,
        therapist_user=user,
        client=person,
        client_user=client_user,
        twin=make_client(last_name=person.last_name, email="", care_team=(user,)),
        booked=booked,
        arrived=arrived,
        checked_in=steps.check_in(checked_in, actor=user, now=NOW),
        begun=begun,
        draft=_note(person, user, canaries.draft),
        signed=_signed(person, user, canaries),
        screening=store_screening(
            answers={"safety": [canaries.screening], "guide": {"answers": {canaries.guide: 3}}},
            level="review",
            source=Screening.Source.BOOKING,
            client=person,
            appointment_reference=booked.reference,
            now=NOW,
        ),
        hours=_spare_hours(clinic, therapist),
        one_off=OneOffHours.objects.create(
            therapist=therapist, location=clinic.location, on=date(2027, 3, 1), starts=time(18), ends=time(20)
        ),
        time_off=take_time_off(
            therapist.resource_id,
            starts_at=at(9, on=date(2027, 2, 1)),
            ends_at=at(17, on=date(2027, 2, 1)),
            reason=f"time off of the {name} party",
            actor=owner,
            now=NOW,
        ),
        waiting=WaitlistEntry.objects.create(
            client=person,
            treatment=clinic.treatment,
            minutes=60,
            therapist=therapist,
            from_on=TUESDAY,
            until_on=TUESDAY,
            note=f"waits as the {name} party",
        ),
        hold_token=_hold(clinic, therapist, name),
        canaries=canaries,
    )


def _with_password(user: User) -> User:
    user.set_password(PASSWORD)
    user.save()
    return user


def _person(name: str, client_user: User, therapist: User) -> Person:
    person = make_client(
        first_name="Robin",
        last_name=f"Surname{name.title()}",
        email=client_user.email,
        email_proved_at=NOW,
        user=client_user,
        phone="+441632960111" if name == "own" else "+441632960222",
        address=f"{name} street",
        date_of_birth=date(1990, 5, 17),
        care_team=(therapist,),
    )
    record_consent(person.pk, purpose="treatment", is_given=True, wording_version="1", actor=therapist, now=NOW)
    return person


def _booked(clinic: Clinic, therapist: Therapist, person: Person, starts_at: datetime, actor: User) -> Appointment:
    return book_for_client(
        person,
        option=clinic.option,
        starts_at=starts_at,
        therapist_id=therapist.pk,
        actor=actor,
        now=NOW,
        override_reason="part of the scene" if starts_at < NOW else "",
    )


def _make_entries(person: Person, author: User, words: str) -> None:
    """One of each kind."""
    mark = {"view": "anterior", "points": [[0.5, 0.5]], "kind": "pain", "author": "client", "note": words}
    contents: dict[Kind, dict[str, object]] = {
        Kind.INTAKE: {"answers": {"goals": words}},
        Kind.MEASUREMENT: {"test": "pain-nrs", "value": 4, "note": words},
        Kind.BODY_CHART: {"marks": [mark]},
        Kind.HOME_CARE: {"items": [{"title": words, "instructions": words}]},
    }
    for kind, content in contents.items():
        record_entry(person, kind=kind, content=content, author=author, today=TODAY, now=NOW)


def _note(person: Person, author: User, words: str) -> TreatmentNote:
    content = NoteContent(subjective=words, objective=words, assessment=words, plan=words)
    return draft_note(person, author=author, content=content, session_on=TODAY, today=TODAY)


def _signed(person: Person, author: User, canaries: Canaries) -> TreatmentNote:
    note = _note(person, author, canaries.note)
    signed = sign_note(note.pk, author=author, version=note.version, now=NOW)
    add_addendum(signed.pk, author=author, text=canaries.addendum, now=NOW)
    return signed


def _spare_hours(clinic: Clinic, therapist: Therapist) -> WorkingHours:
    return WorkingHours.objects.create(
        therapist=therapist,
        location=clinic.location,
        weekday=WorkingHours.Weekday.SUNDAY,
        starts=time(19),
        ends=time(20),
        valid_from=SPARE_WEEKDAY_FROM,
    )


def _hold(clinic: Clinic, therapist: Therapist, name: str) -> str:
    wanted = Wanted(clinic.treatment, 60, therapist_id=therapist.pk, is_returning=True)
    return place_hold(wanted, at(15), holder=holder_digest(name), now=NOW).token
