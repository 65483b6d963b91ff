"""Entries of the record over HTTP: who may, what comes back, what is refused."""

from __future__ import annotations

import logging
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clients.models import RecordEntry
from clients.services.entries import Kind
from clinic.accounts.roles import Role
from clinic.audit.models import AuditEvent
from tests.clients.calls import V1, api, codes
from tests.clients.entry_records import CANARY, CONTENTS, PATHS, knee, make_entry
from tests.factories import make_client, make_user

pytestmark = pytest.mark.django_db
KINDS = list(Kind)


def path_of(client_id: int, kind: Kind = Kind.MEASUREMENT) -> str:
    return f"{V1}/clients/{client_id}/{PATHS[kind]}/"


# --- Writing and reading --------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_entry_written_by_its_therapist_comes_back_opened(kind: Kind) -> None:
    therapist = make_user(name="Ana")
    client = make_client(care_team=(therapist,))
    caller = api(therapist)

    written = caller.post(path_of(client.pk, kind), {"content": CONTENTS[kind], "recorded_on": "2026-10-01"})
    listed = caller.get(path_of(client.pk, kind)).json()

    assert written.status_code == 201
    assert CANARY not in written.content.decode()
    entry = listed["results"][0]
    assert listed["count"] == 1
    assert {name: entry[name] for name in written.json()} == written.json()
    assert (entry["client"], entry["kind"], entry["author"]) == (
        client.pk,
        kind.value,
        {"id": therapist.pk, "name": "Ana"},
    )
    assert (entry["recorded_on"], entry["replaces"], entry["replaced_by"]) == ("2026-10-01", None, None)
    assert CANARY in str(entry["content"])


def test_measurements_come_with_their_unit_range_reference_and_change() -> None:
    owner = make_user(Role.OWNER)
    client = make_client()
    first = make_entry(client, content=knee(9), on=date(2026, 10, 1))
    make_entry(client, content=knee(10.8))

    latest, earliest = api(owner).get(path_of(client.pk)).json()["results"]

    facts = {"unit": "cm", "range": [0, 25], "reference": "12 +/- 2.8; side difference up to 1.5", "mdc": 1.9}
    assert {name: latest[name] for name in facts} == facts
    assert latest["change"] == {
        "since": str(first.pk),
        "since_on": "2026-10-01",
        "by": 1.8,
        "is_within_measurement_error": True,
    }
    assert earliest["change"] is None


def test_correction_over_http_marks_the_entry_it_replaces() -> None:
    therapist = make_user()
    client = make_client(care_team=(therapist,))
    caller = api(therapist)
    wrong = caller.post(path_of(client.pk), {"content": knee(19)}).json()

    right = caller.post(path_of(client.pk), {"content": knee(9), "replaces": wrong["id"]}).json()
    again = caller.post(path_of(client.pk), {"content": knee(8), "replaces": wrong["id"]})

    listed = caller.get(path_of(client.pk)).json()["results"]
    assert [(e["id"], e["replaces"], e["replaced_by"]) for e in listed] == [
        (right["id"], wrong["id"], None),
        (wrong["id"], None, right["id"]),
    ]
    assert (again.status_code, again.json()["code"], again.json()["replaced_by"]) == (
        409,
        "entry_replaced",
        right["id"],
    )


def test_pages_hold_twenty_and_every_reading_is_on_record() -> None:
    owner = make_user(Role.OWNER)
    client = make_client()
    for value in range(21):
        make_entry(client, content=knee(value))
    caller = api(owner)

    pages = [caller.get(f"{path_of(client.pk)}?page={page}").json() for page in (1, 2)]

    assert [len(page["results"]) for page in pages] == [20, 1]
    assert [e["change"] is None for e in pages[0]["results"]] == [False] * 20
    reads = AuditEvent.objects.filter(action="read", actor=owner).values_list("detail__purpose", flat=True)
    assert sorted(reads) == ["comparison"] + ["measurement"] * 21


@pytest.mark.parametrize("kind", KINDS)
def test_lists_take_the_same_queries_for_one_row_as_for_three(kind: Kind) -> None:
    def queries(rows: int) -> int:
        therapist = make_user()
        client = make_client(care_team=(therapist,))
        for _ in range(rows):
            make_entry(client, kind)
        with CaptureQueriesContext(connection) as captured:
            answer = api(therapist).get(path_of(client.pk, kind))
        assert answer.json()["count"] == rows
        return len(captured)

    # The client, the count, the page; the trail with its savepoint; what to compare with.
    expected = 8 + (2 if kind == Kind.MEASUREMENT else 0)
    make_entry(make_client())  # the trail's head is made with the first event
    assert (queries(1), queries(3)) == (expected, expected)


# --- Who may --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("who", ["therapist of somebody else", "receptionist", "the client", "another client"])
def test_entries_for_those_who_may_not_see_them_are_as_if_they_were_not_there(who: str, kind: Kind) -> None:
    own_account = make_user(Role.CLIENT)
    client = make_client(care_team=(make_user(),), user=own_account)
    make_entry(client, kind)
    users = {
        "therapist of somebody else": make_user(),
        "receptionist": make_user(Role.RECEPTIONIST),
        "the client": own_account,
        "another client": make_user(Role.CLIENT),
    }
    caller = api(users[who])

    for method in ("get", "post"):
        found = getattr(caller, method)(
            path_of(client.pk, kind), {"content": CONTENTS[kind]} if method == "post" else {}
        )
        missing = getattr(caller, method)(path_of(2**40, kind), {})
        assert (found.status_code, found.json()) == (404, missing.json())
    assert RecordEntry.objects.count() == 1
    assert not AuditEvent.objects.filter(actor=users[who]).exists()


@pytest.mark.parametrize("kind", KINDS)
def test_entries_without_sign_in_ask_for_it(kind: Kind) -> None:
    client = make_client()

    assert api().get(path_of(client.pk, kind)).status_code == 401
    assert api().post(path_of(client.pk, kind), {}).status_code == 401


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_entries_have_no_way_to_be_changed_or_removed(method: str) -> None:
    owner, client = make_user(Role.OWNER), make_client()
    make_entry(client)

    assert getattr(api(owner), method)(path_of(client.pk), {}).status_code == 405
    assert RecordEntry.objects.count() == 1


# --- One's own ------------------------------------------------------------------------------------


def test_client_fills_in_the_intake_of_one_of_their_records_and_corrects_it() -> None:
    account = make_user(Role.CLIENT)
    own, child = make_client(user=account), make_client(user=account)
    make_entry(make_client(user=make_user(Role.CLIENT)), Kind.INTAKE)
    caller, path = api(account), f"{V1}/me/intake/"
    content = CONTENTS[Kind.INTAKE]

    unnamed = caller.post(path, {"content": content})
    written = caller.post(path, {"content": content, "client": child.pk})
    corrected = caller.post(
        path, {"content": {"answers": {"goals": "Run"}}, "client": child.pk, "replaces": written.json()["id"]}
    )
    listed = caller.get(path).json()

    assert (unnamed.status_code, codes(unnamed)) == (400, {"client": ["required"]})
    assert (written.status_code, corrected.status_code) == (201, 201)
    assert [(e["client"], e["replaced_by"]) for e in listed["results"]] == [
        (child.pk, None),
        (child.pk, corrected.json()["id"]),
    ]
    assert listed["results"][0]["content"]["answers"]["goals"] == "Run"
    assert not own.entries.exists()


def test_client_cannot_fill_in_the_intake_of_somebody_else() -> None:
    account = make_user(Role.CLIENT)
    make_client(user=account)
    stranger = make_client(user=make_user(Role.CLIENT))

    answer = api(account).post(f"{V1}/me/intake/", {"content": CONTENTS[Kind.INTAKE], "client": stranger.pk})

    assert answer.status_code == 404
    assert RecordEntry.objects.count() == 0


def test_client_reads_the_home_care_that_holds_now_of_each_record_on_record() -> None:
    account = make_user(Role.CLIENT)
    own, child, without = (make_client(user=account) for _ in range(3))
    make_entry(own, Kind.HOME_CARE, on=date(2026, 9, 1))
    wrong = make_entry(own, Kind.HOME_CARE)
    current = make_entry(own, Kind.HOME_CARE, replaces=wrong.pk)
    childs = make_entry(child, Kind.HOME_CARE)
    make_entry(without, Kind.MEASUREMENT)
    make_entry(make_client(user=make_user(Role.CLIENT)), Kind.HOME_CARE)

    answer = api(account).get(f"{V1}/me/home-care/").json()

    assert [(plan["client"], plan["id"]) for plan in answer] == [
        (own.pk, str(current.pk)),
        (child.pk, str(childs.pk)),
    ]
    reads = AuditEvent.objects.filter(action="read", actor=account).order_by("sequence")
    assert [event.subject_id for event in reads] == [str(current.pk), str(childs.pk)]


@pytest.mark.parametrize("path", ["intake", "home-care"])
def test_own_lists_take_the_same_queries_for_one_row_as_for_three(path: str) -> None:
    make_entry(make_client())
    taken = []
    for rows in (1, 3):
        account = make_user(Role.CLIENT)
        for _ in range(rows):
            make_entry(make_client(user=account), Kind(path))
        with CaptureQueriesContext(connection) as captured:
            api(account).get(f"{V1}/me/{path}/")
        taken.append(len(captured))

    expected = {"intake": 7, "home-care": 6}[path]
    assert taken == [expected, expected]


@pytest.mark.parametrize("role", [Role.OWNER, Role.THERAPIST, Role.RECEPTIONIST])
@pytest.mark.parametrize("path", ["intake", "home-care"])
def test_own_entries_are_for_clients(role: str, path: str) -> None:
    assert api(make_user(role)).get(f"{V1}/me/{path}/").status_code == 403
    assert api().get(f"{V1}/me/{path}/").status_code == 401


# --- Bad input ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, {"content": ["required"]}),
        ({"content": None}, {"content": ["null"]}),
        ({"content": [knee(9)]}, {"content": ["invalid"]}),
        ({"content": knee(26)}, {"content.value": ["out_of_range"]}),
        ({"content": {**knee(9), "side": "up"}}, {"content.side": ["invalid_choice"]}),
        ({"content": {**knee(9), "note": "a\x00b"}}, {"content": ["characters_not_allowed"]}),
        ({"content": knee(9), "author": 1}, {"author": ["unknown_field"]}),
        ({"content": knee(9), "kind": "intake"}, {"kind": ["unknown_field"]}),
        ({"content": knee(9), "recorded_on": "9999-12-31"}, {"recorded_on": ["in_the_future"]}),
        ({"content": knee(9), "recorded_on": "yesterday"}, {"recorded_on": ["invalid"]}),
        ({"content": knee(9), "replaces": "1"}, {"replaces": ["invalid"]}),
        (
            {"content": knee(9), "replaces": "7b0c0f1e-0000-4000-8000-000000000000"},
            {"replaces": ["unknown_entry"]},
        ),
        ({"content": knee(9), "appointment_reference": "nope"}, {"appointment_reference": ["unknown_appointment"]}),
    ],
)
def test_entry_with_bad_input_names_it_and_stores_nothing(body: dict[str, Any], errors: dict[str, list[str]]) -> None:
    therapist = make_user()
    client = make_client(care_team=(therapist,))

    answer = api(therapist).post(path_of(client.pk), body)

    assert (answer.status_code, codes(answer)) == (400, errors)
    assert RecordEntry.objects.count() == 0


@pytest.mark.parametrize("query", ["page=0", "page=x", "kind=intake", "page_size=0"])
def test_list_with_a_bad_query_is_refused(query: str) -> None:
    answer = api(make_user(Role.OWNER)).get(f"{path_of(make_client().pk)}?{query}")

    assert answer.status_code == 400


def test_words_of_an_entry_are_in_no_log_not_even_when_it_cannot_be_read(caplog: pytest.LogCaptureFixture) -> None:
    owner, client = make_user(Role.OWNER), make_client()
    caplog.set_level(logging.DEBUG)
    caller = api(owner)
    for kind in KINDS:
        caller.post(path_of(client.pk, kind), {"content": CONTENTS[kind]})
        caller.get(path_of(client.pk, kind))
    refused = caller.post(path_of(client.pk), {"content": {"test": CANARY, CANARY: 1}})
    RecordEntry.objects.filter(kind="measurement").update(sealed_content=CANARY)

    unreadable = caller.get(path_of(client.pk))

    assert (unreadable.status_code, unreadable.json()["code"]) == (503, "sealed_unreadable")
    assert refused.status_code == 400
    assert CANARY not in caplog.text + unreadable.content.decode()


def test_words_in_any_script_come_back_as_they_went() -> None:
    owner, client = make_user(Role.OWNER), make_client()
    words = "Zeile 1\nZeile 2\t<b>&amp;</b> {{7*7}} \u202e 膝 🦵🏽 é"

    api(owner).post(path_of(client.pk, Kind.INTAKE), {"content": {"answers": {"history": words}}})

    listed = api(owner).get(path_of(client.pk, Kind.INTAKE)).json()
    assert listed["results"][0]["content"]["answers"]["history"] == words
