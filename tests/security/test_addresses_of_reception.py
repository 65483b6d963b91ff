"""Reception may not read the record, and so must not let themselves in as the client.

# Note [The whole way round]
Each way is played with real requests: an address of the receptionist's own comes to the record, they
prove it by an emailed code, and look for the marked words in all that a client is shown. Beside each
stands the same without its guard, where the words have to be found.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest

from clients.models import Client as Person
from clients.selectors import visible_to
from clients.services.entries import Kind
from clinic.accounts.models import User
from tests.access.callers import Caller, signed_in
from tests.access.calls import readable
from tests.access.routes import all_routes
from tests.access.world import World, undone
from tests.bookings.clinic import at, booking_body
from tests.clients.entry_records import make_entry
from tests.clients.records import full_record

pytestmark = pytest.mark.django_db

MINE: Final = "rita-at-home@example.org"
CLIENTS: Final = "/api/v1/clients"
# Every sealed text of the tests has it in it.
MARK: Final = "canary-"
SEALED: Final = {"/api/v1/me/data/", "/api/v1/me/intake/", "/api/v1/me/home-care/"}
Callers = dict[str, Caller]


def done(answer: Any) -> Any:
    assert answer.status_code in {200, 201}, answer.content
    return answer.json()


def patch(callers: Callers, client_id: int, **fields: object) -> Any:
    version = Person.objects.get(pk=client_id).version
    return done(callers["receptionist"].call("PATCH", f"{CLIENTS}/{client_id}/", {"version": version, **fields}))


def merge(callers: Callers, *, kept: int, merged: int) -> None:
    body = {"merged": merged, "version": Person.objects.get(pk=kept).version}
    done(callers["receptionist"].call("POST", f"{CLIENTS}/{kept}/merge/", body))


def booked_by_herself(world: World, callers: Callers) -> int:
    """A record of the receptionist's own, made and proved as anybody's: nothing about it needs confirming."""
    person = {"first_name": "Robin", "last_name": "SurnameOwn", "email": MINE}
    body = booking_body(world.clinic, at(12), client=person)
    done(callers["anonymous"].call("POST", "/api/v1/bookings/", body, {"Idempotency-Key": "rita"}))
    signed_in(User.objects.get(email=MINE), "client")
    return Person.objects.latest("pk").pk


def without_a_way_in(world: World) -> int:
    """The client rang, and has neither an address nor an account."""
    Person.objects.filter(pk=world.own.client.pk).update(user=None, email="", email_proved_at=None)
    return world.own.client.pk


# --- The ways -------------------------------------------------------------------------------------


def change_the_address(world: World, callers: Callers) -> None:
    patch(callers, world.own.client.pk, email=MINE)


def change_it_and_take_it_away_again(world: World, callers: Callers) -> None:
    patch(callers, world.own.client.pk, email=MINE)
    signed_in(User.objects.get(email=MINE), "client")
    patch(callers, world.own.client.pk, email="")
    patch(callers, world.own.client.pk, email=MINE)


def change_it_so_that_the_sign_in_merges(world: World, callers: Callers) -> None:
    """She has a record of the client's name by then: two of one address become one."""
    booked_by_herself(world, callers)
    patch(callers, world.own.client.pk, email=MINE)


def make_the_record_before_the_note(world: World, callers: Callers) -> None:
    body = {"first_name": "Nia", "last_name": "New", "email": MINE}
    made = Person.objects.get(pk=done(callers["receptionist"].call("POST", f"{CLIENTS}/", body))["id"])
    full_record(made, author=world.own.therapist_user)
    for kind in Kind:
        make_entry(made, kind, author=world.own.therapist_user)


def merge_the_client_into_her_own(world: World, callers: Callers) -> None:
    without_a_way_in(world)
    merge(callers, kept=booked_by_herself(world, callers), merged=world.own.client.pk)


def merge_her_own_into_the_client(world: World, callers: Callers) -> None:
    client = without_a_way_in(world)
    merge(callers, kept=client, merged=booked_by_herself(world, callers))


def merge_and_then_empty_the_address(world: World, callers: Callers) -> None:
    """The client's address stays with the record, her account comes to it, and then the address goes."""
    client = world.own.client.pk
    Person.objects.filter(pk=client).update(user=None)
    merge(callers, kept=client, merged=booked_by_herself(world, callers))
    patch(callers, client, email="")


Way = Callable[[World, Callers], None]
GIVING: Final[tuple[Way, ...]] = (
    change_the_address,
    change_it_and_take_it_away_again,
    change_it_so_that_the_sign_in_merges,
    make_the_record_before_the_note,
)
MERGING: Final[tuple[Way, ...]] = (
    merge_the_client_into_her_own,
    merge_her_own_into_the_client,
    merge_and_then_empty_the_address,
)


def places_with_marked_words(way: Way, world: World, callers: Callers) -> set[str]:
    """Where the receptionist finds clinical words, once she is signed in as the client."""
    with undone():
        way(world, callers)
        her = signed_in(User.objects.get(email=MINE), "client")
        profile = her.call("GET", "/api/v1/me/").json()
        refused = callers["receptionist"].call(
            "POST", f"{CLIENTS}/{profile['clients'][0]['id']}/confirm-email/", {"version": 1}
        )
        assert refused.status_code == 404
        paths = [f"/{route.pattern}" for route in all_routes() if route.pattern.startswith("api/v1/me/")]
        answers = {path: her.call("GET", path) for path in paths}
    assert {answer.status_code for answer in answers.values()} == {200}
    assert {*SEALED} < {*answers}
    return {path for path, answer in answers.items() if MARK in readable(answer)}


@pytest.mark.parametrize("way", [*GIVING, *MERGING])
def test_reception_finds_no_clinical_word_as_the_client(way: Way, world: World, callers: Callers) -> None:
    assert places_with_marked_words(way, world, callers) == set()


# --- Without the guards ---------------------------------------------------------------------------


@pytest.mark.parametrize("way", [*GIVING, *MERGING])
def test_reception_control_where_nothing_is_closed_the_words_are_found(
    way: Way, world: World, callers: Callers, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("selectors.entries", "services.export", "views.own"):
        monkeypatch.setattr(f"clients.{module}.open_to", visible_to)

    assert places_with_marked_words(way, world, callers) == SEALED


@pytest.mark.parametrize("way", GIVING)
def test_reception_control_where_addresses_are_not_judged_the_words_are_found(
    way: Way, world: World, callers: Callers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clients.services.people.judge_address", lambda client, *, actor: None)

    assert places_with_marked_words(way, world, callers) == SEALED


@pytest.mark.parametrize("way", MERGING)
def test_reception_control_where_merges_are_not_judged_the_words_are_found(
    way: Way, world: World, callers: Callers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clients.services.merging.needs_confirming_after_merge", lambda kept, merged, *, actor: False)

    assert places_with_marked_words(way, world, callers) == SEALED


def test_reception_control_where_an_emptied_address_settles_it_the_words_are_found(
    world: World, callers: Callers, monkeypatch: pytest.MonkeyPatch
) -> None:
    def settle(client: Person, *, actor: User) -> None:
        client.email_needs_confirming = bool(client.email)

    monkeypatch.setattr("clients.services.people.judge_address", settle)

    assert places_with_marked_words(merge_and_then_empty_the_address, world, callers) == SEALED
