from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from clients.models import Screening, TreatmentNote
from clinic.accounts.roles import Role
from clinic.audit.models import AuditEvent
from tests.clients.calls import V1, api, codes
from tests.clients.records import ADDED, ANSWER, CANARIES, CONTENT, WORDS, full_record, make_draft, make_signed
from tests.factories import make_client, make_user

pytestmark = pytest.mark.django_db

SOAP = {"subjective": "sore", "objective": "9 cm", "assessment": "calf", "plan": "raises"}


def test_note_from_draft_to_addendum_over_http() -> None:
    therapist = make_user(name="Ana")
    client = make_client(care_team=(therapist,))
    as_therapist = api(therapist)

    drafted = as_therapist.post(f"{V1}/clients/{client.pk}/notes/", {"content": {"subjective": "sore"}})
    note = f"{V1}/notes/{drafted.json()['id']}/"
    incomplete = as_therapist.post(f"{note}sign/", {"version": 1})
    rewritten = as_therapist.put(note, {"content": SOAP, "version": 1})
    signed = as_therapist.post(f"{note}sign/", {"version": 2})
    refused = as_therapist.put(note, {"content": SOAP, "version": 3})
    added = as_therapist.post(f"{note}addenda/", {"text": "Rang: better."})
    opened = as_therapist.get(note).json()

    assert [a.status_code for a in (drafted, incomplete, rewritten, signed, refused, added)] == [
        201, 422, 200, 200, 409, 201,
    ]  # fmt: skip
    assert incomplete.json()["code"] == "note_incomplete"
    assert incomplete.json()["missing"] == ["objective", "assessment", "plan"]
    assert refused.json()["code"] == "note_signed"
    assert (opened["state"], opened["version"], opened["content"]) == ("signed", 3, SOAP)
    assert [(a["text"], a["author"]) for a in opened["addenda"]] == [
        ("Rang: better.", {"id": therapist.pk, "name": "Ana"})
    ]


def test_note_list_opens_nothing_and_shows_no_words() -> None:
    therapist = make_user()
    client = make_client(care_team=(therapist,))
    note = full_record(client, author=therapist)
    before = AuditEvent.objects.count()

    answer = api(therapist).get(f"{V1}/clients/{client.pk}/notes/")

    assert [(n["id"], n["state"], n["addenda_count"]) for n in answer.json()["results"]] == [
        (str(note.pk), "signed", 1)
    ]
    assert "canary" not in answer.content.decode()
    assert AuditEvent.objects.count() == before


@pytest.mark.parametrize("rows", [1, 3])
def test_note_list_takes_three_queries(rows: int, django_assert_num_queries: Callable[[int], Any]) -> None:
    therapist = make_user()
    client = make_client(care_team=(therapist,))
    for _ in range(rows):
        full_record(client, author=therapist)

    with django_assert_num_queries(3):  # the client, the count, the page
        answer = api(therapist).get(f"{V1}/clients/{client.pk}/notes/")

    assert answer.json()["count"] == rows


# --- Who may --------------------------------------------------------------------------------------


def _routes(client_id: int, note_id: object, screening_id: object) -> list[tuple[str, str]]:
    return [
        ("get", f"{V1}/clients/{client_id}/notes/"),
        ("post", f"{V1}/clients/{client_id}/notes/"),
        ("get", f"{V1}/clients/{client_id}/screenings/"),
        ("get", f"{V1}/clients/{client_id}/export/"),
        ("get", f"{V1}/notes/{note_id}/"),
        ("put", f"{V1}/notes/{note_id}/"),
        ("post", f"{V1}/notes/{note_id}/sign/"),
        ("post", f"{V1}/notes/{note_id}/addenda/"),
        ("get", f"{V1}/screenings/{screening_id}/"),
    ]


@pytest.mark.parametrize("who", ["therapist of somebody else", "receptionist", "the client", "another client"])
def test_clinical_record_for_those_who_may_not_see_it_is_as_if_it_were_not_there(who: str) -> None:
    own_account = make_user(Role.CLIENT)
    client = make_client(care_team=(make_user(),), user=own_account)
    note = full_record(client)
    users = {
        "therapist of somebody else": make_user(),
        "receptionist": make_user(Role.RECEPTIONIST),
        "the client": own_account,
        "another client": make_user(Role.CLIENT),
    }
    caller = api(users[who])
    there = _routes(client.pk, note.pk, client.screenings.get().pk)
    nowhere = _routes(2**40, uuid.uuid4(), uuid.uuid4())

    for (method, path), (_, missing) in zip(there, nowhere, strict=True):
        found, not_there = getattr(caller, method)(path, {}), getattr(caller, method)(missing, {})
        assert (method, path, found.status_code) == (method, path, 404)
        assert found.json() == not_there.json()
        assert "canary" not in found.content.decode()
    assert not AuditEvent.objects.filter(actor=users[who]).exists()


def test_clinical_record_without_sign_in_asks_for_it() -> None:
    client = make_client()
    note = full_record(client)

    for method, path in _routes(client.pk, note.pk, client.screenings.get().pk):
        assert getattr(api(), method)(path, {}).status_code == 401


@pytest.mark.parametrize("who", ["author", "colleague in care", "owner"])
def test_clinical_record_is_open_to_those_in_care_and_the_owner(who: str) -> None:
    users = {"author": make_user(), "colleague in care": make_user(), "owner": make_user(Role.OWNER)}
    client = make_client(care_team=(users["author"], users["colleague in care"]))
    note = full_record(client, author=users["author"])

    answer = api(users[who]).get(f"{V1}/notes/{note.pk}/")

    assert answer.json()["content"]["subjective"] == WORDS
    assert AuditEvent.objects.filter(action="read", actor=users[who], subject_id=note.pk).exists()


def test_clinical_record_closes_when_the_therapist_leaves_the_care_team() -> None:
    therapist = make_user()
    client = make_client(care_team=(therapist,))
    note = make_draft(client, author=therapist)
    client.care_team.remove(therapist)

    assert api(therapist).get(f"{V1}/notes/{note.pk}/").status_code == 404
    assert api(therapist).post(f"{V1}/notes/{note.pk}/sign/", {"version": 1}).status_code == 404


def test_draft_of_a_colleague_can_be_read_but_not_changed() -> None:
    author, colleague = make_user(), make_user()
    note = make_draft(make_client(care_team=(author, colleague)), author=author)
    caller = api(colleague)

    assert caller.get(f"{V1}/notes/{note.pk}/").status_code == 200
    answer = caller.put(f"{V1}/notes/{note.pk}/", {"content": SOAP, "version": 1})
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert caller.post(f"{V1}/notes/{note.pk}/sign/", {"version": 1}).status_code == 403


# --- Bad input ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, {"content": ["required"]}),
        ({"content": "words"}, {"content": ["invalid"]}),
        ({"content": {"plan": 5, "author": 1}}, {"content.author": ["unknown_field"]}),
        ({"content": {"plan": "a\x00b"}}, {"content": ["characters_not_allowed"]}),
        ({"content": {"plan": "x" * 20_001}}, {"content.plan": ["max_length"]}),
        ({"content": {}, "state": "signed"}, {"state": ["unknown_field"]}),
        ({"content": {}, "author": 1, "version": 7}, {"author": ["unknown_field"], "version": ["unknown_field"]}),
        ({"content": {}, "session_on": "2026-13-01"}, {"session_on": ["invalid"]}),
        ({"content": {}, "session_on": "9999-12-31"}, {"session_on": ["in_the_future"]}),
        ({"content": {}, "appointment_reference": "nope"}, {"appointment_reference": ["unknown_appointment"]}),
    ],
)
def test_draft_with_bad_input_names_it_and_stores_nothing(body: dict[str, Any], errors: dict[str, list[str]]) -> None:
    therapist = make_user()
    client = make_client(care_team=(therapist,))

    answer = api(therapist).post(f"{V1}/clients/{client.pk}/notes/", body)

    assert (answer.status_code, codes(answer)) == (400, errors)
    assert TreatmentNote.objects.count() == 0


@pytest.mark.parametrize(
    ("body", "code"), [({}, "required"), ({"version": 0}, "min_value"), ({"version": "x"}, "invalid")]
)
def test_signing_without_a_version_is_refused(body: dict[str, Any], code: str) -> None:
    therapist = make_user()
    note = make_draft(make_client(care_team=(therapist,)), author=therapist)

    answer = api(therapist).post(f"{V1}/notes/{note.pk}/sign/", body)

    assert (answer.status_code, codes(answer)) == (400, {"version": [code]})


def test_words_with_line_breaks_and_any_script_come_back_as_they_went() -> None:
    therapist = make_user()
    client = make_client(care_team=(therapist,))
    words = "Zeile 1\nZeile 2\t<b>&amp;</b> {{7*7}} \u202e 膝 🦵🏽 é"

    drafted = api(therapist).post(f"{V1}/clients/{client.pk}/notes/", {"content": {"plan": words}})

    opened = api(therapist).get(f"{V1}/notes/{drafted.json()['id']}/")
    assert opened.json()["content"]["plan"] == words


# --- Nothing leaks --------------------------------------------------------------------------------


def test_words_are_in_no_log_not_even_when_the_note_cannot_be_read(caplog: pytest.LogCaptureFixture) -> None:
    therapist = make_user()
    client = make_client(care_team=(therapist,))
    note = full_record(client, author=therapist)
    draft = make_draft(client, author=therapist)
    TreatmentNote.objects.filter(pk=draft.pk).update(sealed_content=WORDS)
    caplog.set_level(logging.DEBUG)
    caller = api(therapist)

    caller.get(f"{V1}/notes/{note.pk}/")
    unreadable = caller.get(f"{V1}/notes/{draft.pk}/")
    caller.put(f"{V1}/notes/{note.pk}/", {"content": {"plan": WORDS}, "version": 1})
    caller.post(f"{V1}/notes/{note.pk}/addenda/", {"text": ADDED * 2000})

    assert (unreadable.status_code, unreadable.json()["code"]) == (503, "sealed_unreadable")
    shown = caplog.text + unreadable.content.decode()
    assert [canary for canary in CANARIES if canary in shown] == []


def test_answers_to_safety_questions_are_opened_one_by_one_on_record() -> None:
    therapist = make_user()
    client = make_client(care_team=(therapist,))
    full_record(client, author=therapist)
    caller = api(therapist)

    listed = caller.get(f"{V1}/clients/{client.pk}/screenings/")
    opened = caller.get(f"{V1}/screenings/{listed.json()['results'][0]['id']}/")

    assert [row["level"] for row in listed.json()["results"]] == ["review"]
    assert listed.json()["results"][0]["level_name"] == "Booking allowed, the therapist looks first"
    assert ANSWER not in listed.content.decode()
    assert opened.json()["answers"] == {"safety": [ANSWER]}
    assert [row["answer"] for row in opened.json()["told"]] == ["yes"]
    assert AuditEvent.objects.filter(action="read", subject_type="clients_screening").count() == 1


def test_nameless_answers_are_shown_to_nobody() -> None:
    owner = make_user(Role.OWNER)
    full_record(make_client())
    nameless = Screening.objects.get(client=None)

    assert api(owner).get(f"{V1}/screenings/{nameless.pk}/").status_code == 404


def test_signed_content_is_what_was_drafted() -> None:
    owner = make_user(Role.OWNER)
    note = make_signed(make_client())

    assert api(owner).get(f"{V1}/notes/{note.pk}/").json()["content"]["plan"] == CONTENT.plan
