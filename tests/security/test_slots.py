"""Times that are not offered cannot be had by asking for them, by booking, holding or moving.

It is Monday 4 January 2027, 08:00; open from 09:00 to 17:00.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Final

import pytest

from bookings.models import WorkingHours
from tests.access.callers import Caller
from tests.access.world import World, undone
from tests.bookings.clinic import at, booking_body
from tests.security.test_bad_input import hold
from tests.security.traces import tables

pytestmark = pytest.mark.django_db

THURSDAY: Final = date(2027, 1, 7)
# What is asked for -> why it is not offered.
NOT_OFFERED: Final = {
    "yesterday": (at(10, on=date(2027, 1, 3)), "in_the_past"),
    "in a minute": (at(9, on=date(2027, 1, 4)), "too_soon"),
    "off the grid": (at(10, 7), "off_the_grid"),
    "before opening": (at(8), "outside_hours"),
    "into closing": (at(16, 30), "outside_hours"),
    "at night": (at(3), "outside_hours"),
    "in three years": (at(10, on=date(2030, 1, 9)), "too_far_ahead"),
    "in a hundred years": (at(10, on=date(2127, 1, 8)), "too_far_ahead"),
}
Ask = Callable[[Caller, World, str], Any]


def booked(caller: Caller, world: World, starts_at: str) -> Any:
    body = {**booking_body(world.clinic, at(12)), "starts_at": starts_at}
    return caller.call("POST", "/api/v1/bookings/", body, {"Idempotency-Key": "slot"})


def held(caller: Caller, world: World, starts_at: str) -> Any:
    return caller.call("POST", "/api/v1/holds/", {**hold(world), "starts_at": starts_at})


def moved(caller: Caller, world: World, starts_at: str) -> Any:
    path = f"/api/v1/bookings/{world.own.booked.reference}/reschedule/"
    return caller.call("POST", path, {"starts_at": starts_at})


WAYS: Final[dict[str, tuple[str, Ask]]] = {
    "book": ("anonymous", booked),
    "hold": ("anonymous", held),
    "move": ("holder", moved),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("when", NOT_OFFERED)
def test_time_that_is_not_offered_is_refused(way: str, when: str, world: World, callers: dict[str, Caller]) -> None:
    role, ask = WAYS[way]
    starts_at, reason = NOT_OFFERED[when]
    before = tables()

    answer = ask(callers[role], world, starts_at.isoformat())

    assert (answer.status_code, answer.json()["code"]) == (409, "slot_unavailable")
    assert answer.json()["reason"] == reason or (way == "move" and reason == "too_soon")
    assert tables() == before


@pytest.mark.parametrize("way", WAYS)
def test_time_that_is_offered_control_is_had(way: str, world: World, callers: dict[str, Caller]) -> None:
    role, ask = WAYS[way]

    with undone():
        assert ask(callers[role], world, at(12).isoformat()).status_code in {200, 201}


@pytest.mark.parametrize("way", WAYS)
def test_time_of_another_is_taken(way: str, world: World, callers: dict[str, Caller]) -> None:
    """Both therapists are booked at ten."""
    role, ask = WAYS[way]
    before = tables()

    answer = ask(callers[role], world, world.other.booked.starts_at.isoformat())

    expected = (409, "slot_taken") if way != "move" else (200, None)  # its own time, again
    assert (answer.status_code, answer.json().get("code")) == expected
    assert tables() == before or way == "move"


@pytest.mark.parametrize(
    "starts_at", ["2027-03-28T01:00:00+00:00", "2027-03-28T01:30:00+00:00", "2027-03-28T01:59:00Z"]
)
@pytest.mark.parametrize("way", ["book", "hold"])
def test_hour_that_the_clocks_leave_out_offers_nothing(
    way: str, starts_at: str, world: World, callers: dict[str, Caller]
) -> None:
    """Even where somebody works all night: 01:00 in London is 02:00 that day, and off by nothing."""
    with undone():
        world.clinic.set_rules(horizon_days=365)
        WorkingHours.objects.filter(weekday=6).update(starts="01:00", ends="02:00")
        role, ask = WAYS[way]

        answer = ask(callers[role], world, starts_at)

    assert (answer.status_code, answer.json()["code"]) == (409, "slot_unavailable")


def test_same_moment_in_another_offset_is_the_same_slot(world: World, callers: dict[str, Caller]) -> None:
    with undone():
        first = held(callers["anonymous"], world, "2027-01-06T12:00:00+00:00")
        again = held(callers["anonymous"], world, "2027-01-07T02:00:00+14:00")

    assert (first.status_code, again.status_code, again.json()["code"]) == (201, 409, "slot_taken")


def test_microseconds_make_no_second_slot(world: World, callers: dict[str, Caller]) -> None:
    with undone():
        held(callers["anonymous"], world, "2027-01-06T12:00:00Z")
        again = held(callers["anonymous"], world, "2027-01-06T12:00:00.999999Z")

    assert (again.status_code, again.json()["code"]) == (409, "slot_taken")


def test_hold_of_another_is_not_booked_over(world: World, callers: dict[str, Caller]) -> None:
    with undone():
        held(callers["anonymous"], world, at(12).isoformat())
        body = {**booking_body(world.clinic, at(12)), "therapist": world.own.therapist.pk}
        without = callers["anonymous"].call("POST", "/api/v1/bookings/", body, {"Idempotency-Key": "1"})
        guessed = callers["anonymous"].call(
            "POST", "/api/v1/bookings/", {**body, "hold": "x" * 43}, {"Idempotency-Key": "2"}
        )

    assert (without.status_code, without.json()["code"]) == (409, "slot_taken")
    assert list(guessed.json()["errors"]) == ["hold"]


def test_hold_is_for_what_it_was_placed_for(world: World, callers: dict[str, Caller]) -> None:
    """Neither another time nor another therapist can be had with its token."""
    token = world.own.hold_token
    for change in ({"starts_at": at(12).isoformat()}, {"therapist": world.other.therapist.pk}):
        body = {**booking_body(world.clinic, at(15)), "hold": token, **change}
        answer = callers["anonymous"].call("POST", "/api/v1/bookings/", body, {"Idempotency-Key": "hold"})

        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["hold"])


def test_bookings_ahead_are_capped_for_each_address(world: World, callers: dict[str, Caller]) -> None:
    """However the address is written, and whatever name goes with it."""
    with undone():
        world.clinic.set_rules(upcoming_bookings_cap=2)
        answers = []
        for hour, address in ((10, "ada@example.org"), (12, "ADA@Example.ORG"), (14, " ada@example.org ")):
            person = {"first_name": f"Ada {hour}", "last_name": "V", "email": address}
            body = booking_body(world.clinic, at(hour, on=THURSDAY), client=person)
            answers.append(callers["anonymous"].call("POST", "/api/v1/bookings/", body, {"Idempotency-Key": str(hour)}))

    assert [answer.status_code for answer in answers] == [201, 201, 409]
    assert answers[-1].json()["code"] == "too_many_upcoming"


@pytest.mark.parametrize("draft", ["not-yet", "one", "NOT-YET"])
def test_treatment_that_is_not_published_is_not_had(draft: str, world: World, callers: dict[str, Caller]) -> None:
    body = {**booking_body(world.clinic, at(12)), "treatment": draft}

    answer = callers["anonymous"].call("POST", "/api/v1/bookings/", body, {"Idempotency-Key": "draft"})

    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["treatment"])
