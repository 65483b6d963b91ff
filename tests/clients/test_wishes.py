from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from clients.models import ConsentRecord
from clients.services.consents import has_consented, record_consent
from clients.services.preferences import Preference, may_contact, set_preferences
from clinic.accounts.roles import Role
from clinic.audit.models import AuditEvent
from tests.clients.calls import V1, api, codes
from tests.clients.records import NOW
from tests.factories import make_client, make_user

pytestmark = pytest.mark.django_db

DEFAULTS = {
    ("service", "email"): True,
    ("service", "sms"): False,
    ("service", "phone"): False,
    ("reminder", "email"): True,
    ("reminder", "sms"): False,
    ("reminder", "phone"): False,
    ("marketing", "email"): False,
    ("marketing", "sms"): False,
    ("marketing", "phone"): False,
}


def test_preferences_of_somebody_who_said_nothing_are_the_defaults() -> None:
    client = make_client()

    answer = api(make_user(Role.RECEPTIONIST)).get(f"{V1}/clients/{client.pk}/contact-preferences/").json()

    assert answer["client"] == client.pk
    assert {(p["purpose"], p["channel"]): p["is_allowed"] for p in answer["preferences"]} == DEFAULTS
    assert all(p["is_default"] for p in answer["preferences"])
    assert {pair: may_contact(client, *pair) for pair in DEFAULTS} == DEFAULTS


def test_preferences_written_change_what_is_named_and_go_on_record() -> None:
    client, desk = make_client(), make_user(Role.RECEPTIONIST)
    wishes = [
        {"purpose": "reminder", "channel": "email", "is_allowed": False},
        {"purpose": "reminder", "channel": "sms", "is_allowed": True},
    ]

    answer = api(desk).patch(f"{V1}/clients/{client.pk}/contact-preferences/", {"preferences": wishes})

    assert answer.status_code == 200
    changed = {("reminder", "email"): False, ("reminder", "sms"): True}
    assert {pair: may_contact(client, *pair) for pair in DEFAULTS} == DEFAULTS | changed
    event = AuditEvent.objects.get()
    assert (event.actor, event.client_id) == (desk, client.pk)
    assert event.detail == {"preferences": {"reminder/email": False, "reminder/sms": True}}


def test_preferences_written_again_change_nothing() -> None:
    client, actor = make_client(), make_user(Role.OWNER)
    wish = [Preference("marketing", "email", is_allowed=True)]
    set_preferences(client.pk, preferences=wish, actor=actor)

    set_preferences(client.pk, preferences=wish, actor=actor)

    assert AuditEvent.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "preferences"),
        ({"preferences": []}, "preferences"),
        ({"preferences": [{"purpose": "spam", "channel": "email", "is_allowed": True}]}, "preferences.0.purpose"),
        ({"preferences": [{"purpose": "service", "channel": "fax", "is_allowed": True}]}, "preferences.0.channel"),
        ({"preferences": [{"purpose": "service", "channel": "sms"}]}, "preferences.0.is_allowed"),
        ({"preferences": [{"purpose": "service", "channel": "sms", "is_allowed": None}]}, "preferences.0.is_allowed"),
        (
            {"preferences": [{"purpose": "service", "channel": "sms", "is_allowed": True, "client": 1}]},
            "preferences.0.client",
        ),
    ],
)
def test_preferences_with_bad_input_name_it(body: dict[str, Any], field: str) -> None:
    client = make_client()

    answer = api(make_user(Role.OWNER)).patch(f"{V1}/clients/{client.pk}/contact-preferences/", body)

    assert (answer.status_code, list(codes(answer))) == (400, [field])
    assert client.contact_preferences.count() == 0


# --- Consents -------------------------------------------------------------------------------------


def test_consent_is_a_row_that_says_who_when_and_which_wording() -> None:
    client = make_client(first_name="Alex", last_name="Okafor")
    desk = make_user(Role.RECEPTIONIST, name="Rae")

    answer = api(desk).post(
        f"{V1}/clients/{client.pk}/consents/", {"purpose": "treatment", "is_given": True, "wording_version": "2026-01"}
    )

    assert answer.status_code == 201
    row = answer.json()
    assert (row["client"], row["purpose"], row["is_given"], row["wording_version"], row["given_by"], row["recorded_by"]) == (
        client.pk, "treatment", True, "2026-01", "Alex Okafor", "Rae",
    )  # fmt: skip
    assert AuditEvent.objects.get().detail == {"purpose": "treatment", "is_given": True}


def test_consent_withdrawn_leaves_the_one_given_and_holds_from_then_on() -> None:
    client, desk = make_client(), make_user(Role.RECEPTIONIST)
    path = f"{V1}/clients/{client.pk}/consents/"

    for is_given in (True, False):
        api(desk).post(path, {"purpose": "treatment", "is_given": is_given, "wording_version": "1"})

    assert [row["is_given"] for row in api(desk).get(path).json()["results"]] == [False, True]
    assert has_consented(client, "treatment") is False
    assert has_consented(client, "privacy-notice") is False


def test_consent_of_a_minor_names_the_guardian() -> None:
    client, desk = make_client(), make_user(Role.RECEPTIONIST)

    consent = record_consent(
        client.pk, purpose="treatment", is_given=True, wording_version="1", given_by="Ann Okafor", actor=desk, now=NOW
    )

    assert consent.given_by == "Ann Okafor"


def test_consent_to_marketing_withdrawn_ends_every_marketing_preference() -> None:
    client, desk = make_client(), make_user(Role.RECEPTIONIST)
    set_preferences(client.pk, preferences=[Preference("marketing", "email", is_allowed=True)], actor=desk)

    record_consent(client.pk, purpose="marketing", is_given=False, wording_version="1", actor=desk, now=NOW)

    assert [may_contact(client, "marketing", channel) for channel in ("email", "sms", "phone")] == [False] * 3
    assert may_contact(client, "service", "email") is True


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_consents_cannot_be_changed_over_http(method: str) -> None:
    client = make_client()

    answer = getattr(api(make_user(Role.OWNER)), method)(f"{V1}/clients/{client.pk}/consents/", {})

    assert answer.status_code == 405


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        ({"purpose": "anything"}, "purpose"),
        ({"is_given": "perhaps"}, "is_given"),
        ({"wording_version": ""}, "wording_version"),
        ({"wording_version": "x" * 41}, "wording_version"),
        ({"recorded_at": "2020-01-01T00:00:00Z"}, "recorded_at"),
        ({"recorded_by": 1}, "recorded_by"),
    ],
)
def test_consent_with_bad_input_names_it(bad: dict[str, Any], field: str) -> None:
    client = make_client()
    body = {"purpose": "treatment", "is_given": True, "wording_version": "1", **bad}

    answer = api(make_user(Role.OWNER)).post(f"{V1}/clients/{client.pk}/consents/", body)

    assert (answer.status_code, list(codes(answer))) == (400, [field])
    assert ConsentRecord.objects.count() == 0


@pytest.mark.parametrize("rows", [1, 3])
def test_consents_take_three_queries(rows: int, django_assert_num_queries: Callable[[int], Any]) -> None:
    client, desk = make_client(), make_user(Role.RECEPTIONIST)
    for _ in range(rows):
        record_consent(client.pk, purpose="treatment", is_given=True, wording_version="1", actor=desk, now=NOW)

    with django_assert_num_queries(3):
        answer = api(desk).get(f"{V1}/clients/{client.pk}/consents/")

    assert answer.json()["count"] == rows
