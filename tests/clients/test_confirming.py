"""Whose word an email address is, and what stays closed until somebody who may read the record confirms it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from django.db import connection
from django.test import Client as Browser

from clients.models import Client
from clients.selectors import open_to, visible_to
from clients.services import export
from clients.services.claiming import claim_records
from clients.services.confirming import confirm_email
from clients.services.entries import Kind
from clients.services.export import CLOSED_WORDS, export_own_data
from clients.services.matching import ClientDetails, client_for_booking
from clients.services.merging import merge_clients
from clients.services.people import create_client, update_client
from clinic.accounts.models import User
from clinic.accounts.roles import Role
from clinic.audit.models import AuditEvent
from clinic.errors import NotFound, StaleVersion
from clinic.transactions import owns_transaction
from tests.clients.calls import V1, api, codes
from tests.clients.entry_records import CANARY, make_entry
from tests.clients.records import NOW, TODAY, full_record
from tests.factories import make_client, make_user
from tests.together import Meanwhile

pytestmark = pytest.mark.django_db

GIVEN: Final = "given@example.org"
READERS = pytest.mark.parametrize("role", [Role.OWNER, Role.THERAPIST])
EVERY_STAFF_ROLE = pytest.mark.parametrize(
    ("role", "expected"), [(Role.OWNER, False), (Role.THERAPIST, False), (Role.RECEPTIONIST, True)]
)


@pytest.fixture
def desk() -> User:
    return make_user(Role.RECEPTIONIST)


def change(client: Client, email: str, *, actor: User) -> Client:
    client.refresh_from_db()
    return update_client(client.pk, fields={"email": email}, version=client.version, actor=actor, today=TODAY)


def merge(kept: Client, merged: Client, *, actor: User) -> Client:
    kept.refresh_from_db()
    return merge_clients(kept.pk, merged_id=merged.pk, version=kept.version, actor=actor, now=NOW)


def account(email: str = "") -> User:
    return make_user(Role.CLIENT, email=email)


# --- An address given -----------------------------------------------------------------------------


@EVERY_STAFF_ROLE
def test_address_of_a_new_record_needs_confirming_where_reception_gave_it(
    role: str, expected: bool
) -> None:  # parametrized
    fields = {"first_name": "Alex", "last_name": "Okafor", "email": GIVEN}

    made = create_client(fields, actor=make_user(role), today=TODAY)

    made.refresh_from_db()
    assert made.email_needs_confirming is expected


def test_new_record_without_an_address_needs_no_confirming(desk: User) -> None:
    made = create_client({"first_name": "Alex", "last_name": "Okafor"}, actor=desk, today=TODAY)

    assert made.email_needs_confirming is False


@EVERY_STAFF_ROLE
@pytest.mark.parametrize("was", [True, False])
def test_changed_address_needs_confirming_where_reception_gave_it(
    role: str, expected: bool, was: bool
) -> None:  # parametrized
    client = make_client(email_needs_confirming=was)

    change(client, GIVEN, actor=make_user(role))

    client.refresh_from_db()
    assert client.email_needs_confirming is expected
    detail = {"fields": ["email"]} | ({"email_needs_confirming": expected} if was is not expected else {})
    assert AuditEvent.objects.get().detail == detail


@pytest.mark.parametrize("role", [Role.OWNER, Role.THERAPIST, Role.RECEPTIONIST])
@pytest.mark.parametrize("was", [True, False])
def test_change_of_anything_else_or_to_the_same_address_leaves_it_as_it_was(
    role: str, was: bool
) -> None:  # parametrized
    client = make_client(email=GIVEN, email_needs_confirming=was)

    fields = {"email": " GIVEN@example.org", "gp_name": "Dr Shah"}
    update_client(client.pk, fields=fields, version=1, actor=make_user(role), today=TODAY)

    client.refresh_from_db()
    assert (client.gp_name, client.email_needs_confirming) == ("Dr Shah", was)


@pytest.mark.parametrize("role", [Role.OWNER, Role.THERAPIST, Role.RECEPTIONIST])
def test_address_taken_away_needs_no_confirming(role: str) -> None:
    user = account(GIVEN)
    client = make_client(email=GIVEN, user=user, email_needs_confirming=True)

    change(client, "", actor=make_user(role))

    client.refresh_from_db()
    assert (client.user, client.email_needs_confirming) == (None, False)


@pytest.mark.parametrize("role", [Role.OWNER, Role.THERAPIST, Role.RECEPTIONIST])
@pytest.mark.parametrize("email", ["", "new@example.org"])
def test_account_of_another_address_outlasts_the_change_and_stays_closed(role: str, email: str) -> None:
    """Reception merged it in; with the address emptied or put right, the account would be there still."""
    stranger = account("stranger@example.org")
    client = make_client(email=GIVEN, user=stranger, email_needs_confirming=True)

    change(client, email, actor=make_user(role))

    client.refresh_from_db()
    assert (client.user, client.email_needs_confirming) == (stranger, True)


def test_address_of_the_account_there_is_given_by_a_reader_opens_it() -> None:
    parent = account("parent@example.org")
    client = make_client(email="child@example.org", user=parent, email_needs_confirming=True)

    change(client, parent.email, actor=make_user(Role.OWNER))

    client.refresh_from_db()
    assert client.email_needs_confirming is False


def test_address_given_by_the_owner_in_their_site_needs_no_confirming() -> None:
    owner = make_user(Role.OWNER)
    client = make_client(email_needs_confirming=True)
    browser = Browser()
    browser.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")

    sent = {"version": 1, "first_name": "Alex", "last_name": "Okafor", "email": GIVEN}
    browser.post(f"/admin/clients/client/{client.pk}/change/", sent)

    client.refresh_from_db()
    assert (client.email, client.email_needs_confirming) == (GIVEN, False)


# --- Who books for themselves ---------------------------------------------------------------------


def test_who_books_and_proves_their_address_themselves_finds_their_record_open() -> None:
    details = ClientDetails("Alex", "Okafor", GIVEN)
    owns_transaction()(lambda: client_for_booking(details=details, user=None, now=NOW))()
    user = User.objects.get(email=GIVEN)
    claim_records(user, now=NOW)
    owns_transaction()(lambda: client_for_booking(details=details, user=user, now=NOW))()

    assert list(open_to(user)) == [Client.objects.get()]


def test_claiming_a_record_leaves_it_closed(desk: User) -> None:
    record = make_client(email="old@example.org")
    change(record, GIVEN, actor=desk)
    user = User.objects.get(email=GIVEN)

    claim_records(user, now=NOW)

    assert list(visible_to(user)) == [record]
    assert list(open_to(user)) == []


# --- Merging --------------------------------------------------------------------------------------


def with_an_address() -> Client:
    return make_client(email=GIVEN)


def with_another_address() -> Client:
    return make_client(email="other@example.org")


def with_an_account() -> Client:
    return make_client(email=GIVEN, user=User.objects.filter(email=GIVEN).first() or account(GIVEN))


def with_an_account_alone() -> Client:
    return make_client(email="", user=User.objects.filter(email=GIVEN).first() or account(GIVEN))


def with_a_strangers_account() -> Client:
    """Who is signed in may book with any address: it is typed."""
    return make_client(email=GIVEN, user=account("stranger@example.org"))


def with_neither() -> Client:
    return make_client(email="")


DIFFERENT: Final = [
    (with_an_address, with_another_address),
    (with_an_address, with_neither),
    (with_an_account, with_neither),
    (with_an_account, with_another_address),
    (with_an_account, with_an_account_alone),
    (with_an_account, with_a_strangers_account),
    (with_an_address, with_a_strangers_account),
    (with_an_account_alone, with_neither),
]
SAME: Final = [
    (with_an_address, with_an_address),
    (with_neither, with_neither),
    (with_an_account, with_an_account),
    (with_an_account, with_an_address),  # whoever proves the address comes to that very account
]
Make = Callable[[], Client]


@pytest.mark.parametrize(("one", "other"), [pair for both in DIFFERENT for pair in (both, both[::-1])])
def test_merge_by_reception_of_what_opens_differently_needs_confirming(one: Make, other: Make, desk: User) -> None:
    kept, merged = one(), other()

    merge(kept, merged, actor=desk)

    kept.refresh_from_db()
    assert kept.email_needs_confirming is True


@pytest.mark.parametrize(("one", "other"), [pair for both in SAME for pair in (both, both[::-1])])
def test_merge_by_reception_of_what_opens_alike_needs_none(one: Make, other: Make, desk: User) -> None:
    kept, merged = one(), other()

    merge(kept, merged, actor=desk)

    kept.refresh_from_db()
    assert kept.email_needs_confirming is False


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_merge_by_the_owner_needs_none(one: Make, other: Make) -> None:
    kept, merged = one(), other()

    merge(kept, merged, actor=make_user(Role.OWNER))

    kept.refresh_from_db()
    assert kept.email_needs_confirming is False


@pytest.mark.parametrize("role", [Role.OWNER, Role.RECEPTIONIST])
@pytest.mark.parametrize(("kept_needs", "merged_needs"), [(True, False), (False, True), (True, True)])
def test_merge_keeps_what_had_to_be_confirmed_in_either(
    role: str, kept_needs: bool, merged_needs: bool
) -> None:  # parametrized
    kept = make_client(email=GIVEN, email_needs_confirming=kept_needs)

    merge(kept, make_client(email=GIVEN, email_needs_confirming=merged_needs), actor=make_user(role))

    kept.refresh_from_db()
    assert kept.email_needs_confirming is True


@pytest.mark.parametrize(("older_needs", "newer_needs"), [(True, False), (False, True), (False, False)])
def test_merge_of_namesakes_at_the_sign_in_keeps_what_had_to_be_confirmed(
    older_needs: bool, newer_needs: bool
) -> None:  # parametrized
    user = account(GIVEN)
    name: dict[str, Any] = {"first_name": "Alex", "last_name": "Okafor"}
    older = make_client(**name, email="other@example.org", user=user, email_needs_confirming=older_needs)
    make_client(**name, email=GIVEN, email_needs_confirming=newer_needs)

    claim_records(user, now=NOW)

    survivor = Client.objects.get(merged_into=None)
    assert (survivor, survivor.email_needs_confirming) == (older, older_needs or newer_needs)


# --- Confirming -----------------------------------------------------------------------------------


@READERS
def test_confirming_opens_the_record_and_goes_on_record(role: str) -> None:
    reader, user = make_user(role), account(GIVEN)
    client = make_client(email=GIVEN, user=user, email_needs_confirming=True, care_team=(reader,))

    confirmed = confirm_email(client, version=1, actor=reader)

    client.refresh_from_db()
    assert (client.email_needs_confirming, client.version, confirmed.version) == (False, 2, 2)
    assert list(open_to(user)) == [client]
    event = AuditEvent.objects.get()
    assert (event.action, event.actor, event.client_id, event.detail) == (
        "change",
        reader,
        client.pk,
        {"email_needs_confirming": False},
    )


def test_confirming_what_is_confirmed_changes_nothing() -> None:
    client = make_client()

    confirmed = confirm_email(client, version=7, actor=make_user(Role.OWNER))

    assert (confirmed.version, AuditEvent.objects.count()) == (1, 0)


def test_confirming_an_address_that_is_another_one_now_is_refused(desk: User) -> None:
    client = make_client(email=GIVEN, email_needs_confirming=True)
    change(client, "other@example.org", actor=desk)

    with pytest.raises(StaleVersion):
        confirm_email(client, version=1, actor=make_user(Role.OWNER))

    client.refresh_from_db()
    assert (client.email_needs_confirming, client.version) == (True, 2)


@pytest.mark.parametrize("role", [Role.RECEPTIONIST, Role.CLIENT])
def test_confirming_by_who_may_not_read_is_as_if_there_were_nothing(role: str) -> None:
    client = make_client(email_needs_confirming=True)

    with pytest.raises(NotFound):
        confirm_email(client, version=1, actor=make_user(role))

    client.refresh_from_db()
    assert client.email_needs_confirming is True


def test_confirming_under_the_number_of_a_merged_record_reaches_the_survivor(desk: User) -> None:
    kept, merged = make_client(), make_client()
    merge(kept, merged, actor=desk)

    answer = api(make_user(Role.OWNER)).post(f"{V1}/clients/{merged.pk}/confirm-email/", {"version": 2})

    assert (answer.status_code, answer.json()["id"], answer.json()["email_needs_confirming"]) == (200, kept.pk, False)


def test_confirming_over_http_tells_of_it_before_and_after() -> None:
    therapist, user = make_user(), account("parent@example.org")
    client = make_client(email=GIVEN, user=user, email_needs_confirming=True, care_team=(therapist,))
    caller, path = api(therapist), f"{V1}/clients/{client.pk}/"

    before = caller.get(path).json()
    stale = caller.post(f"{path}confirm-email/", {"version": 9})
    unnamed = caller.post(f"{path}confirm-email/", {})
    extra = caller.post(f"{path}confirm-email/", {"version": 1, "email": "x@example.org"})
    after = caller.post(f"{path}confirm-email/", {"version": 1})

    assert (before["email_needs_confirming"], before["account_email"]) == (True, "parent@example.org")
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_version")
    assert codes(unnamed) == {"version": ["required"]}
    assert codes(extra) == {"email": ["unknown_field"]}
    assert (after.status_code, after.json()["email_needs_confirming"], after.json()["version"]) == (200, False, 2)


@pytest.mark.parametrize("role", [Role.RECEPTIONIST, Role.THERAPIST, Role.CLIENT])
def test_confirming_over_http_by_others_is_as_if_there_were_nothing(role: str) -> None:
    user = make_user(role)
    client = make_client(email_needs_confirming=True, user=user if role == Role.CLIENT else None)
    caller = api(user)

    there = caller.post(f"{V1}/clients/{client.pk}/confirm-email/", {"version": 1})
    missing = caller.post(f"{V1}/clients/{2**40}/confirm-email/", {"version": 1})

    assert (there.status_code, there.json()) == (404, missing.json())
    client.refresh_from_db()
    assert (client.email_needs_confirming, client.version) == (True, 1)


@pytest.mark.parametrize("name", ["email_needs_confirming", "account_email"])
def test_whether_it_is_confirmed_is_written_by_no_other_call(name: str) -> None:
    client = make_client(email_needs_confirming=True)

    answer = api(make_user(Role.OWNER)).patch(f"{V1}/clients/{client.pk}/", {"version": 1, name: False})

    assert codes(answer) == {name: ["unknown_field"]}


# --- What stays closed ----------------------------------------------------------------------------


@pytest.fixture
def closed() -> Client:
    """A record with one of everything in it, closed to its own account."""
    client = make_client(first_name="Alex", user=account(GIVEN), email=GIVEN, email_needs_confirming=True)
    full_record(client)
    for kind in Kind:
        make_entry(client, kind)
    return client


def user_of(client: Client) -> User:
    assert client.user is not None
    return client.user


def test_closed_record_is_left_out_of_the_data_but_for_what_is_not_clinical(closed: Client) -> None:
    user = user_of(closed)
    opened = make_client(first_name="Sam", user=user)
    full_record(opened)

    document = export_own_data(user, now=NOW)

    first, second = document["records"]
    assert first["client"]["first_name"] == "Alex"
    assert first["left_out"] == CLOSED_WORDS
    assert {"notes", "screenings", "entries", "unfinished_notes"} & set(first) == set()
    assert {"contact_preferences", "consents"} <= set(first)
    assert "canary" not in json.dumps(first)
    assert "left_out" not in second
    assert len(second["notes"]) == 1
    exports = AuditEvent.objects.filter(action="export", actor=user).order_by("sequence")
    assert [event.client_id for event in exports] == [closed.pk, opened.pk]
    assert not AuditEvent.objects.filter(action="read", actor=user, client_id=closed.pk).exists()


@pytest.mark.parametrize("path", ["data", "intake", "home-care"])
def test_closed_record_opens_once_it_is_confirmed(path: str, closed: Client) -> None:
    caller = api(user_of(closed))

    before = caller.get(f"{V1}/me/{path}/")
    confirm_email(closed, version=1, actor=make_user(Role.OWNER))
    after = caller.get(f"{V1}/me/{path}/")

    assert (before.status_code, "canary" in before.content.decode()) == (200, False)
    assert CANARY in after.content.decode()


def test_profile_tells_of_each_record_whether_it_is_open(closed: Client) -> None:
    user = user_of(closed)
    make_client(user=user)
    caller = api(user)

    clients = caller.get(f"{V1}/me/").json()["clients"]
    changed = caller.patch(f"{V1}/me/", {"client": closed.pk, "version": 1, "address": "2 Low Street"}).json()

    assert [each["is_clinical_record_open"] for each in clients] == [False, True]
    assert changed["is_clinical_record_open"] is False


def test_intake_is_written_for_a_closed_record_and_not_shown(closed: Client) -> None:
    caller = api(user_of(closed))

    answer = caller.post(f"{V1}/me/intake/", {"content": {"answers": {"goals": CANARY}}})

    assert answer.status_code == 201
    assert CANARY not in answer.content.decode()
    assert caller.get(f"{V1}/me/intake/").json()["results"] == []


def test_staff_who_may_read_a_closed_record_read_it_all_the_same(closed: Client) -> None:
    therapist = make_user()
    closed.care_team.add(therapist)

    for reader in (therapist, make_user(Role.OWNER)):
        assert CANARY in api(reader).get(f"{V1}/clients/{closed.pk}/intake/").content.decode()
        assert CANARY in api(reader).get(f"{V1}/clients/{closed.pk}/export/").content.decode()


@pytest.mark.parametrize("role", [Role.OWNER, Role.THERAPIST, Role.RECEPTIONIST])
def test_nothing_is_open_in_this_way_to_staff(role: str) -> None:
    staff = make_user(role)
    make_client(care_team=(staff,) if role != Role.RECEPTIONIST else ())

    assert list(open_to(staff)) == []


# --- At the same moment ---------------------------------------------------------------------------


def merged_while_it_is_read(monkeypatch: pytest.MonkeyPatch) -> str:
    """What a client is given whose open record gets somebody else's notes just then."""
    own, other = make_client(user=account(GIVEN), email=GIVEN), make_client()
    full_record(other)
    desk = make_user(Role.RECEPTIONIST)
    merging = Meanwhile(lambda: merge_clients(own.pk, merged_id=other.pk, version=1, actor=desk, now=NOW))
    real = export._own_document

    def start_and_read(client: Client, *, actor: User, now: datetime) -> dict[str, Any]:
        merging.start()
        return real(client, actor=actor, now=now)

    monkeypatch.setattr(export, "_own_document", start_and_read)
    document = export_own_data(user_of(own), now=datetime.now(UTC))
    assert isinstance(merging.finish(), Client)
    return json.dumps(document)


@pytest.mark.django_db(transaction=True)
def test_record_merged_while_it_is_read_gives_away_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "canary" not in merged_while_it_is_read(monkeypatch)


class Unlocked:
    """A queryset that takes no locks."""

    def __init__(self, user: User) -> None:
        self._rows = visible_to(user)

    def select_for_update(self, **_: object) -> Any:
        return self._rows


@pytest.mark.django_db(transaction=True)
def test_record_merged_while_it_is_read_control_without_the_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite lets one write after the other in any case."""
    monkeypatch.setattr(export, "visible_to", Unlocked)

    assert ("canary" in merged_while_it_is_read(monkeypatch)) is (connection.vendor == "postgresql")
