"""What callers were told, shared by all of them."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, Self

from bookings.status import OCCUPYING
from tests.drills.databases import Session
from tests.drills.history import Held
from tests.drills.scene import BUFFER_MINUTES, Scene
from tests.drills.visitors import Answer

_BUFFER: Final = timedelta(minutes=BUFFER_MINUTES)
_MOST_OFFERS: Final = 24


@dataclass(frozen=True, slots=True)
class Booked:
    """A booking as its holder was last told of it, at `told_at`."""

    reference: str
    token: str
    version: int
    status: str
    starts_at: datetime
    ends_at: datetime
    therapist: int
    told_at: float

    @classmethod
    def of(cls, answer: Answer, *, token: str = "") -> Self:
        """From the body of an answer to a client or to staff."""
        body = answer.body
        return cls(
            reference=body["reference"],
            token=token or body["manage_token"],
            version=body["version"],
            status=body["status"],
            starts_at=datetime.fromisoformat(body["starts_at"]),
            ends_at=datetime.fromisoformat(body["ends_at"]),
            therapist=body["therapist"]["id"],
            told_at=answer.got_at,
        )

    @property
    def is_held(self) -> bool:
        return self.status in OCCUPYING

    def facts(self) -> tuple[object, ...]:
        return self.version, self.status, self.starts_at, self.ends_at, self.therapist


@dataclass(frozen=True, slots=True)
class Stored:
    """The same booking as the database has it."""

    id: int
    room: int | None
    facts: tuple[object, ...]


@dataclass(slots=True)
class Ledger:
    """Bookings are worked on by one caller at a time, so that what was told last is plain."""

    scene: Scene
    told: dict[str, Booked] = field(default_factory=dict)
    idle: list[str] = field(default_factory=list)
    history: list[Held] = field(default_factory=list)
    offers: list[datetime] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    guard: threading.Lock = field(default_factory=threading.Lock)

    def count(self, operation: str, answer: Answer) -> None:
        """Note one answer, and the free starts it may offer."""
        with self.guard:
            self.counts[f"{operation}: {answer.status} {answer.code}".strip()] += 1
            self.seconds.append(answer.seconds)
            if isinstance(answer.body, dict) and "alternatives" in answer.body:
                new = [datetime.fromisoformat(offer["starts_at"]) for offer in answer.body["alternatives"]]
                self.offers = [*self.offers, *new][-_MOST_OFFERS:]

    def fault(self, text: str) -> None:
        with self.guard:
            self.faults.append(text)

    def check_out(self, dice: random.Random) -> Booked | None:
        """Some booking that nobody else is at, for this caller alone."""
        with self.guard:
            if not self.idle:
                return None
            return self.told[self.idle.pop(dice.randrange(len(self.idle)))]

    def check_out_all(self, references: Iterable[str]) -> list[Booked] | None:
        """All of these, or None where somebody else is at one of them."""
        wanted = set(references)
        with self.guard:
            if not wanted <= set(self.idle):
                return None
            self.idle = [reference for reference in self.idle if reference not in wanted]
            return [self.told[reference] for reference in wanted]

    def check_in(self, booked: Booked) -> None:
        """Give a booking back; one that is over is done with."""
        with self.guard:
            self.told[booked.reference] = booked
            if booked.is_held:
                self.idle.append(booked.reference)

    def check_in_changed(self, before: Booked, now: Booked, *, room: int | None, sent_at: float) -> None:
        """The holder was told of a change. What was held before ended as the request for it was sent.

        A move to where it is already changes nothing.
        """
        if now.version == before.version:
            return self.check_in(before)
        self.keep(before, room=room, ended_at=sent_at)
        return self.check_in(now)

    def keep(self, booked: Booked, *, room: int | None, **until: float) -> None:
        """Write into the history what a booking held, on the therapist and in the room."""
        resources = [self.scene.therapists[booked.therapist], *([self.scene.rooms[room]] if room else [])]
        held = Held(
            resource=resources[0],
            starts_at=booked.starts_at,
            ends_at=booked.ends_at + _BUFFER,
            what=f"{booked.reference} version {booked.version}",
            told_at=booked.told_at,
            **until,
        )
        with self.guard:
            self.history += [replace(held, resource=resource) for resource in resources]


def stored_booking(session: Session, booked: Booked) -> Stored | None:
    """What the database has under the booking's reference."""
    columns = "id, room_id, version, status, starts_at, ends_at, therapist_id"
    rows = session.rows(f"SELECT {columns} FROM bookings_appointment WHERE reference = %s", booked.reference)
    return Stored(rows[0][0], rows[0][1], rows[0][2:]) if rows else None


def divergence(booked: Booked, stored: Stored | None) -> str | None:
    """How what was told differs from what is stored, in words."""
    if stored is None:
        return f"{booked.reference} was confirmed and is not there."
    if stored.facts != booked.facts():
        return f"{booked.reference}: told {booked.facts()}, stored {stored.facts}."
    return None
