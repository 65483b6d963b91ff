"""Random steps in the real diary and in the plain one: they may never tell different stories."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, ClassVar, Final, TypeVar

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
)

from bookings.errors import BookingEnded, InvalidTransition, SlotTaken, TooLateToMove
from bookings.models import Allocation, Appointment, TimeOff
from bookings.selectors.openings import Wanted, load_calendar
from bookings.services.appointments import cancel
from bookings.services.booking import BookingRequest, book
from bookings.services.holds import PlacedHold, holder_digest, place_hold, release_expired, release_hold
from bookings.services.moving import reschedule
from bookings.services.stranded import StrandsBookings
from bookings.services.time_off import Action, Resolution, cancel_time_off, take_time_off
from clients.services.matching import ClientDetails
from clinic.accounts.models import User
from clinic.errors import DomainError, InvalidInput, NotFound
from tests.bookings.clinic import Clinic, booking_request, make_clinic
from tests.bookings.plain_diary import HOLD, MINUTES, MOST_HANDS_ON, NOTICE, Owner, PlainDiary
from tests.factories import make_user

T = TypeVar("T")

# Monday, 4 January 2027: winter, so London's clock is UTC. What is booked is on the Wednesday or the Thursday.
MIDNIGHT: Final = datetime(2027, 1, 4, tzinfo=UTC)
_DAY: Final = 24 * 60
_MOST_DAYS_OFF: Final = 2

# Few, so that steps meet; the first, the third and the last are no starts.
_TIMES: Final = ((8, 45), (9, 0), (9, 5), (10, 0), (10, 15), (11, 15), (12, 15), (16, 0), (16, 15))
moments = st.builds(
    lambda day, minutes: day * _DAY + minutes,
    st.sampled_from((2, 2, 2, 3)),
    st.sampled_from([hour * 60 + minute for hour, minute in _TIMES]),
)
whom = st.sampled_from((None, 0, 1))


class DiaryMachine(RuleBasedStateMachine):
    """Two therapists, two rooms. Each example has a transaction of its own, undone at its end.

    `steps` and `outcomes` count over all examples: how many, and what came of those that may be refused.
    """

    bookings = Bundle("bookings")
    holds = Bundle("holds")
    days_off = Bundle("days_off")

    steps: ClassVar[int] = 0
    outcomes: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self._example = transaction.atomic()
        self._example.__enter__()
        self._numbers = count(1)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self._example.__exit__(None, None, None)

    @initialize()
    def open_clinic(self) -> None:
        self.clinic: Clinic = make_clinic(therapists=2, rooms=2)
        self.clinic.set_rules(max_hands_on_minutes_per_day=MOST_HANDS_ON)
        self.people = [person.resource_id for person in self.clinic.therapists]
        self.rooms = [room.resource_id for room in self.clinic.rooms]
        self.plain = PlainDiary(tuple(self.people), tuple(self.rooms), now=8 * 60)
        self.desk: User = make_user("receptionist")
        self.held_until: dict[int, int] = {}
        self.forgotten: set[int] = set()

    @property
    def now(self) -> datetime:
        return at(self.plain.now)

    # --- Steps ------------------------------------------------------------------------------------

    @rule(minutes=st.sampled_from((11, 1, 4, 11, 300, 1440)))
    def wait(self, minutes: int) -> None:
        self.plain.now += minutes

    @rule()
    def tidy(self) -> None:
        """What was held until more than a day ago is forgotten."""
        release_expired(self.now)
        self.forgotten |= {pk for pk, until in self.held_until.items() if until < self.plain.now - _DAY}

    @rule(target=bookings, start=moments, who=whom)
    def book(self, start: int, who: int | None) -> Any:
        expected = self.plain.why_not(start, self._resource(who))
        booked = self._attempt(expected, lambda: book(self._request(start, who), user=None, now=self.now))
        return self._take(booked, start, who) if booked else multiple()

    @rule(target=holds, start=moments, who=whom)
    def hold(self, start: int, who: int | None) -> Any:
        wanted = Wanted(self.clinic.treatment, MINUTES, self._pk(who))
        holder = holder_digest(str(next(self._numbers)))
        expected = self.plain.why_not(start, self._resource(who))
        placed = self._attempt(expected, lambda: place_hold(wanted, at(start), holder=holder, now=self.now))
        if not placed:
            return multiple()
        room = placed.hold.room
        assert room
        until = self.held_until[placed.hold.pk] = self.plain.now + HOLD
        owner: Owner = ("hold", placed.hold.pk)
        self.plain.take(placed.hold.therapist.resource_id, room.resource_id, start, owner, until=until)
        return placed

    @rule(target=bookings, placed=consumes(holds))
    def book_held(self, placed: PlacedHold) -> Any:
        """Good until it lapses, whatever the notice says meanwhile; after that a hold is worth nothing."""
        start, hold = minutes_of(placed.hold.starts_at), placed.hold
        who = [person.pk for person in self.clinic.therapists].index(hold.therapist_id)
        is_good = minutes_of(hold.expires_at) > self.plain.now
        asked_at = minutes_of(hold.created_at) if is_good else self.plain.now
        owner: Owner = ("hold", hold.pk)
        expected = self.plain.why_not(start, self.people[who], but=owner, asked_at=asked_at)
        if hold.pk in self.forgotten:
            expected = "invalid"
        request = self._request(start, who, hold_token=placed.token)
        booked = self._attempt(expected, lambda: book(request, user=None, now=self.now))
        if not booked:
            return multiple()
        self.plain.give_back(owner)
        return self._take(booked, start, who)

    @rule(placed=consumes(holds))
    def release(self, placed: PlacedHold) -> None:
        expected = "unknown" if placed.hold.pk in self.forgotten else None
        self._attempt(expected, lambda: release_hold(placed.token))
        self.plain.give_back(("hold", placed.hold.pk))

    @rule(booked=bookings, start=moments, who=whom, by_staff=st.booleans())
    def move(self, booked: Appointment, start: int, who: int | None, by_staff: bool) -> None:
        owner: Owner = ("appointment", booked.pk)
        booked.refresh_from_db()
        resource = self._resource(who) if who is not None else booked.therapist.resource_id
        expected = self._why_not_movable(booked, by_staff=by_staff) or self.plain.why_not(
            start, resource, but=owner, by_staff=by_staff
        )
        actor = self.desk if by_staff else None
        moved = self._attempt(
            expected,
            lambda: reschedule(booked, starts_at=at(start), actor=actor, now=self.now, therapist_id=self._pk(who)),
        )
        if moved:
            self.plain.give_back(owner)
            self._take(moved, start, who)

    @rule(booked=bookings)
    def cancel(self, booked: Appointment) -> None:
        booked.refresh_from_db()
        expected = "ended" if booked.status == "booked" and self.plain.now >= minutes_of(booked.starts_at) else None
        if booked.status != "booked":
            expected = "not_booked"
        if self._attempt(expected, lambda: cancel(booked, actor=None, now=self.now)):
            self.plain.give_back(("appointment", booked.pk))

    @precondition(lambda self: self.plain.days_off() < _MOST_DAYS_OFF)
    @rule(target=days_off, start=moments, quarters=st.integers(1, 12), place=st.integers(0, 3), forced=st.booleans())
    def take_time_off(self, start: int, quarters: int, place: int, forced: bool) -> Any:
        resource, end = [*self.people, *self.rooms][place], start + quarters * 15
        in_the_way = self.plain.in_the_way(resource, start, end)
        booked = [Appointment.objects.get(pk=pk) for _, pk in in_the_way.get("appointment", [])] if forced else []
        expected = None
        if end <= self.plain.now or "time_off" in in_the_way:
            expected = "invalid"
        elif "hold" in in_the_way:
            expected = "taken"
        elif "appointment" in in_the_way and not forced:
            expected = "strands"
        taken = self._attempt(
            expected,
            lambda: take_time_off(
                resource,
                starts_at=at(start),
                ends_at=at(end),
                reason="",
                actor=self.desk,
                now=self.now,
                resolutions=[Resolution(row.reference, Action.CANCEL) for row in booked],
            ),
        )
        if not taken:
            return multiple()
        for row in booked:
            self.plain.give_back(("appointment", row.pk))
        self.plain.block(resource, start, end, ("time_off", taken.pk))
        return taken

    @rule(time_off=consumes(days_off))
    def end_time_off(self, time_off: TimeOff) -> None:
        cancel_time_off(time_off)
        self.plain.give_back(("time_off", time_off.pk))

    # --- What must hold ---------------------------------------------------------------------------

    @invariant()
    def same_time_is_taken(self) -> None:
        type(self).steps += 1
        rows = Allocation.objects.filter(is_active=True).exclude(kind="hold", hold__expires_at__lte=self.now)
        stored = sorted((row.resource_id, minutes_of(row.starts_at), minutes_of(row.ends_at), row.kind) for row in rows)
        assert stored == sorted((row.resource, row.start, row.end, row.owner[0]) for row in self.plain.in_force())

    @rule(day=st.sampled_from((2, 3)), who=whom)
    def same_starts_are_offered(self, day: int, who: int | None) -> None:
        wanted = Wanted(self.clinic.treatment, MINUTES, self._pk(who))
        on = at(day * _DAY).date()
        offered = load_calendar(wanted, first=on, last=on, now=self.now).openings()
        plainly = [
            (start, self.clinic.therapists[self.people.index(resource)].pk)
            for start in range(day * _DAY, (day + 1) * _DAY, 5)
            if self.plain.why_not(start, self._resource(who)) is None
            for resource in self.plain.free_therapists(start, self._resource(who))
        ]
        assert [(minutes_of(opening.starts_at), opening.therapist_id) for opening in offered] == plainly

    # --- How it is asked --------------------------------------------------------------------------

    def _attempt(self, expected: str | None, step: Callable[[], T]) -> T | None:
        """Do the step, which must be refused for the expected reason, or be done where there is none."""
        try:
            done, reason = step(), None
        except DomainError as refused:
            done, reason = None, reason_of(refused)
        self.outcomes[reason or "done"] += 1
        assert reason == expected
        return done

    def _take(self, booked: Appointment, start: int, who: int | None) -> Appointment:
        """Enter it into the plain diary, which must have room for it where the real one put it."""
        assert minutes_of(booked.starts_at) == start
        assert who is None or booked.therapist_id == self._pk(who)
        assert booked.room
        owner: Owner = ("appointment", booked.pk)
        self.plain.take(booked.therapist.resource_id, booked.room.resource_id, start, owner)
        return booked

    def _why_not_movable(self, booked: Appointment, *, by_staff: bool) -> str | None:
        if booked.status != "booked":
            return "not_booked"
        left = minutes_of(booked.starts_at) - self.plain.now
        if by_staff or left >= NOTICE:
            return None
        return "too_late" if left > 0 else "ended"

    def _request(self, start: int, who: int | None, **more: Any) -> BookingRequest:
        someone = ClientDetails("Ada", "Visitor", f"ada{next(self._numbers)}@example.org")
        return booking_request(self.clinic, at(start), therapist_id=self._pk(who), client=someone, **more)

    def _pk(self, who: int | None) -> int | None:
        return None if who is None else self.clinic.therapists[who].pk

    def _resource(self, who: int | None) -> int | None:
        return None if who is None else self.people[who]


def at(minutes: int) -> datetime:
    return MIDNIGHT + timedelta(minutes=minutes)


def minutes_of(moment: datetime) -> int:
    return int((moment - MIDNIGHT).total_seconds()) // 60


def reason_of(refused: DomainError) -> str:
    """In the words of the plain diary."""
    plain_words = {
        InvalidTransition: "not_booked",
        BookingEnded: "ended",
        TooLateToMove: "too_late",
        StrandsBookings: "strands",
        InvalidInput: "invalid",
        NotFound: "unknown",
        SlotTaken: "taken",
    }
    return str(refused.data.get("reason") or plain_words[type(refused)])
