"""Timeline and exports: what happened, and everything held."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from clients import hooks
from clients.hooks import TimelineEntry, TimelineQuery
from clients.models import Client, TreatmentNote
from clients.services.consents import record_consent
from clients.services.export import export_client, export_own_data
from clients.services.merging import merge_clients
from clinic.accounts.roles import Role
from clinic.audit.models import AuditEvent
from tests.clients.calls import V1, api
from tests.clients.records import ADDED, ANSWER, CANARIES, NOW, WORDS, full_record, make_draft
from tests.factories import make_client, make_user

pytestmark = pytest.mark.django_db


def kinds(answer: Any) -> list[str]:
    return sorted(entry["kind"] for entry in answer.json()["results"])


def eventful(client: Client) -> None:
    owner = make_user(Role.OWNER)
    full_record(client)
    record_consent(client.pk, purpose="treatment", is_given=True, wording_version="1", actor=owner, now=NOW)
    other = make_client()
    merge_clients(client.pk, merged_id=other.pk, version=client.version, actor=owner, now=NOW)


# --- Timeline -------------------------------------------------------------------------------------


def test_timeline_for_those_who_may_read_the_record_tells_what_happened_not_what_was_said() -> None:
    client = make_client()
    eventful(client)

    answer = api(make_user(Role.OWNER)).get(f"{V1}/clients/{client.pk}/timeline/")

    assert kinds(answer) == ["addendum", "consent", "merge", "note", "note", "record", "screening"]
    shown = answer.content.decode()
    assert [canary for canary in CANARIES if canary in shown] == []


def test_timeline_for_reception_says_no_more_than_that_a_note_was_written() -> None:
    client = make_client()
    eventful(client)

    answer = api(make_user(Role.RECEPTIONIST)).get(f"{V1}/clients/{client.pk}/timeline/")

    assert kinds(answer) == ["consent", "merge", "note", "record"]
    note = next(entry for entry in answer.json()["results"] if entry["kind"] == "note")
    assert (note["title"], note["reference"], note["actor"]) == ("Note written", "", "")


def test_timeline_takes_what_higher_floors_add_and_sorts_all_by_time(monkeypatch: pytest.MonkeyPatch) -> None:
    client = make_client()

    def source(query: TimelineQuery) -> Iterable[TimelineEntry]:
        assert query.client == client
        return [
            TimelineEntry(timezone.now() + timedelta(hours=1), "appointment", "Booked", "GW-1"),
            TimelineEntry(NOW - timedelta(days=900), "appointment", "Earlier", "GW-0"),
        ]

    monkeypatch.setattr(hooks, "timeline_sources", [source])

    answer = api(make_user(Role.OWNER)).get(f"{V1}/clients/{client.pk}/timeline/").json()

    assert [entry["title"] for entry in answer["results"]] == ["Booked", "Record made", "Earlier"]
    assert answer["has_more"] is False


def test_timeline_pages_hold_every_entry_once() -> None:
    client, owner = make_client(), make_user(Role.OWNER)
    for number in range(120):
        record_consent(
            client.pk,
            purpose="treatment",
            is_given=True,
            wording_version=str(number),
            actor=owner,
            now=NOW - timedelta(minutes=number // 3),
        )

    pages = [api(owner).get(f"{V1}/clients/{client.pk}/timeline/?page={page}").json() for page in (1, 2, 3, 4)]

    assert [len(page["results"]) for page in pages] == [50, 50, 21, 0]
    assert [page["has_more"] for page in pages] == [True, True, False, False]
    references = [entry["reference"] for page in pages for entry in page["results"]]
    assert len(set(references)) == 121


@pytest.mark.parametrize("query", ["page=0", "page=101", "page=x", "kind=note"])
def test_timeline_with_a_bad_page_is_refused(query: str) -> None:
    client = make_client()

    assert api(make_user(Role.OWNER)).get(f"{V1}/clients/{client.pk}/timeline/?{query}").status_code == 400


@pytest.mark.parametrize("rows", [1, 3])
def test_timeline_takes_seven_queries(
    rows: int, django_assert_num_queries: Callable[[int], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hooks, "timeline_sources", [])
    client, owner = make_client(), make_user(Role.OWNER)
    for _ in range(rows):
        full_record(client)
        record_consent(client.pk, purpose="treatment", is_given=True, wording_version="1", actor=owner, now=NOW)

    with django_assert_num_queries(7):  # the client; notes, addenda, answers, entries, consents, merges
        answer = api(owner).get(f"{V1}/clients/{client.pk}/timeline/")

    assert len(answer.json()["results"]) == rows * 5 + 1


# --- Export by the clinic -------------------------------------------------------------------------


def test_export_holds_everything_opened_and_goes_on_record() -> None:
    client = make_client(address="1 High Street")
    eventful(client)
    draft = make_draft(client)
    owner = make_user(Role.OWNER)
    before = AuditEvent.objects.count()

    answer = api(owner).get(f"{V1}/clients/{client.pk}/export/")

    document = answer.json()
    assert answer["Content-Disposition"] == f'attachment; filename="client-{client.pk}.json"'
    assert document["client"]["address"] == "1 High Street"
    notes = {note["id"]: note for note in document["notes"]}
    assert notes[str(draft.pk)]["state"] == "draft"
    signed = next(note for note in document["notes"] if note["state"] == "signed")
    assert (signed["subjective"], signed["addenda"][0]["text"], signed["matches_signature"]) == (WORDS, ADDED, True)
    assert [row["answers"] for row in document["screenings"]] == [{"safety": [ANSWER]}]
    assert (len(document["consents"]), len(document["merges"])) == (1, 1)
    new = AuditEvent.objects.filter(sequence__gt=before, actor=owner).order_by("sequence")
    assert [event.action for event in new] == ["read"] * 4 + ["export"]


def test_export_has_every_column_of_the_record_but_the_inner_ones() -> None:
    client = make_client()
    left_out = {"name_key", "merged_into", "merged_at", "user"}

    document = export_client(client, actor=make_user(Role.OWNER), now=NOW)

    assert set(document["client"]) == {field.name for field in Client._meta.concrete_fields} - left_out
    assert json.loads(json.dumps(document)) == document


def test_export_takes_sections_of_higher_floors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hooks, "export_sections", {"appointments": lambda client: [{"of": client.pk}]})
    client = make_client()

    document = export_client(client, actor=make_user(Role.OWNER), now=NOW)

    assert document["appointments"] == [{"of": client.pk}]


def test_export_shows_where_a_note_no_longer_matches_its_signature() -> None:
    client = make_client()
    note, other = full_record(client), make_draft(client)
    TreatmentNote.objects.filter(pk=note.pk).update(sealed_content=_sealed_like(note, other))

    document = export_client(client, actor=make_user(Role.OWNER), now=NOW)

    assert [n["matches_signature"] for n in document["notes"] if n["id"] == str(note.pk)] == [False]


def _sealed_like(note: TreatmentNote, other: TreatmentNote) -> str:
    from clients.sealing import place_of_note  # noqa: PLC0415  # only here
    from clients.services.notes import NoteContent  # noqa: PLC0415
    from clinic.vault import doors  # noqa: PLC0415

    assert other.client_id == note.client_id
    return doors.seal(NoteContent(plan="changed").as_json(), place=place_of_note(note.pk, note.client))


# --- Own data -------------------------------------------------------------------------------------


def test_own_data_of_a_client_holds_every_record_of_theirs_and_nobody_elses() -> None:
    account = make_user(Role.CLIENT)
    own, child = make_client(user=account, first_name="Alex"), make_client(user=account, first_name="Sam")
    stranger = make_client(first_name="Stranger", user=make_user(Role.CLIENT))
    for client in (own, child, stranger):
        full_record(client)

    answer = api(account).get(f"{V1}/me/data/")

    document = answer.json()
    assert document["account"]["email"] == account.email
    assert [record["client"]["first_name"] for record in document["records"]] == ["Alex", "Sam"]
    assert [record["notes"][0]["subjective"] for record in document["records"]] == [WORDS, WORDS]
    exports = AuditEvent.objects.filter(action="export", actor=account).order_by("sequence")
    assert [event.client_id for event in exports] == [own.pk, child.pk]


def test_own_data_leaves_out_unfinished_words_and_how_records_were_merged() -> None:
    account = make_user(Role.CLIENT)
    client = make_client(user=account)
    make_draft(client)
    merge_clients(
        client.pk, merged_id=make_client(first_name="Caught").pk, version=1, actor=make_user(Role.OWNER), now=NOW
    )

    document = export_own_data(account, now=NOW)

    assert "canary" not in json.dumps(document)
    assert "Caught" not in json.dumps(document)
    assert document["records"][0]["unfinished_notes"] == [{"session_on": "2026-11-02"}]
    assert AuditEvent.objects.filter(action="read", actor=account).count() == 0


@pytest.mark.parametrize("role", [Role.OWNER, Role.THERAPIST, Role.RECEPTIONIST])
@pytest.mark.parametrize("path", ["", "contact-preferences/", "consents/", "data/"])
def test_own_pages_are_for_clients(role: str, path: str) -> None:
    assert api(make_user(role)).get(f"{V1}/me/{path}").status_code == 403
    assert api().get(f"{V1}/me/{path}").status_code == 401
