from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from clients import hooks
from clients.errors import NoteIncomplete, NoteNotSigned, NoteSigned
from clients.hooks import Session
from clients.models import Addendum, TreatmentNote
from clients.sealing import place_of_addendum, place_of_note
from clients.services import notes as note_services
from clients.services.notes import NoteContent, add_addendum, draft_note, read_note, rewrite_draft, sign_note
from clinic.accounts.roles import Role
from clinic.audit.models import AuditEvent
from clinic.constraints import violated_constraint
from clinic.errors import InvalidInput, NotAllowed, NotFound, StaleVersion
from clinic.vault import doors
from clinic.vault.doors import SealedUnreadable
from tests.audit.tampering import lift_the_trigger
from tests.clients.records import ADDED, CONTENT, NOW, TODAY, WORDS, full_record, make_draft, make_signed
from tests.factories import make_client, make_user

pytestmark = pytest.mark.django_db


def events() -> list[tuple[str, str]]:
    return list(AuditEvent.objects.order_by("sequence").values_list("action", "subject_type"))


# --- Drafting -------------------------------------------------------------------------------------


def test_draft_is_sealed_from_the_first_moment() -> None:
    note = make_draft(make_client())

    stored = TreatmentNote.objects.values().get(pk=note.pk)
    assert stored["sealed_content"].startswith("v1$")
    assert WORDS not in json.dumps(stored, default=str)
    assert (note.state, note.version, note.session_on) == ("draft", 1, TODAY)
    assert events() == [("create", "clients_treatmentnote")]


def test_draft_by_somebody_who_may_not_write_notes_is_refused() -> None:
    with pytest.raises(NotAllowed):
        make_draft(make_client(), author=make_user(Role.RECEPTIONIST))

    assert TreatmentNote.objects.count() == 0


def test_draft_of_a_session_in_the_future_is_refused() -> None:
    with pytest.raises(InvalidInput) as caught:
        draft_note(make_client(), author=make_user(), content=CONTENT, session_on=date(2026, 11, 3), today=TODAY)

    assert [e["code"] for e in caught.value.errors["session_on"]] == ["in_the_future"]


def test_draft_may_be_prepared_for_an_appointment_that_is_still_to_come(monkeypatch: pytest.MonkeyPatch) -> None:
    client, ahead = make_client(), TODAY + timedelta(days=3)
    monkeypatch.setattr(hooks, "find_session", lambda reference: Session(client_id=client.pk, on=ahead))

    note = draft_note(client, author=make_user(), content=CONTENT, appointment_reference="GW-1", today=TODAY)

    assert note.session_on == ahead


@pytest.mark.parametrize("part", ["subjective", "objective", "assessment", "plan"])
def test_draft_with_too_many_words_is_refused_by_name(part: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        make_draft(make_client(), content=replace(CONTENT, **{part: "x" * 20_001}))

    assert list(caught.value.errors) == [f"content.{part}"]


def test_draft_with_the_most_words_is_kept() -> None:
    note = make_draft(make_client(), content=NoteContent(subjective="é" * 20_000))

    assert len(read_note(note.pk, reader=note.author).content.subjective) == 20_000


@pytest.fixture
def session_of(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Makes GW-1 an appointment of a client on 30 October."""

    def register(client_id: int) -> None:
        session = Session(client_id=client_id, on=date(2026, 10, 30))
        monkeypatch.setattr(hooks, "find_session", lambda reference: session if reference == "GW-1" else None)

    return register


def test_draft_for_an_appointment_takes_its_date(session_of: Callable[[int], None]) -> None:
    client = make_client()
    session_of(client.pk)

    note = draft_note(client, author=make_user(), content=CONTENT, appointment_reference="GW-1", today=TODAY)

    assert (note.session_on, note.appointment_reference) == (date(2026, 10, 30), "GW-1")


def test_draft_for_an_appointment_of_somebody_else_is_refused(session_of: Callable[[int], None]) -> None:
    session_of(make_client().pk)

    with pytest.raises(InvalidInput) as caught:
        draft_note(make_client(), author=make_user(), content=CONTENT, appointment_reference="GW-1", today=TODAY)

    assert [e["code"] for e in caught.value.errors["appointment_reference"]] == ["unknown_appointment"]


@pytest.mark.parametrize("is_registered", [True, False])
def test_draft_for_no_appointment_at_all_is_refused(
    is_registered: bool, session_of: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = make_client()
    session_of(client.pk)
    if not is_registered:
        monkeypatch.setattr(hooks, "find_session", None)

    with pytest.raises(InvalidInput):
        draft_note(client, author=make_user(), content=CONTENT, appointment_reference="GW-2", today=TODAY)


def test_draft_for_an_appointment_on_another_day_is_refused(session_of: Callable[[int], None]) -> None:
    client = make_client()
    session_of(client.pk)

    with pytest.raises(InvalidInput) as caught:
        draft_note(
            client, author=make_user(), content=CONTENT, session_on=TODAY, appointment_reference="GW-1", today=TODAY
        )

    assert [e["code"] for e in caught.value.errors["session_on"]] == ["other_day"]


# --- Rewriting ------------------------------------------------------------------------------------


def test_draft_rewritten_by_its_author_says_the_new_words() -> None:
    note = make_draft(make_client())

    changed = rewrite_draft(note.pk, author=note.author, content=NoteContent(plan="rest"), version=1)

    assert changed.version == 2
    assert read_note(note.pk, reader=note.author).content == NoteContent(plan="rest")


def test_draft_rewritten_from_an_older_version_is_refused_and_stays() -> None:
    note = make_draft(make_client())
    rewrite_draft(note.pk, author=note.author, content=NoteContent(plan="first"), version=1)

    with pytest.raises(StaleVersion) as caught:
        rewrite_draft(note.pk, author=note.author, content=NoteContent(plan="second"), version=1)

    assert caught.value.data == {"version": 2}
    assert read_note(note.pk, reader=note.author).content.plan == "first"


@pytest.mark.parametrize("role", [Role.OWNER, Role.THERAPIST])
def test_draft_rewritten_or_signed_by_anybody_else_is_refused(role: str) -> None:
    note, other = make_draft(make_client()), make_user(role)

    with pytest.raises(NotAllowed):
        rewrite_draft(note.pk, author=other, content=NoteContent(), version=1)
    with pytest.raises(NotAllowed):
        sign_note(note.pk, author=other, version=1, now=NOW)

    note.refresh_from_db()
    assert (note.state, note.version) == ("draft", 1)


def test_draft_of_an_author_who_no_longer_may_write_notes_stays() -> None:
    note = make_draft(make_client())
    note.author.role = Role.RECEPTIONIST

    with pytest.raises(NotAllowed):
        sign_note(note.pk, author=note.author, version=1, now=NOW)


def test_note_that_does_not_exist_is_not_found() -> None:
    author = make_user()

    for call in (
        lambda: rewrite_draft(uuid.uuid4(), author=author, content=NoteContent(), version=1),
        lambda: sign_note(uuid.uuid4(), author=author, version=1, now=NOW),
        lambda: add_addendum(uuid.uuid4(), author=author, text="x", now=NOW),
        lambda: read_note(uuid.uuid4(), reader=author),
    ):
        with pytest.raises(NotFound):
            call()


# --- Signing --------------------------------------------------------------------------------------


def test_signing_freezes_the_note_and_goes_on_record() -> None:
    note = make_signed(make_client())

    assert (note.state, note.signed_at, note.signed_for) == ("signed", NOW, note.client.public_id)
    assert events()[-2:] == [("read", "clients_treatmentnote"), ("sign", "clients_treatmentnote")]


@pytest.mark.parametrize(
    ("content", "missing"),
    [
        (NoteContent(), ["subjective", "objective", "assessment", "plan"]),
        (replace(CONTENT, plan=" \n"), ["plan"]),
        (replace(CONTENT, objective="", assessment=""), ["objective", "assessment"]),
    ],
)
def test_signing_an_incomplete_note_names_what_is_missing(content: NoteContent, missing: list[str]) -> None:
    note = make_draft(make_client(), content=content)

    with pytest.raises(NoteIncomplete) as caught:
        sign_note(note.pk, author=note.author, version=1, now=NOW)

    assert caught.value.data == {"missing": missing}
    note.refresh_from_db()
    assert note.state == "draft"


def test_signing_a_version_that_was_not_seen_is_refused() -> None:
    note = make_draft(make_client())
    rewrite_draft(note.pk, author=note.author, content=CONTENT, version=1)

    with pytest.raises(StaleVersion):
        sign_note(note.pk, author=note.author, version=1, now=NOW)


def test_signed_note_is_neither_rewritten_nor_signed_again() -> None:
    note = make_signed(make_client())

    with pytest.raises(NoteSigned):
        rewrite_draft(note.pk, author=note.author, content=NoteContent(plan="other"), version=2)
    with pytest.raises(NoteSigned):
        sign_note(note.pk, author=note.author, version=2, now=NOW + timedelta(days=1))

    opened = read_note(note.pk, reader=note.author)
    assert (opened.content, opened.row.signed_at) == (CONTENT, NOW)


# --- What the database itself refuses of a signed note --------------------------------------------

FROZEN: dict[str, Any] = {
    "session_on": date(2020, 1, 1),
    "appointment_reference": "GW-9",
    "version": 9,
    "signed_at": NOW - timedelta(days=1),
    "signed_for": uuid.uuid4(),
    "signed_digest": "0" * 64,
    "created_at": NOW - timedelta(days=1),
}


@pytest.mark.parametrize("column", sorted(FROZEN))
def test_signed_note_in_the_database_keeps_its_columns(column: str) -> None:
    note = make_signed(make_client())

    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        TreatmentNote.objects.filter(pk=note.pk).update(**{column: FROZEN[column]})

    assert violated_constraint(caught.value) == "signed_note_is_frozen"


def test_signed_note_in_the_database_cannot_become_a_draft_or_change_hands() -> None:
    note = make_signed(make_client())
    row = TreatmentNote.objects.filter(pk=note.pk)

    with pytest.raises(IntegrityError), transaction.atomic():
        row.update(state="draft", signed_at=None, signed_for=None, signed_digest="")
    with pytest.raises(IntegrityError), transaction.atomic():
        row.update(author=make_user())


def test_draft_in_the_database_may_change() -> None:
    """The control: it is the signature that freezes."""
    note = make_draft(make_client())

    assert TreatmentNote.objects.filter(pk=note.pk).update(session_on=date(2020, 1, 1), version=F("version") + 1) == 1


def test_addendum_in_the_database_keeps_its_author() -> None:
    note = full_record(make_client())

    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        Addendum.objects.filter(note=note).update(author=make_user())

    assert violated_constraint(caught.value) == "addendum_is_frozen"


# --- What the signature finds ---------------------------------------------------------------------


def _reseal_words(note: TreatmentNote, content: NoteContent) -> None:
    """As somebody would who holds the vault's keys and may write to the database."""
    sealed = doors.seal(content.as_json(), place=place_of_note(note.pk, note.client))
    TreatmentNote.objects.filter(pk=note.pk).update(sealed_content=sealed)


def test_signed_words_changed_with_the_vaults_key_are_not_shown() -> None:
    note = make_signed(make_client())
    _reseal_words(note, replace(CONTENT, plan="something else"))

    with pytest.raises(SealedUnreadable, match="does not match what was signed"):
        read_note(note.pk, reader=note.author)


def test_signed_words_changed_where_nothing_is_compared_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutant: no digest at all."""
    monkeypatch.setattr(note_services, "is_intact", lambda _opened: True)
    note = make_signed(make_client())
    _reseal_words(note, replace(CONTENT, plan="something else"))

    assert read_note(note.pk, reader=note.author).content.plan == "something else"


def test_signature_covers_author_session_and_time() -> None:
    note = make_signed(make_client())
    lift_the_trigger("clients_treatmentnote", "signed_note_is_frozen")
    changes = {"author": make_user(), "session_on": date(2020, 1, 1), "signed_at": NOW + timedelta(minutes=1)}

    for column, value in changes.items():
        before = getattr(note, column)
        TreatmentNote.objects.filter(pk=note.pk).update(**{column: value})
        with pytest.raises(SealedUnreadable):
            read_note(note.pk, reader=note.author)
        TreatmentNote.objects.filter(pk=note.pk).update(**{column: before})

    assert read_note(note.pk, reader=note.author).content == CONTENT


def test_addendum_changed_with_the_vaults_key_is_not_shown() -> None:
    note = full_record(make_client())
    addendum = Addendum.objects.get()
    sealed = doors.seal("other words", place=place_of_addendum(addendum.pk, note.client))
    Addendum.objects.filter(pk=addendum.pk).update(sealed_text=sealed)

    with pytest.raises(SealedUnreadable):
        read_note(note.pk, reader=note.author)


def test_note_moved_to_another_client_does_not_open() -> None:
    note = make_signed(make_client())
    TreatmentNote.objects.filter(pk=note.pk).update(client=make_client())

    with pytest.raises(SealedUnreadable):
        read_note(note.pk, reader=note.author)


def test_notes_whose_words_were_exchanged_do_not_open() -> None:
    client, author = make_client(), make_user()
    one, two = make_draft(client, author=author), make_draft(client, author=author)
    TreatmentNote.objects.filter(pk=one.pk).update(sealed_content=two.sealed_content)

    with pytest.raises(SealedUnreadable):
        read_note(one.pk, reader=author)


# --- Addenda --------------------------------------------------------------------------------------


def test_addendum_stands_under_its_own_author_and_leaves_the_note_as_it_was() -> None:
    note, owner = make_signed(make_client()), make_user(Role.OWNER)

    add_addendum(note.pk, author=owner, text="Rang the next day: better.", now=NOW + timedelta(days=1))

    opened = read_note(note.pk, reader=note.author)
    assert opened.content == CONTENT
    assert [(a.text, a.row.author, a.row.created_at) for a in opened.addenda] == [
        ("Rang the next day: better.", owner, NOW + timedelta(days=1))
    ]


def test_addendum_to_a_draft_is_refused() -> None:
    note = make_draft(make_client())

    with pytest.raises(NoteNotSigned):
        add_addendum(note.pk, author=note.author, text="x", now=NOW)


@pytest.mark.parametrize(("text", "code"), [("  \n", "blank"), ("x" * 20_001, "max_length")])
def test_addendum_without_words_or_with_too_many_is_refused(text: str, code: str) -> None:
    note = make_signed(make_client())

    with pytest.raises(InvalidInput) as caught:
        add_addendum(note.pk, author=note.author, text=text, now=NOW)

    assert [e["code"] for e in caught.value.errors["text"]] == [code]


def test_addendum_by_somebody_who_may_not_write_notes_is_refused() -> None:
    note = make_signed(make_client())

    with pytest.raises(NotAllowed):
        add_addendum(note.pk, author=make_user(Role.RECEPTIONIST), text="x", now=NOW)


# --- Reading --------------------------------------------------------------------------------------


def test_reading_a_note_puts_it_and_each_addendum_on_record() -> None:
    note = full_record(make_client())
    before = AuditEvent.objects.count()
    reader = make_user(Role.OWNER)

    opened = read_note(note.pk, reader=reader)

    assert (opened.content.subjective, [a.text for a in opened.addenda]) == (WORDS, [ADDED])
    new = AuditEvent.objects.filter(sequence__gt=before).order_by("sequence")
    assert [(e.action, e.subject_type, e.actor, e.client_id) for e in new] == [
        ("read", "clients_treatmentnote", reader, note.client_id),
        ("read", "clients_addendum", reader, note.client_id),
    ]


def test_reading_a_note_where_the_trail_cannot_be_written_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    note = make_signed(make_client())

    def fail(*_: object, **__: object) -> None:
        raise ConnectionError

    monkeypatch.setattr("clinic.audit.services.record_all", fail)

    with pytest.raises(ConnectionError):
        read_note(note.pk, reader=note.author)


def test_trail_of_a_whole_note_holds_none_of_its_words() -> None:
    note = full_record(make_client())
    read_note(note.pk, reader=note.author)

    trail = json.dumps(list(AuditEvent.objects.values()), default=str)

    assert "canary" not in trail
