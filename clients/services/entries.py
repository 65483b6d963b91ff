"""Entries of the record: written once, then only replaced by a later one.

# Note [Why entries are not edited]
What was measured or told on a day stays what was measured or told. Whoever got it wrong writes it
again; the new entry names the one it replaces, and both stay to be read.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID, uuid4

from clients.errors import EntryReplaced
from clients.models import Client, RecordEntry
from clients.record_kinds import read_content
from clients.record_kinds.measurements import series_of
from clients.sealing import place_of_entry, sealed_entry
from clients.services.locking import locked_client
from clients.services.session_dates import session_date
from clients.signatures import entry_digest, series_digest
from clinic.accounts.models import User
from clinic.audit import services as audit
from clinic.audit.models import Action
from clinic.errors import InvalidInput, NotAllowed
from clinic.transactions import owns_transaction
from clinic.vault import doors
from clinic.vault.doors import SealedUnreadable

Kind = RecordEntry.Kind
# As the vault names it when it is read: one name for one thing in the audit trail.
_SUBJECT: Final = RecordEntry._meta.db_table
# SQLite tells of the column and not of the constraint.
_REPLACED_BEFORE: Final = ("entry_replaced_once", "UNIQUE constraint failed: clients_recordentry.replaces_id")


@dataclass(frozen=True, slots=True)
class OpenedEntry:
    row: RecordEntry
    content: dict[str, Any]

    @property
    def replaced_by(self) -> UUID | None:
        """For rows that come from `entries_of`."""
        found: UUID | None = getattr(self.row, "replaced_by", None)
        return found


@owns_transaction(violations=dict.fromkeys(_REPLACED_BEFORE, EntryReplaced))
def record_entry(
    client: Client,
    *,
    kind: Kind,
    content: object,
    author: User,
    recorded_on: date | None = None,
    appointment_reference: str = "",
    replaces: UUID | None = None,
    today: date,
    now: datetime,
) -> RecordEntry:
    """Write an entry, by clinical staff, or an intake form by whoever signs in for the record.

    `content` is any JSON value. `recorded_on` and `today` are local dates of the clinic; without a
    date it is the appointment's, today while that is still to come, or that of the entry it replaces,
    or today. Raises InvalidInput naming the fields, NotAllowed, NotFound, EntryReplaced.
    """
    kept = read_content(kind, content)
    holder = locked_client(client.pk)
    _check_author(author, holder, kind)
    replaced = _replaceable(holder, kind, replaces, author) if replaces else None
    if replaced and not appointment_reference:
        recorded_on = recorded_on or replaced.recorded_on
    on = session_date(
        holder,
        field="recorded_on",
        given=recorded_on,
        reference=appointment_reference,
        today=today,
        may_prepare=recorded_on is None,  # as an intake form is filled in before the session
    )
    entry = RecordEntry(
        pk=uuid4(),
        client=holder,
        kind=kind,
        recorded_on=min(on, today),
        author=author,
        appointment_reference=appointment_reference,
        replaces=replaced,
        written_for=holder.public_id,
        created_at=now,
    )
    _seal(entry, kept)
    entry.save(force_insert=True)
    detail = {"kind": kind.value} | ({"replaces": str(replaced.pk)} if replaced else {})
    audit.record(
        Action.CREATE,
        subject_type=_SUBJECT,
        subject_id=entry.pk,
        actor=author,
        client_id=holder.pk,
        detail=detail,
        now=now,
    )
    return entry


def read_entries(rows: Sequence[RecordEntry], *, reader: User, purpose: str) -> list[OpenedEntry]:
    """The entries opened, after the reading of each is on record. Rows come with their client.

    Who may read them is for the caller to have decided. Raises SealedUnreadable, also where one of
    them is no longer what was written.
    """
    opened = open_entries(rows, reader=reader, purpose=purpose)
    if not all(is_as_written(entry) for entry in opened):
        raise SealedUnreadable("What is stored is not what was written. Tell whoever looks after the records.")
    return opened


def open_entries(rows: Sequence[RecordEntry], *, reader: User, purpose: str) -> list[OpenedEntry]:
    """As `read_entries`, unchecked against their digests: see `is_as_written`."""
    texts = doors.read_all([sealed_entry(row) for row in rows], reader=reader, purpose=purpose)
    return [OpenedEntry(row, json.loads(text)) for row, text in zip(rows, texts, strict=True)]


def is_as_written(opened: OpenedEntry) -> bool:
    """Whether the entry still is what was written. See Note [What a signature holds]."""
    return hmac.compare_digest(opened.row.digest, entry_digest(opened.row, _as_json(opened.content)))


def _seal(entry: RecordEntry, content: dict[str, Any]) -> None:
    text = _as_json(content)
    if entry.kind == Kind.MEASUREMENT:
        entry.series = series_digest(entry.written_for, series_of(content))
    entry.sealed_content = doors.seal(text, place=place_of_entry(entry.pk, entry.client))
    entry.digest = entry_digest(entry, text)


def _check_author(author: User, client: Client, kind: Kind) -> None:
    writes_own_intake = kind == Kind.INTAKE and client.user_id == author.pk
    if not (author.may_read_clinical or writes_own_intake):
        raise NotAllowed("The clinical record is written by therapists.")


def _replaceable(client: Client, kind: Kind, entry_id: UUID, author: User) -> RecordEntry:
    """The entry to be replaced. Clients replace only what they wrote themselves."""
    entries = RecordEntry.objects.filter(client=client, kind=kind)
    if not author.may_read_clinical:
        entries = entries.filter(author=author)
    entry = entries.filter(pk=entry_id).first()
    if entry is None:
        raise InvalidInput.field("replaces", "There is no such entry to replace.", code="unknown_entry")
    later = entry.replacements.first()
    if later is not None:
        raise EntryReplaced(replaced_by=str(later.pk))
    return entry


def _as_json(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, sort_keys=True)
