"""A key belongs to whoever chose it: the same key of two callers never meets."""

from __future__ import annotations

from typing import Any, Final

import pytest

from bookings.models import Appointment
from bookings.services.booking import book_once
from clinic.api.models import IdempotencyRecord
from tests.access.callers import Caller, signed_in
from tests.access.world import World, undone
from tests.bookings.clinic import at, booking_body

pytestmark = pytest.mark.django_db

KEY: Final = "11111111-1111-1111-1111-111111111111"


def book(caller: Caller, world: World, hour: int = 12, key: str = KEY) -> Any:
    return caller.call("POST", "/api/v1/bookings/", booking_body(world.clinic, at(hour)), {"Idempotency-Key": key})


def test_two_people_with_one_key_do_not_meet(world: World, callers: dict[str, Caller]) -> None:
    other = signed_in(world.other.client_user, "client")
    with undone():
        first, second = book(callers["client"], world), book(other, world)
        third = book(callers["receptionist"], world)
        fourth = book(callers["anonymous"], world)

        references = [answer.json().get("reference") for answer in (first, second, third, fourth)]
        assert first.status_code == 201
        assert len({reference for reference in references if reference}) == sum(1 for r in references if r)
        assert Appointment.objects.filter(starts_at=at(12), client__user=world.own.client_user).count() == 1
        assert IdempotencyRecord.objects.filter(key=KEY).values("scope").distinct().count() >= 2


def test_visitor_is_not_answered_what_a_client_was(world: World, callers: dict[str, Caller]) -> None:
    """Not even for the very same body."""
    with undone():
        clients = book(callers["client"], world)
        visitors = book(callers["anonymous"], world)

    assert clients.status_code == 201
    assert clients.json()["manage_token"] not in visitors.content.decode()
    assert clients.json()["reference"] not in visitors.content.decode()


def test_visitor_without_the_very_same_body_learns_nothing(world: World, callers: dict[str, Caller]) -> None:
    with undone():
        first = book(callers["anonymous"], world)
        guess = book(callers["anonymous"], world, hour=13)

    assert (guess.status_code, guess.json()["code"]) == (422, "idempotency_key_reused")
    assert [value for value in first.json().values() if isinstance(value, str) and value in guess.json().values()] == []


def test_same_caller_control_is_answered_again(world: World, callers: dict[str, Caller]) -> None:
    with undone():
        assert book(callers["anonymous"], world).json() == book(callers["anonymous"], world).json()


def test_keys_control_meet_where_the_scope_is_left_out(
    world: World, callers: dict[str, Caller], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "bookings.views.bookings.book_once", lambda *args, **named: book_once(*args, **{**named, "scope": "all"})
    )

    with undone():
        clients, visitors = book(callers["client"], world), book(callers["anonymous"], world)

    assert visitors.json() == clients.json()
