"""What the callers of the churn do, one operation after the other, at random."""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from tests.drills.databases import Session
from tests.drills.history import Held
from tests.drills.ledger import Booked, Ledger, divergence, stored_booking
from tests.drills.scene import GRID_MINUTES, Scene, grid_starts
from tests.drills.visitors import Answer, Visitor

DAYS: Final = 4
_LONGEST_UNTIL_HANGING_UP: Final = 0.08
_MOST_TIME_OFF: Final = 3
# Staff move an appointment on by one of these; the last one gives its time back.
_NEXT_STEP: Final = {"booked": "arrive", "arrived": "fulfil", "fulfilled": "enter-in-error"}


@dataclass(frozen=True, slots=True)
class HeldSlot:
    """A hold as its holder was told of it."""

    token: str
    body: dict[str, Any]
    starts_at: datetime
    therapist: int
    told_at: float
    ends_at_latest: float


@dataclass(frozen=True, slots=True)
class Unclear:
    """A booking whose answer was never read, and which was refused when it was asked again."""

    key: str
    body: dict[str, Any]


@dataclass(slots=True)
class Caller:
    """One visitor and one receptionist in one person, with dice of their own.

    `own_holds`, `own_time_off` and `unclear` are known to this caller alone.
    """

    ledger: Ledger
    visitor: Visitor
    staff: Visitor
    session: Session
    dice: random.Random
    own_holds: list[HeldSlot] = field(default_factory=list)
    own_time_off: list[tuple[int, Held]] = field(default_factory=list)
    unclear: list[Unclear] = field(default_factory=list)

    @property
    def scene(self) -> Scene:
        return self.ledger.scene

    def do_something(self) -> None:
        operations = (
            (self.book, 28),
            (self.book_and_hang_up, 4),
            (self.move, 20),
            (self.move_by_staff, 6),
            (self.cancel, 14),
            (self.cancel_by_staff, 4),
            (self.take_a_step, 8),
            (self.hold, 7),
            (self.end_a_hold, 7),
            (self.take_time_off, 4),
            (self.end_time_off, 3),
        )
        (operation,) = self.dice.choices([what for what, _ in operations], [weight for _, weight in operations])
        operation()

    # --- Bookings ---------------------------------------------------------------------------------

    def book(self) -> None:
        body = self._new_body()
        answer = self._call("book", self.visitor, "/bookings/", body, Idempotency_Key=uuid4().hex)
        if self._was_done(answer, "book", 201, refusals=("slot_taken",)):
            self.ledger.check_in(Booked.of(answer))

    def book_and_hang_up(self) -> None:
        """Send, hang up before the answer, and ask again under the same key."""
        body, key = self._new_body(), uuid4().hex
        self.visitor.send("POST", "/bookings/", body, Idempotency_Key=key)
        time.sleep(self.dice.random() * _LONGEST_UNTIL_HANGING_UP)
        self.visitor.hang_up()
        answer = self._call("book again", self.visitor, "/bookings/", body, Idempotency_Key=key)
        if self._was_done(answer, "book again", 201, refusals=("slot_taken",)):
            self.ledger.check_in(Booked.of(answer))
        else:
            self.unclear.append(Unclear(key, body))

    def settle(self) -> None:
        """At the end, when nothing is under way: one booking or none for each key."""
        for unclear in self.unclear:
            answer = self._call("settle", self.visitor, "/bookings/", unclear.body, Idempotency_Key=unclear.key)
            if self._was_done(answer, "settle", 201, refusals=("slot_taken",)):
                self.ledger.check_in(Booked.of(answer))

    def move(self) -> None:
        def send(booked: Booked, _: int) -> Answer:
            body = {"starts_at": self._some_start().isoformat(), "therapist": self._some_therapist()}
            path = f"/bookings/{booked.reference}/reschedule/"
            return self._call("move", self.visitor, path, body, Authorization=f"Booking {booked.token}")

        self._change("move", send, refusals=("slot_taken", "invalid_transition"))

    def move_by_staff(self) -> None:
        def send(booked: Booked, pk: int) -> Answer:
            body = {"starts_at": self._some_start().isoformat(), "version": booked.version}
            return self._call("move by staff", self.staff, f"/appointments/{pk}/reschedule/", body)

        self._change("move by staff", send, refusals=("slot_taken", "invalid_transition"))

    def cancel(self) -> None:
        def send(booked: Booked, _: int) -> Answer:
            path = f"/bookings/{booked.reference}/cancel/"
            return self._call("cancel", self.visitor, path, {}, Authorization=f"Booking {booked.token}")

        self._change("cancel", send, refusals=("invalid_transition",))

    def cancel_by_staff(self) -> None:
        def send(booked: Booked, pk: int) -> Answer:
            return self._call("cancel by staff", self.staff, f"/appointments/{pk}/cancel/", {"version": booked.version})

        self._change("cancel by staff", send, refusals=("invalid_transition",))

    def take_a_step(self) -> None:
        def send(booked: Booked, pk: int) -> Answer:
            step = _NEXT_STEP[booked.status]
            body = {"version": booked.version, "reason": "A drill."}
            return self._call(step, self.staff, f"/appointments/{pk}/{step}/", body)

        self._change("step", send, refusals=())

    def _change(self, name: str, send: Callable[[Booked, int], Answer], *, refusals: tuple[str, ...]) -> None:
        """Change some booking, and compare it with the database first."""
        booked = self.ledger.check_out(self.dice)
        if booked is None:
            return self.book()
        stored = stored_booking(self.session, booked)
        if wrong := divergence(booked, stored):
            self.ledger.fault(wrong)
        if stored is None:
            return None
        answer = send(booked, stored.id)
        if self._was_done(answer, name, 200, refusals=refusals):
            now = Booked.of(answer, token=booked.token)
            self.ledger.check_in_changed(booked, now, room=stored.room, sent_at=answer.sent_at)
        else:
            self.ledger.check_in(booked)
        return None

    # --- Holds ------------------------------------------------------------------------------------

    def hold(self) -> None:
        starts_at = self._some_start()
        body = {"treatment": self.scene.treatment, "minutes": self.scene.minutes, "starts_at": starts_at.isoformat()}
        answer = self._call("hold", self.visitor, "/holds/", body)
        if self._was_done(answer, "hold", 201, refusals=("slot_taken",)):
            self.own_holds.append(
                HeldSlot(
                    token=answer.body["token"],
                    body=body,
                    starts_at=starts_at,
                    therapist=answer.body["therapist"],
                    told_at=answer.got_at,
                    ends_at_latest=datetime.fromisoformat(answer.body["expires_at"]).timestamp(),
                )
            )

    def end_a_hold(self) -> None:
        if not self.own_holds:
            return self.hold()
        held = self.own_holds.pop(self.dice.randrange(len(self.own_holds)))
        return self.dice.choice((self._book_held, self._release, self._let_expire))(held)

    def end_all_holds(self) -> None:
        for held in self.own_holds:
            self._release(held)

    def _book_held(self, held: HeldSlot) -> None:
        """A hold is a promise: its holder must get the slot."""
        room = self._room_of(held)
        body = self.scene.booking_body(held.starts_at, email=_new_email()) | {"hold": held.token}
        answer = self._call("book held", self.visitor, "/bookings/", body, Idempotency_Key=uuid4().hex)
        self._keep_hold(held, room, ended_at=answer.sent_at)
        if self._was_done(answer, "book held", 201, refusals=()):
            self.ledger.check_in(Booked.of(answer))

    def _release(self, held: HeldSlot) -> None:
        room = self._room_of(held)
        answer = self._call("release", self.visitor, f"/holds/{held.token}/", None, method="DELETE")
        self._keep_hold(held, room, ended_at=answer.sent_at)
        self._was_done(answer, "release", 204, refusals=())

    def _let_expire(self, held: HeldSlot) -> None:
        """As if its minutes had passed. Whoever meets it next takes the slot."""
        room = self._room_of(held)
        self._keep_hold(held, room, ended_at=time.time())
        past = datetime.fromisoformat("2020-01-01T00:00:00+00:00")
        self.session.execute("UPDATE bookings_hold SET expires_at = %s WHERE token_hash = %s", past, _hash(held.token))
        with self.ledger.guard:
            self.ledger.counts["expire"] += 1

    def _room_of(self, held: HeldSlot) -> int | None:
        rows = self.session.rows("SELECT room_id FROM bookings_hold WHERE token_hash = %s", _hash(held.token))
        return rows[0][0] if rows else None

    def _keep_hold(self, held: HeldSlot, room: int | None, *, ended_at: float) -> None:
        as_booked = Booked(
            reference="hold",
            token="",
            version=1,
            status="booked",
            starts_at=held.starts_at,
            ends_at=held.starts_at + timedelta(minutes=self.scene.minutes),
            therapist=held.therapist,
            told_at=held.told_at,
        )
        self.ledger.keep(as_booked, room=room, ended_at=min(ended_at, held.ends_at_latest))

    # --- Time off ---------------------------------------------------------------------------------

    def take_time_off(self) -> None:
        if len(self.own_time_off) >= _MOST_TIME_OFF:
            return self.end_time_off()
        starts_at = self._some_start()
        ends_at = starts_at + timedelta(minutes=GRID_MINUTES * self.dice.randint(1, 12))
        kind = self.dice.choice(("therapist", "room"))
        choices = self.scene.therapists if kind == "therapist" else self.scene.rooms
        pk = self.dice.choice(list(choices))
        body = {kind: pk, "starts_at": starts_at.isoformat(), "ends_at": ends_at.isoformat(), "reason": "A drill."}
        answer = self._call("time off", self.staff, "/time-off/", body)
        if answer.code == "strands_bookings" and self.dice.random() < 0.7:
            answer = self._force(body, [row["reference"] for row in answer.body["bookings"]]) or answer
        # What was given already cannot be cancelled: then nothing may have happened to the others either.
        refusals = ("slot_taken", "strands_bookings", "invalid_input", "invalid_transition")
        if self._was_done(answer, "time off", 201, refusals=refusals):
            held = Held(choices[pk], starts_at, ends_at, f"time off {answer.body['id']}", answer.got_at)
            self.own_time_off.append((answer.body["id"], held))
        return None

    def _force(self, body: dict[str, Any], references: list[str]) -> Answer | None:
        """The same again, with what becomes of each booking in the way; None where others are at one."""
        in_the_way = self.ledger.check_out_all(references)
        if in_the_way is None:
            return None
        rooms = {booked.reference: self._checked_room(booked) for booked in in_the_way}
        fates = {booked.reference: self._some_fate(booked) for booked in in_the_way}
        answer = self._call("force time off", self.staff, "/time-off/", {**body, "resolutions": list(fates.values())})
        for booked in in_the_way:
            if answer.status == 201:
                now = _after(booked, fates[booked.reference], answer)
                room = rooms[booked.reference]
                self.ledger.check_in_changed(booked, now, room=room, sent_at=answer.sent_at)
            else:
                self.ledger.check_in(booked)
        return answer

    def _checked_room(self, booked: Booked) -> int | None:
        stored = stored_booking(self.session, booked)
        if wrong := divergence(booked, stored):
            self.ledger.fault(wrong)
        return stored.room if stored else None

    def _some_fate(self, booked: Booked) -> dict[str, str]:
        if booked.status == "booked" and self.dice.random() < 0.5:
            starts_at = self._some_start().isoformat()
            return {"reference": booked.reference, "action": "reschedule", "starts_at": starts_at}
        return {"reference": booked.reference, "action": "cancel"}

    def end_time_off(self) -> None:
        if not self.own_time_off:
            return self.take_time_off()
        pk, held = self.own_time_off.pop(self.dice.randrange(len(self.own_time_off)))
        answer = self._call("end time off", self.staff, f"/time-off/{pk}/", None, method="DELETE")
        self._was_done(answer, "end time off", 204, refusals=())
        with self.ledger.guard:
            self.ledger.history.append(replace(held, ended_at=answer.sent_at))
        return None

    def keep_time_off(self) -> None:
        """At the end: what was never ended is held still."""
        with self.ledger.guard:
            self.ledger.history += [held for _, held in self.own_time_off]

    # --- Dice and telephone -----------------------------------------------------------------------

    def _some_start(self) -> datetime:
        """Often one that was just offered to somebody: others will be after it too."""
        offers = self.ledger.offers
        if offers and self.dice.random() < 0.6:
            return self.dice.choice(offers)
        return self.dice.choice(grid_starts(self.dice.randrange(DAYS), minutes=self.scene.minutes))

    def _some_therapist(self) -> int | None:
        return self.dice.choice([None, *self.scene.therapists])

    def _new_body(self) -> dict[str, Any]:
        return self.scene.booking_body(self._some_start(), email=_new_email(), therapist=self._some_therapist())

    def _call(self, name: str, who: Visitor, path: str, body: Any, *, method: str = "POST", **headers: str) -> Answer:
        answer = who.call(method, path, body, **headers)
        self.ledger.count(name, answer)
        return answer

    def _was_done(self, answer: Answer, name: str, status: int, *, refusals: tuple[str, ...]) -> bool:
        """Whether it was. Anything but that and the refusals is a fault."""
        if answer.status != status and answer.code not in refusals:
            self.ledger.fault(f"{name}: {answer.status} {str(answer.body)[:300]}")
        return answer.status == status


def _after(booked: Booked, fate: dict[str, str], answer: Answer) -> Booked:
    """The booking as forced time off has left it."""
    changed = replace(booked, version=booked.version + 1, told_at=answer.got_at)
    if fate["action"] == "cancel":
        return replace(changed, status="cancelled")
    starts_at = datetime.fromisoformat(fate["starts_at"])
    return replace(changed, starts_at=starts_at, ends_at=starts_at + (booked.ends_at - booked.starts_at))


def _new_email() -> str:
    return f"{uuid4().hex}@example.org"


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
