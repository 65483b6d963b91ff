from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from clients.models import Client, ConsentRecord
from clinic.accounts.roles import Role
from clinic.audit.models import AuditEvent
from tests.clients.calls import V1, api, codes
from tests.factories import make_client, make_user

pytestmark = pytest.mark.django_db

ME = f"{V1}/me/"


def test_profile_shows_the_records_of_the_account_and_nothing_of_the_staffs() -> None:
    account = make_user(Role.CLIENT, email="alex@example.org", name="Alex")
    mine = make_client(user=account, first_name="Alex", alert_line="Ring on arrival", legal_hold_reason="claim")
    make_client(first_name="Stranger")
    make_client(first_name="Gone", merged_into=mine)

    answer = api(account).get(ME)

    profile = answer.json()
    assert (profile["email"], profile["name"]) == ("alex@example.org", "Alex")
    assert [client["first_name"] for client in profile["clients"]] == ["Alex"]
    assert "Ring on arrival" not in answer.content.decode()
    assert "claim" not in answer.content.decode()


def test_profile_of_an_account_without_a_record_is_empty() -> None:
    account = make_user(Role.CLIENT)

    assert api(account).get(ME).json()["clients"] == []
    assert api(account).patch(ME, {"version": 1, "phone": ""}).status_code == 404


def test_profile_is_changed_by_its_person_within_limits() -> None:
    account = make_user(Role.CLIENT)
    client = make_client(user=account)

    answer = api(account).patch(ME, {"version": 1, "phone": "020 7946 0018", "address": "2 Low Street"})

    assert (answer.status_code, answer.json()["phone"], answer.json()["version"]) == (200, "+442079460018", 2)
    client.refresh_from_db()
    assert client.address == "2 Low Street"
    event = AuditEvent.objects.get()
    assert (event.actor, event.detail) == (account, {"fields": ["address", "phone"]})


@pytest.mark.parametrize(
    "name", ["first_name", "last_name", "date_of_birth", "email", "alert_line", "user", "guardian_name", "care_team"]
)
def test_profile_in_what_the_clinic_has_to_know_is_not_changed_by_its_person(name: str) -> None:
    account = make_user(Role.CLIENT)
    client = make_client(user=account)
    before = Client.objects.values().get(pk=client.pk)

    answer = api(account).patch(ME, {"version": 1, name: "x"})

    assert (answer.status_code, codes(answer)) == (400, {name: ["unknown_field"]})
    assert Client.objects.values().get(pk=client.pk) == before


def test_profile_from_an_older_version_is_not_changed() -> None:
    account = make_user(Role.CLIENT)
    make_client(user=account, version=3)

    answer = api(account).patch(ME, {"version": 2, "address": "x"})

    assert (answer.status_code, answer.json()["code"]) == (409, "stale_version")


CALLS: list[tuple[str, str, dict[str, Any]]] = [
    ("patch", ME, {"version": 1, "address": "x"}),
    (
        "patch",
        f"{ME}contact-preferences/",
        {"preferences": [{"purpose": "marketing", "channel": "email", "is_allowed": True}]},
    ),
    ("post", f"{ME}consents/", {"purpose": "marketing", "is_given": True, "wording_version": "1"}),
]


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
def test_own_call_with_several_records_asks_which(method: str, path: str, body: dict[str, Any]) -> None:
    account = make_user(Role.CLIENT)
    make_client(user=account)
    child = make_client(user=account)
    caller = api(account)

    unnamed = getattr(caller, method)(path, body)
    named = getattr(caller, method)(path, {**body, "client": child.pk})

    assert (unnamed.status_code, codes(unnamed)) == (400, {"client": ["required"]})
    assert named.status_code in {200, 201}
    assert named.json().get("client", named.json().get("id")) == child.pk


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
def test_own_call_about_somebody_else_is_as_if_they_were_not_there(
    method: str, path: str, body: dict[str, Any]
) -> None:
    account = make_user(Role.CLIENT)
    make_client(user=account)
    stranger = make_client(user=make_user(Role.CLIENT))
    caller = api(account)

    theirs = getattr(caller, method)(path, {**body, "client": stranger.pk})
    missing = getattr(caller, method)(path, {**body, "client": 2**40})

    assert (theirs.status_code, theirs.json()) == (404, missing.json())
    stranger.refresh_from_db()
    assert (stranger.version, stranger.contact_preferences.count(), stranger.consents.count()) == (1, 0, 0)


def test_own_consent_is_recorded_under_ones_own_name() -> None:
    account = make_user(Role.CLIENT, name="Alex")
    client = make_client(user=account, first_name="Alex", last_name="Okafor")

    api(account).post(f"{ME}consents/", {"purpose": "treatment", "is_given": True, "wording_version": "1"})
    forged = api(account).post(
        f"{ME}consents/", {"purpose": "treatment", "is_given": True, "wording_version": "1", "given_by": "Tom"}
    )

    consent = ConsentRecord.objects.get()
    assert (consent.client, consent.given_by, consent.recorded_by) == (client, "Alex Okafor", account)
    assert codes(forged) == {"given_by": ["unknown_field"]}
    assert [row["id"] for row in api(account).get(f"{ME}consents/").json()["results"]] == [str(consent.pk)]


def test_own_consents_show_nobody_elses() -> None:
    account, stranger = make_user(Role.CLIENT), make_user(Role.CLIENT)
    make_client(user=account)
    make_client(user=stranger)
    api(stranger).post(f"{ME}consents/", {"purpose": "treatment", "is_given": True, "wording_version": "1"})

    assert api(account).get(f"{ME}consents/").json()["results"] == []


@pytest.mark.parametrize("records", [1, 3])
def test_own_preferences_take_two_queries(records: int, django_assert_num_queries: Callable[[int], Any]) -> None:
    account = make_user(Role.CLIENT)
    for _ in range(records):
        make_client(user=account)

    with django_assert_num_queries(2):
        answer = api(account).get(f"{ME}contact-preferences/")

    assert len(answer.json()) == records
