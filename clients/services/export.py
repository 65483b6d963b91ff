"""Everything the clinic holds about one client, as one JSON document.

# Note [What a client gets at once]
Signed in, clients get all that is held about them, signed notes included: it is theirs by law. Left
out is what is another's or not finished: how the clinic compares and merges records, in which a
stranger's details may be caught, and the words of drafts, of which the date is named. A record whose
address nobody has confirmed yet is given without its clinical part, and says so: Note [Who decides who
reads].
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from django.db.models import Model

from clients import hooks
from clients.models import Addendum, Client, Screening, TreatmentNote
from clients.sealing import sealed_screening
from clients.selectors import open_to, visible_to
from clients.selectors.entries import entries_of
from clients.services.entries import OpenedEntry, is_as_written, open_entries
from clients.services.notes import OpenedNote, is_intact, open_notes
from clients.services.preferences import preferences_of
from clinic.accounts.models import User
from clinic.audit import services as audit
from clinic.audit.models import Action
from clinic.transactions import owns_transaction
from clinic.vault import doors

_PURPOSE: Final = "export"
CLOSED_WORDS: Final = (
    "The clinical part of this record, its notes, safety answers and forms, is left out: the clinic has not yet "
    "confirmed that this email address is the client's. Please ring the clinic, or ask at the next visit."
)
_NOT_EXPORTED: Final = frozenset({"id", "name_key", "merged_into", "merged_at", "user", "care_team"})


@owns_transaction()
def export_client(client: Client, *, actor: User, now: datetime) -> dict[str, Any]:
    """The whole record of one client, for the clinic, after the export is on record.

    Who may have it is for the caller to have decided. Raises SealedUnreadable.
    """
    notes = list(client.notes.select_related("client", "author").order_by("session_on", "created_at"))
    document = _document(client, notes, actor=actor, now=now)
    document["merges"] = [_columns(row, leaving_out={"id", "actor"}) for row in client.merges.order_by("merged_at")]
    _record_export(client, actor=actor, now=now)
    return document


@owns_transaction()
def export_own_data(user: User, *, now: datetime) -> dict[str, Any]:
    """All that is held about the signed-in client, in each of their records, after the export is on record.

    See Note [What a client gets at once]. Raises SealedUnreadable.
    """
    # Locked: a merge while this is read could bring notes into a record that was found open.
    clients = list(visible_to(user).select_for_update(no_key=True).order_by("pk"))
    opened = set(open_to(user).values_list("pk", flat=True))
    records = [
        _own_document(client, actor=user, now=now) if client.pk in opened else _closed_document(client, now=now)
        for client in clients
    ]
    for client in clients:
        _record_export(client, actor=user, now=now)
    account = {"email": user.email, "name": user.name, "created_at": user.created_at.isoformat()}
    return {"made_at": now.isoformat(), "account": account, "records": records}


def _own_document(client: Client, *, actor: User, now: datetime) -> dict[str, Any]:
    notes = list(client.notes.select_related("client", "author").order_by("session_on", "created_at"))
    signed = [note for note in notes if note.state == TreatmentNote.State.SIGNED]
    document = _document(client, signed, actor=actor, now=now)
    document["unfinished_notes"] = [{"session_on": note.session_on.isoformat()} for note in notes if note not in signed]
    return document


def _closed_document(client: Client, *, now: datetime) -> dict[str, Any]:
    """What is not clinical. The sections that are left out are not there: an empty one would say there is nothing."""
    return {**_plain_document(client, now=now), "left_out": CLOSED_WORDS}


def _document(client: Client, notes: list[TreatmentNote], *, actor: User, now: datetime) -> dict[str, Any]:
    addenda = Addendum.objects.filter(note__in=notes).select_related("note__client", "author").order_by("created_at")
    opened = open_notes(notes, list(addenda), reader=actor, purpose=_PURPOSE)
    return {
        **_plain_document(client, now=now),
        "notes": [_note(note) for note in opened],
        "screenings": _screenings(client, actor),
        "entries": _entries(client, actor),
    }


def _plain_document(client: Client, *, now: datetime) -> dict[str, Any]:
    """All of a record that is not clinical."""
    return {
        "made_at": now.isoformat(),
        "client": {"id": client.pk, **_columns(client, leaving_out=_NOT_EXPORTED)},
        "contact_preferences": [
            {"purpose": p.purpose, "channel": p.channel, "is_allowed": p.is_allowed} for p in preferences_of(client)
        ],
        "consents": [
            _columns(row, leaving_out={"client", "recorded_by"}) for row in client.consents.order_by("recorded_at")
        ],
        **{name: section(client) for name, section in hooks.export_sections.items()},
    }


def _note(opened: OpenedNote) -> dict[str, Any]:
    note = opened.row
    return {
        "id": str(note.pk),
        "session_on": note.session_on.isoformat(),
        "appointment_reference": note.appointment_reference,
        "state": note.state,
        "author": str(note.author),
        "created_at": note.created_at.isoformat(),
        "signed_at": note.signed_at.isoformat() if note.signed_at else None,
        "matches_signature": is_intact(opened),
        "subjective": opened.content.subjective,
        "objective": opened.content.objective,
        "assessment": opened.content.assessment,
        "plan": opened.content.plan,
        "addenda": [
            {"author": str(a.row.author), "created_at": a.row.created_at.isoformat(), "text": a.text}
            for a in opened.addenda
        ],
    }


def _screenings(client: Client, actor: User) -> list[dict[str, Any]]:
    rows: list[Screening] = list(client.screenings.select_related("client").order_by("created_at"))
    texts = doors.read_all([sealed_screening(row) for row in rows], reader=actor, purpose=_PURPOSE)
    return [
        {
            "created_at": row.created_at.isoformat(),
            "source": row.source,
            "appointment_reference": row.appointment_reference,
            "level": row.level,
            "answers": json.loads(text),
        }
        for row, text in zip(rows, texts, strict=True)
    ]


def _entries(client: Client, actor: User) -> list[dict[str, Any]]:
    rows = list(entries_of([client]).order_by("recorded_on", "created_at", "pk"))
    return [_entry(entry) for entry in open_entries(rows, reader=actor, purpose=_PURPOSE)]


def _entry(opened: OpenedEntry) -> dict[str, Any]:
    return {
        **_columns(opened.row, leaving_out={"client", "author", "sealed_content", "written_for", "series", "digest"}),
        "author": str(opened.row.author),
        "replaced_by": str(opened.replaced_by) if opened.replaced_by else None,
        "matches_signature": is_as_written(opened),
        "content": opened.content,
    }


def _columns(row: Model, *, leaving_out: Iterable[str]) -> dict[str, Any]:
    """The plain columns of a row, JSON-ready. A column added later is exported without anyone remembering to."""
    left_out = frozenset(leaving_out)
    return {
        field.name: _json_ready(field.value_from_object(row))
        for field in row._meta.concrete_fields
        if field.name not in left_out
    }


def _json_ready(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | str | list | dict):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _record_export(client: Client, *, actor: User, now: datetime) -> None:
    audit.record(Action.EXPORT, subject_type="client", subject_id=client.pk, actor=actor, client_id=client.pk, now=now)
