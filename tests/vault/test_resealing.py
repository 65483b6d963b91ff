from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db.models import Model
from django.test import override_settings

from clients.models import Addendum, Screening, TreatmentNote
from clients.sealing import COLUMNS, sealed_note
from clinic.accounts.second_factors import IDENTITY
from clinic.api.models import IdempotencyRecord
from clinic.audit.models import AuditEvent
from clinic.vault import doors, resealing
from clinic.vault.columns import columns
from clinic.vault.crypto import key_id_of
from clinic.vault.resealing import reseal_column
from tests.clients.records import WORDS, full_record
from tests.factories import make_client, make_user
from tests.together import all_at_once

OLD = "test1:" + base64.b64encode(b"k" * 32).decode()
NEW = "test2:" + base64.b64encode(b"n" * 32).decode()


@contextmanager
def keys(text: str) -> Iterator[None]:
    """Another keyring for a while, as after a restart with other settings."""
    doors.keyring.cache_clear()
    with override_settings(VAULT_KEYS=text):
        yield
    doors.keyring.cache_clear()


def stored_values() -> dict[str, str]:
    """Every sealed text of the clinical record."""
    return {
        f"{column} {pk}": value
        for column in COLUMNS
        for pk, value in column.model.objects.values_list("pk", column.field)  # type: ignore[attr-defined]
    }


@pytest.mark.django_db
def test_every_sealed_column_of_the_project_is_known() -> None:
    named = {
        f"{model._meta.db_table}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.name.startswith("sealed_")
    }

    assert {str(column) for column in columns} == named | {"mfa_authenticator.data"}


@pytest.mark.django_db
def test_reseal_brings_everything_under_the_first_key(capsys: pytest.CaptureFixture[str]) -> None:
    note = full_record(make_client())
    before = stored_values()

    with keys(f"{NEW},{OLD}"):
        call_command("reseal")

    after = stored_values()
    assert {key_id_of(value) for value in before.values()} == {"test1"}
    assert {key_id_of(value) for value in after.values()} == {"test2"}
    assert len(after) == len(before) == 4
    with keys(NEW):
        note.refresh_from_db()
        assert WORDS in doors.read(sealed_note(note), reader=make_user(), purpose="note")
    printed = capsys.readouterr().out
    assert "clients_treatmentnote.sealed_content: 1 of 1 rows sealed anew" in printed
    assert printed.endswith("Everything can be read and is under test2.\n")
    event = AuditEvent.objects.filter(action="reseal").get()
    assert event.detail["clients_treatmentnote.sealed_content"] == 1


@pytest.mark.django_db
def test_reseal_a_second_time_changes_nothing() -> None:
    full_record(make_client())
    with keys(f"{NEW},{OLD}"):
        call_command("reseal")
        first = stored_values()
        events = AuditEvent.objects.count()

        call_command("reseal")

    assert stored_values() == first
    assert AuditEvent.objects.count() == events


@pytest.mark.django_db
def test_reseal_broken_off_goes_on_where_it_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(5):
        full_record(make_client())
    notes = COLUMNS[0]
    with keys(f"{NEW},{OLD}"):
        rows = resealing._reseal_row
        done: list[Model] = []

        def break_off(row: Model, *rest: Any) -> None:
            if len(done) == 3:
                raise KeyboardInterrupt
            done.append(row)
            rows(row, *rest)

        monkeypatch.setattr(resealing, "_reseal_row", break_off)
        with pytest.raises(KeyboardInterrupt):
            reseal_column(notes, keyring=doors.keyring(), batch_size=2)
        monkeypatch.setattr(resealing, "_reseal_row", rows)

        outcome = reseal_column(notes, keyring=doors.keyring(), batch_size=2)

    assert (outcome.rows, outcome.resealed) == (5, 2)


@pytest.mark.django_db
def test_reseal_of_a_signed_note_leaves_its_signature_standing() -> None:
    note = full_record(make_client())
    digest = note.signed_digest

    with keys(f"{NEW},{OLD}"):
        call_command("reseal")

    note.refresh_from_db()
    assert (note.state, note.signed_digest) == ("signed", digest)


@pytest.mark.django_db
def test_reseal_reaches_answers_kept_for_idempotency_and_second_factors() -> None:
    record = IdempotencyRecord.objects.create(scope="s", key="k", fingerprint="f", status=201)
    identity = f"api_idempotencyrecord/{record.pk}/s/k"
    record.sealed_answer = doors.keyring().seal(json.dumps({"manage_token": "x"}), identity=identity)
    record.save()
    factor = Authenticator.objects.create(
        user=make_user(), type="totp", data={"secret": doors.keyring().seal("JBSW", identity=IDENTITY), "used": [1]}
    )

    with keys(f"{NEW},{OLD}"):
        call_command("reseal")

    record.refresh_from_db()
    factor.refresh_from_db()
    with keys(NEW):
        assert json.loads(doors.keyring().open(record.sealed_answer, identity=identity)) == {"manage_token": "x"}
        assert doors.keyring().open(factor.data["secret"], identity=IDENTITY) == "JBSW"
    assert factor.data["used"] == [1]


def _flip(value: str) -> str:
    return value[:-8] + ("A" if value[-8] != "A" else "B") + value[-7:]


@pytest.mark.parametrize("damage", [_flip, lambda _: "words in the clear", lambda v: v.replace("$test1$", "$gone$")])
@pytest.mark.django_db
def test_reseal_with_something_unreadable_does_the_rest_and_says_where(
    damage: Callable[[str], str], capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = full_record(make_client()), full_record(make_client())
    TreatmentNote.objects.filter(pk=bad.pk).update(sealed_content=damage(bad.sealed_content))

    with keys(f"{NEW},{OLD}"), pytest.raises(CommandError) as caught:
        call_command("reseal")

    good.refresh_from_db()
    assert key_id_of(good.sealed_content) == "test2"
    assert caught.value.returncode == 1
    assert f"Cannot be read: clients_treatmentnote.sealed_content of row {bad.pk}" in capsys.readouterr().err


@pytest.mark.django_db
def test_reseal_without_the_old_key_fails_and_changes_nothing() -> None:
    full_record(make_client())
    before = stored_values()

    with keys(NEW), pytest.raises(CommandError, match="4 values cannot be read"):
        call_command("reseal")

    assert stored_values() == before


@pytest.mark.django_db
def test_reseal_check_changes_nothing_and_fails_while_an_older_key_is_needed() -> None:
    full_record(make_client())
    before = stored_values()

    with keys(f"{NEW},{OLD}"), pytest.raises(CommandError, match="0 values cannot be read, 4 are not under test2"):
        call_command("reseal", check=True)

    assert stored_values() == before


@pytest.mark.django_db
def test_reseal_of_no_rows_at_a_time_is_refused() -> None:
    with pytest.raises(CommandError, match="at least one row"):
        call_command("reseal", batch_size=0)


# --- While others write ---------------------------------------------------------------------------

NOTES = 12


def _rewrite(notes: list[TreatmentNote]) -> int:
    """Write each draft anew several times, as its author would; the last words are `final`."""
    for words in ("one", "two", "final"):
        for note in notes:
            fresh = TreatmentNote.objects.select_related("client").get(pk=note.pk)
            text = json.dumps({"subjective": words, "objective": "", "assessment": "", "plan": ""})
            sealed = doors.seal(text, place=sealed_note(fresh).place)
            TreatmentNote.objects.filter(pk=note.pk).update(sealed_content=sealed)
    return len(notes)


def _last_words(note: TreatmentNote) -> str:
    fresh = TreatmentNote.objects.select_related("client").get(pk=note.pk)
    return str(json.loads(doors._open(fresh.sealed_content, sealed_note(fresh).place))["subjective"])


def _make_drafts() -> list[TreatmentNote]:
    author, client = make_user(), make_client()
    drafts = []
    for _ in range(NOTES):
        note = TreatmentNote(pk=uuid.uuid4(), client=client, author=author, session_on="2026-11-02", sealed_content="-")
        note.sealed_content = doors.seal("{}", place=sealed_note(note).place)
        note.save(force_insert=True)
        drafts.append(note)
    return drafts


@pytest.mark.django_db(transaction=True)
def test_reseal_while_notes_are_rewritten_loses_no_words() -> None:
    drafts = _make_drafts()
    with keys(f"{NEW},{OLD}"):
        doors.keyring()
        outcomes = all_at_once(
            lambda: _rewrite(drafts[:6]),
            lambda: _rewrite(drafts[6:]),
            *[lambda: reseal_column(COLUMNS[0], keyring=doors.keyring(), batch_size=3).rows] * 3,
        )

        assert outcomes == [6, 6, NOTES, NOTES, NOTES]
        assert [_last_words(note) for note in drafts] == ["final"] * NOTES


@pytest.mark.django_db
def test_reseal_of_a_row_written_meanwhile_keeps_what_was_written(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _write_in_between(monkeypatch) == "written meanwhile"


@pytest.mark.django_db
def test_reseal_that_does_not_compare_loses_what_was_written_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutant: swap without comparing."""

    class Blind:
        def __init__(self, rows: Any) -> None:
            self.rows = rows

        def filter(self, *, pk: object, **_compared: object) -> Any:
            return self.rows.filter(pk=pk)

        def __getattr__(self, name: str) -> Any:
            return getattr(self.rows, name)

    real = resealing._all
    monkeypatch.setattr(resealing, "_all", lambda column: Blind(real(column)))

    assert _write_in_between(monkeypatch) == "before"


def _write_in_between(monkeypatch: pytest.MonkeyPatch) -> str:
    """Rewrite a note exactly between the command's reading it and its writing it; what it says then."""
    note = _make_drafts()[0]
    place = sealed_note(note).place
    TreatmentNote.objects.filter(pk=note.pk).update(sealed_content=doors.seal('{"subjective": "before"}', place=place))
    seal_anew = resealing._sealed_anew
    written: list[str] = []

    def seal_slowly(value: Any, identity: str, keyring: Any) -> Any:
        if identity == str(place) and not written:
            written.append(doors.seal('{"subjective": "written meanwhile"}', place=place))
            TreatmentNote.objects.filter(pk=note.pk).update(sealed_content=written[0])
        return seal_anew(value, identity, keyring)

    monkeypatch.setattr(resealing, "_sealed_anew", seal_slowly)
    with keys(f"{NEW},{OLD}"):
        reseal_column(COLUMNS[0], keyring=doors.keyring())
        return _last_words(note)


@pytest.mark.django_db
def test_reseal_touches_no_row_without_sealed_values() -> None:
    assert (Addendum.objects.count(), Screening.objects.count()) == (0, 0)

    with keys(f"{NEW},{OLD}"):
        call_command("reseal")

    assert AuditEvent.objects.count() == 0
