from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine

from clients.models import Client, RecordRules
from clients.services.people import age_on, update_client
from clients.services.sign_in import ensure_account
from clinic.accounts.models import User
from clinic.accounts.roles import Role
from clinic.audit.models import AuditEvent
from clinic.errors import StaleVersion
from tests.clients.calls import V1, api, codes
from tests.factories import make_client, make_user
from tests.together import all_at_once

pytestmark = pytest.mark.django_db

CLIENTS = f"{V1}/clients/"
NEW = {"first_name": "Alex", "last_name": "Okafor"}


@pytest.fixture(autouse=True)
def _now() -> Any:
    with time_machine.travel(datetime(2026, 11, 2, 9, 0, tzinfo=UTC), tick=False):
        yield


def names(answer: Any) -> list[str]:
    return [client["last_name"] for client in answer.json()["results"]]


# --- Making ---------------------------------------------------------------------------------------


def test_client_is_made_as_written_and_on_record() -> None:
    receptionist = make_user(Role.RECEPTIONIST)
    body = {
        **NEW,
        "preferred_name": " Lex ",
        "date_of_birth": "1990-05-17",
        "email": " ALEX@Example.org ",
        "phone": "(020) 7946 0018",
        "address": "1 High Street\nSlough",
        "emergency_contact_name": "Ann",
        "emergency_contact_phone": "07700 900123",
        "gp_name": "Dr Shah",
        "gp_practice": "Farnham Road",
        "alert_line": "Ring on arrival",
    }

    answer = api(receptionist).post(CLIENTS, body)

    assert answer.status_code == 201
    made = answer.json()
    assert {name: made[name] for name in body} == {
        **body,
        "preferred_name": "Lex",
        "email": "alex@example.org",
        "phone": "+442079460018",
        "emergency_contact_phone": "+447700900123",
    }
    assert (made["display_name"], made["version"], made["is_email_proved"], made["has_account"]) == (
        "Lex Okafor",
        1,
        False,
        False,
    )
    event = AuditEvent.objects.get()
    assert (event.action, event.actor, event.client_id) == ("create", receptionist, made["id"])
    assert "Okafor" not in str(event.detail)


def test_client_made_by_a_therapist_is_in_their_care() -> None:
    therapist = make_user(name="Ana")

    answer = api(therapist).post(CLIENTS, NEW)

    assert answer.json()["care_team"] == [{"id": therapist.pk, "name": "Ana"}]
    assert names(api(therapist).get(CLIENTS)) == ["Okafor"]


def test_client_made_with_an_address_can_sign_in_by_code() -> None:
    api(make_user(Role.OWNER)).post(CLIENTS, {**NEW, "email": "alex@example.org"})

    account = User.objects.get(email="alex@example.org")
    assert (account.role, account.has_usable_password(), Client.objects.get().user) == (Role.CLIENT, False, None)


def test_account_for_an_address_that_has_one_is_not_made_twice() -> None:
    ensure_account("Alex@example.org")
    ensure_account("alex@example.org ")

    assert User.objects.count() == 1


BAD: list[tuple[dict[str, Any], dict[str, list[str]]]] = [
    ({"first_name": ""}, {"first_name": ["blank"]}),
    ({"last_name": None}, {"last_name": ["null"]}),
    ({"first_name": "x" * 81}, {"first_name": ["max_length"]}),
    ({"first_name": "Al\nex"}, {"first_name": ["not_one_line"]}),
    ({"first_name": "Al\x00ex"}, {"first_name": ["characters_not_allowed"]}),
    ({"first_name": {"a": 1}}, {"first_name": ["invalid"]}),
    ({"first_name": True}, {"first_name": ["invalid"]}),
    ({"email": "nope"}, {"email": ["invalid"]}),
    ({"email": f"{'a' * 250}@b.example"}, {"email": ["max_length"]}),
    ({"email": "a@b.example\nBcc: c@d.example"}, {"email": ["invalid"]}),
    ({"phone": "12"}, {"phone": ["invalid_phone"]}),
    ({"phone": "ring me"}, {"phone": ["invalid_phone"]}),
    ({"phone": "020 7946 0018 ext. 4"}, {"phone": ["invalid_phone"]}),
    ({"phone": "+999 1234567890"}, {"phone": ["invalid_phone"]}),
    ({"phone": "0" * 41}, {"phone": ["invalid_phone"]}),
    ({"guardian_phone": "1"}, {"guardian_phone": ["invalid_phone"]}),
    ({"emergency_contact_phone": "1"}, {"emergency_contact_phone": ["invalid_phone"]}),
    ({"date_of_birth": "17.05.1990"}, {"date_of_birth": ["invalid"]}),
    ({"date_of_birth": "2026-11-03"}, {"date_of_birth": ["in_the_future"]}),
    ({"date_of_birth": "1890-01-01"}, {"date_of_birth": ["implausible"]}),
    ({"date_of_birth": "0001-01-01"}, {"date_of_birth": ["implausible"]}),
    ({"date_of_birth": "2010-11-03"}, {"guardian_name": ["guardian_required"]}),
    ({"address": "x" * 401}, {"address": ["max_length"]}),
    ({"alert_line": "x" * 81}, {"alert_line": ["max_length"]}),
    ({"alert_line": "two\nlines"}, {"alert_line": ["not_one_line"]}),
    ({"nick": "x"}, {"nick": ["unknown_field"]}),
]


@pytest.mark.parametrize(("bad", "errors"), BAD)
def test_client_with_bad_input_is_refused_by_field_and_not_made(
    bad: dict[str, Any], errors: dict[str, list[str]]
) -> None:
    answer = api(make_user(Role.OWNER)).post(CLIENTS, {**NEW, **bad})

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_input")
    assert {name: sorted(found) for name, found in codes(answer).items()} == {n: sorted(c) for n, c in errors.items()}
    assert (Client.objects.count(), AuditEvent.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (r'{"first_name": "Al\ud800ex", "last_name": "Okafor"}', "first_name"),
        (r'{"first_name": "Alex", "last_name": "Okafor", "nick\udfff": "x"}', "nick?"),
        (r'{"first_name": "Alex", "last_name": "Okafor", "nick\u0000": ["a", {"b\u0000": 1}]}', "nick?"),
    ],
)
def test_client_with_characters_that_nothing_can_store_is_refused_by_field(body: str, field: str) -> None:
    answer = api(make_user(Role.OWNER)).post(CLIENTS, body, content_type="application/json")

    assert (answer.status_code, list(codes(answer))) == (400, [field])


PROTECTED = [
    *("id", "pk", "public_id", "user", "user_id", "has_account", "merged_into", "merged_at", "email_proved_at"),
    *("is_email_proved", "care_team", "is_on_legal_hold", "legal_hold_reason", "last_treated_on", "created_at"),
    *("updated_at", "name_key", "display_name", "role"),
]


@pytest.mark.parametrize("name", [*PROTECTED, "version"])
def test_client_made_with_a_field_that_is_not_the_callers_to_set_is_refused(name: str) -> None:
    answer = api(make_user(Role.OWNER)).post(CLIENTS, {**NEW, name: 1})

    assert (answer.status_code, codes(answer)) == (400, {name: ["unknown_field"]})


@pytest.mark.parametrize("name", PROTECTED)
def test_client_changed_in_a_field_that_is_not_the_callers_to_set_is_refused(name: str) -> None:
    client = make_client()
    before = Client.objects.values().get(pk=client.pk)

    answer = api(make_user(Role.OWNER)).patch(f"{CLIENTS}{client.pk}/", {"version": 1, name: 1})

    assert (answer.status_code, codes(answer)) == (400, {name: ["unknown_field"]})
    assert Client.objects.values().get(pk=client.pk) == before


@pytest.mark.parametrize("body", ["[]", '"x"', "null", "{", "", '{"first_name": NaN}', "\x00"])
def test_client_from_something_that_is_no_object_is_refused(body: str) -> None:
    answer = api(make_user(Role.OWNER)).post(CLIENTS, body, content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_input")


@pytest.mark.parametrize("born", ["2010-11-03", "2026-11-02"])
def test_minor_with_a_guardian_is_made(born: str) -> None:
    body = {**NEW, "date_of_birth": born, "guardian_name": "Ann Okafor", "guardian_relationship": "mother"}

    assert api(make_user(Role.OWNER)).post(CLIENTS, body).status_code == 201


def test_age_under_which_a_guardian_is_needed_is_the_clinics_to_set() -> None:
    RecordRules.objects.create(pk=1, guardian_required_under_age=18)

    answer = api(make_user(Role.OWNER)).post(CLIENTS, {**NEW, "date_of_birth": "2009-11-02"})

    assert codes(answer) == {"guardian_name": ["guardian_required"]}


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        (date(2010, 11, 2), date(2026, 11, 1), 15),
        (date(2010, 11, 2), date(2026, 11, 2), 16),
        (date(2012, 2, 29), date(2028, 2, 28), 15),
        (date(2012, 2, 29), date(2027, 2, 28), 14),
        (date(2012, 2, 29), date(2027, 3, 1), 15),
        (date(2026, 11, 2), date(2026, 11, 2), 0),
    ],
)
def test_age_is_counted_in_whole_years(born: date, on: date, age: int) -> None:
    assert age_on(on, born=born) == age


# --- Changing -------------------------------------------------------------------------------------


def test_change_writes_what_is_named_and_nothing_else() -> None:
    client = make_client(phone="+442079460018", alert_line="Ring on arrival")

    answer = api(make_user(Role.OWNER)).patch(f"{CLIENTS}{client.pk}/", {"version": 1, "alert_line": ""})

    assert (answer.status_code, answer.json()["alert_line"], answer.json()["version"]) == (200, "", 2)
    client.refresh_from_db()
    assert str(client.phone) == "+442079460018"
    assert AuditEvent.objects.get().detail == {"fields": ["alert_line"]}


def test_change_to_what_is_there_already_is_none() -> None:
    client = make_client(phone="+442079460018")

    answer = api(make_user(Role.OWNER)).patch(f"{CLIENTS}{client.pk}/", {"version": 1, "phone": "020 7946 0018"})

    assert (answer.status_code, answer.json()["version"], AuditEvent.objects.count()) == (200, 1, 0)


def test_change_from_an_older_version_is_refused() -> None:
    client = make_client(version=5)

    answer = api(make_user(Role.OWNER)).patch(f"{CLIENTS}{client.pk}/", {"version": 4, "alert_line": "x"})

    assert (answer.status_code, answer.json()["code"], answer.json()["version"]) == (409, "stale_version", 5)


@pytest.mark.django_db(transaction=True)
def test_change_by_several_at_once_is_one_persons() -> None:
    client, actor = make_client(), make_user(Role.OWNER)

    def change(number: int) -> Callable[[], int]:
        def call() -> int:
            fields = {"alert_line": f"line {number}"}
            return update_client(client.pk, fields=fields, version=1, actor=actor, today=date(2026, 11, 2)).version

        return call

    results = all_at_once(*[change(number) for number in range(6)])

    assert [r for r in results if not isinstance(r, StaleVersion)] == [2]
    client.refresh_from_db()
    assert client.alert_line == f"line {results.index(2)}"


def test_change_of_the_address_has_to_be_proved_and_ends_the_old_mailboxs_access() -> None:
    account = make_user(Role.CLIENT, email="old@example.org")
    client = make_client(email="old@example.org", user=account, email_proved_at=datetime(2026, 1, 1, tzinfo=UTC))

    api(make_user(Role.OWNER)).patch(f"{CLIENTS}{client.pk}/", {"version": 1, "email": "new@example.org"})

    client.refresh_from_db()
    assert (client.user, client.email_proved_at) == (None, None)
    assert User.objects.filter(email="new@example.org", role=Role.CLIENT).exists()


def test_change_of_a_childs_address_leaves_the_record_with_the_parent() -> None:
    parent = make_user(Role.CLIENT, email="parent@example.org")
    client = make_client(email="child@example.org", user=parent)

    api(make_user(Role.OWNER)).patch(f"{CLIENTS}{client.pk}/", {"version": 1, "email": "new@example.org"})

    client.refresh_from_db()
    assert client.user == parent


def test_change_under_the_number_of_a_merged_record_reaches_the_survivor() -> None:
    kept = make_client()
    merged = make_client(merged_into=kept)
    owner = api(make_user(Role.OWNER))

    read = owner.get(f"{CLIENTS}{merged.pk}/")
    changed = owner.patch(f"{CLIENTS}{merged.pk}/", {"version": 1, "alert_line": "x"})

    assert (read.json()["id"], changed.json()["id"]) == (kept.pk, kept.pk)


# --- Who may see whom -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "expected"),
    [(Role.OWNER, ["Other", "Own"]), (Role.RECEPTIONIST, ["Other", "Own"]), (Role.THERAPIST, ["Own"])],
)
def test_list_shows_each_role_their_clients(role: str, expected: list[str]) -> None:
    user = make_user(role)
    make_client(last_name="Own", care_team=(user,) if role == Role.THERAPIST else ())
    make_client(last_name="Other", care_team=(make_user(),))

    assert names(api(user).get(CLIENTS)) == expected


def test_list_never_shows_merged_records() -> None:
    kept = make_client(last_name="Kept")
    make_client(last_name="Gone", merged_into=kept)

    assert names(api(make_user(Role.OWNER)).get(CLIENTS)) == ["Kept"]


@pytest.mark.parametrize("path", ["", "duplicates/", "consents/", "contact-preferences/", "timeline/"])
def test_client_of_another_therapist_is_as_if_not_there(path: str) -> None:
    client, caller = make_client(care_team=(make_user(),)), api(make_user())

    found, missing = caller.get(f"{CLIENTS}{client.pk}/{path}"), caller.get(f"{CLIENTS}{2**40}/{path}")

    assert (found.status_code, found.json()) == (404, missing.json())


@pytest.mark.parametrize("number", [0, 2**31, 2**63, 10**40])
def test_client_of_an_impossible_number_is_not_found(number: int) -> None:
    assert api(make_user(Role.OWNER)).get(f"{CLIENTS}{number}/").status_code == 404


@pytest.mark.parametrize("path", ["", "1/", "1/duplicates/", "1/consents/", "1/contact-preferences/", "1/timeline/"])
def test_client_list_and_records_are_not_for_clients_or_strangers(path: str) -> None:
    assert api(make_user(Role.CLIENT)).get(f"{CLIENTS}{path}").status_code == 403
    assert api().get(f"{CLIENTS}{path}").status_code == 401


def test_account_that_was_closed_sees_nobody() -> None:
    make_client()

    assert api(make_user(Role.OWNER, is_active=False)).get(CLIENTS).status_code == 403


# --- Finding --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        *("okafor", "OKA", "alex oka", "okafor alex", "o'kafor", "lex", "alex@", "EXAMPLE.org"),
        *("020 7946 0018", "02079460018", "+44 20 7946 0018", "0044 20 7946 0018", "(020) 7946-0018", "7946 00"),
        "+44 (0)20 7946 0018",
    ],
)
def test_search_finds_a_person_however_it_is_written(text: str) -> None:
    make_client(
        first_name="Alex", last_name="Okafor", preferred_name="Lex", email="alex@example.org", phone="+442079460018"
    )
    make_client(first_name="Sam", last_name="Lindqvist", email="sam@elsewhere.example", phone="+442079460999")

    assert names(api(make_user(Role.OWNER)).get(CLIENTS, {"search": text})) == ["Okafor"]


@pytest.mark.parametrize("text", ["lindqvist okafor", "123", "%", "_", "\\", "' OR 1=1 --", "+", "0000", "٤٤٤٤", "é"])
def test_search_for_what_is_not_there_finds_nobody(text: str) -> None:
    make_client(first_name="Alex", last_name="Okafor", email="alex@example.org", phone="+442079460018")

    answer = api(make_user(Role.OWNER)).get(CLIENTS, {"search": text})

    assert (answer.status_code, names(answer)) == (200, [])


def test_search_knows_capitals_of_every_script() -> None:
    make_client(last_name="Ødegård")
    make_client(last_name="Яковлева")

    owner = api(make_user(Role.OWNER))

    assert names(owner.get(CLIENTS, {"search": "ØDEGÅRD"})) == ["Ødegård"]
    assert names(owner.get(CLIENTS, {"search": "ЯКОВ"})) == ["Яковлева"]


def test_search_by_a_therapist_stays_among_their_clients() -> None:
    make_client(last_name="Okafor", care_team=(make_user(),))

    assert names(api(make_user()).get(CLIENTS, {"search": "okafor"})) == []


def test_list_is_narrowed_by_therapist_and_account() -> None:
    therapist = make_user()
    make_client(last_name="One", care_team=(therapist, make_user()))
    make_client(last_name="Two", user=make_user(Role.CLIENT))
    owner = api(make_user(Role.OWNER))

    assert names(owner.get(CLIENTS, {"therapist": therapist.pk})) == ["One"]
    assert names(owner.get(CLIENTS, {"has_account": "true"})) == ["Two"]
    assert names(owner.get(CLIENTS, {"has_account": "false"})) == ["One"]


@pytest.mark.parametrize(
    ("ordering", "expected"),
    [("name", ["A", "B"]), ("-name", ["B", "A"]), ("created_at", ["B", "A"]), ("-created_at", ["A", "B"])],
)
def test_list_is_ordered_as_asked(ordering: str, expected: list[str]) -> None:
    for name in ("B", "A"):
        make_client(last_name=name)

    assert names(api(make_user(Role.OWNER)).get(CLIENTS, {"ordering": ordering})) == expected


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("ordering=user__password", "ordering"),
        ("ordering=notes__sealed_content", "ordering"),
        ("user__email=x", "user__email"),
        ("notes__state=signed", "notes__state"),
        ("therapist=x", "therapist"),
        (f"therapist={2**70}", "therapist"),
        ("has_account=perhaps", "has_account"),
        (f"search={'x' * 201}", "search"),
        ("search=%00", "search"),
        ("page=0", "page"),
    ],
)
def test_list_with_a_filter_that_is_not_offered_is_refused(query: str, field: str) -> None:
    answer = api(make_user(Role.OWNER)).get(f"{CLIENTS}?{query}")

    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


def test_list_past_its_end_is_not_found() -> None:
    assert api(make_user(Role.OWNER)).get(f"{CLIENTS}?page=99999999999999999999").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("role", [Role.OWNER, Role.THERAPIST])
def test_list_takes_two_queries(role: str, rows: int, django_assert_num_queries: Callable[[int], Any]) -> None:
    user = make_user(role)
    for _ in range(rows):
        make_client(care_team=(user,) if role == Role.THERAPIST else ())

    with django_assert_num_queries(2):
        answer = api(user).get(CLIENTS)

    assert answer.json()["count"] == rows
