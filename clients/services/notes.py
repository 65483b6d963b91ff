"""Treatment notes: written as a draft, signed once, then only added to.

What signing means is told in `clients.signatures`, Note [What a signature holds].
"""

from __future__ import annotations

import hmac
import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID, uuid4

from clients.errors import NoteIncomplete, NoteNotSigned, NoteSigned
from clients.models import Addendum, Client, TreatmentNote
from clients.sealing import place_of_addendum, place_of_note, sealed_addendum, sealed_note
from clients.services.locking import locked_client
from clients.services.session_dates import session_date
from clients.signatures import addendum_digest, note_digest
from clinic.accounts.models import User
from clinic.audit import services as audit
from clinic.audit.models import Action
from clinic.errors import InvalidInput, NotAllowed, NotFound, StaleVersion
from clinic.transactions import owns_transaction, transaction_required
from clinic.vault import doors
from clinic.vault.doors import SealedUnreadable

LONGEST_TEXT: Final = 20_000
# As the vault names them when they are read: one name for one thing in the audit trail.
_SUBJECT: Final = TreatmentNote._meta.db_table
_SUBJECT_OF_ADDENDUM: Final = Addendum._meta.db_table


@dataclass(frozen=True, slots=True)
class NoteContent:
    """What a note says."""

    subjective: str = ""
    objective: str = ""
    assessment: str = ""
    plan: str = ""

    def missing(self) -> list[str]:
        return [name for name, text in asdict(self).items() if not text.strip()]

    def as_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)


@dataclass(frozen=True, slots=True)
class OpenedAddendum:
    row: Addendum
    text: str


@dataclass(frozen=True, slots=True)
class OpenedNote:
    row: TreatmentNote
    content: NoteContent
    addenda: tuple[OpenedAddendum, ...]


@owns_transaction()
def draft_note(
    client: Client,
    *,
    author: User,
    content: NoteContent,
    session_on: date | None = None,
    appointment_reference: str = "",
    today: date,
) -> TreatmentNote:
    """Begin a note. `session_on` and `today` are local dates of the clinic.

    With the reference of an appointment its date is the session's, also when it is still to come: a
    therapist prepares. Raises InvalidInput naming the
    field, NotAllowed, NotFound.
    """
    _check_clinical(author)
    _check_lengths(content)
    holder = locked_client(client.pk)
    on = session_date(
        holder,
        field="session_on",
        given=session_on,
        reference=appointment_reference,
        today=today,
        may_prepare=True,
    )
    note_id = uuid4()
    note = TreatmentNote.objects.create(
        pk=note_id,
        client=holder,
        author=author,
        appointment_reference=appointment_reference,
        session_on=on,
        sealed_content=doors.seal(content.as_json(), place=place_of_note(note_id, holder)),
    )
    _record(Action.CREATE, note, actor=author)
    return note


@owns_transaction()
def rewrite_draft(note_id: UUID, *, author: User, content: NoteContent, version: int) -> TreatmentNote:
    """Replace the words of a draft. Its author only. `version` is the one the caller has read.

    Raises NotFound, NotAllowed, NoteSigned, StaleVersion, InvalidInput.
    """
    _check_lengths(content)
    note = _locked_draft(note_id, author=author, version=version)
    note.sealed_content = doors.seal(content.as_json(), place=place_of_note(note.pk, note.client))
    note.version += 1
    note.save(update_fields=("sealed_content", "version", "updated_at"))
    _record(Action.CHANGE, note, actor=author)
    return note


@owns_transaction()
def sign_note(note_id: UUID, *, author: User, version: int, now: datetime) -> TreatmentNote:
    """Sign a draft for good. Its author only. See Note [What a signature holds].

    Raises NotFound, NotAllowed, NoteSigned, StaleVersion, NoteIncomplete, SealedUnreadable.
    """
    note = _locked_draft(note_id, author=author, version=version)
    content = _parsed(doors.read(sealed_note(note), reader=author, purpose="sign"))
    if missing := content.missing():
        raise NoteIncomplete(missing=missing)
    note.state = TreatmentNote.State.SIGNED
    note.signed_at = now
    note.signed_for = note.client.public_id
    note.signed_digest = note_digest(note, content.as_json())
    note.version += 1
    note.save(update_fields=("state", "signed_at", "signed_for", "signed_digest", "version", "updated_at"))
    _record(Action.SIGN, note, actor=author, now=now)
    return note


@owns_transaction()
def add_addendum(note_id: UUID, *, author: User, text: str, now: datetime) -> Addendum:
    """Add to a signed note. Anyone of the clinical staff who may see it, under their own name.

    Raises NotFound, NotAllowed, NoteNotSigned, InvalidInput.
    """
    _check_clinical(author)
    if not text.strip():
        raise InvalidInput.field("text", "An addendum needs some words.", code="blank")
    _check_length("text", text)
    note = _locked_note(note_id)
    if note.state != TreatmentNote.State.SIGNED:
        raise NoteNotSigned
    addendum = Addendum(pk=uuid4(), note=note, author=author, created_at=now)
    addendum.sealed_text = doors.seal(text, place=place_of_addendum(addendum.pk, note.client))
    addendum.digest = addendum_digest(addendum, text)
    addendum.save(force_insert=True)
    audit.record(
        Action.CREATE,
        subject_type=_SUBJECT_OF_ADDENDUM,
        subject_id=addendum.pk,
        actor=author,
        client_id=note.client_id,
        detail={"note": str(note.pk)},
        now=now,
    )
    return addendum


def read_note(note_id: UUID, *, reader: User, purpose: str = "note") -> OpenedNote:
    """The note with its addenda, opened after the reading of each is on record.

    Who may read it is for the caller to have decided. Raises NotFound; SealedUnreadable also where
    a signed text does not match its signature.
    """
    note = TreatmentNote.objects.select_related("client", "author").filter(pk=note_id).first()
    if note is None:
        raise NotFound
    addenda = list(note.addenda.select_related("note__client", "author"))
    opened = open_notes([note], addenda, reader=reader, purpose=purpose)[0]
    if not is_intact(opened):
        raise SealedUnreadable("What is stored does not match what was signed. Tell whoever looks after the records.")
    return opened


def open_notes(notes: list[TreatmentNote], addenda: list[Addendum], *, reader: User, purpose: str) -> list[OpenedNote]:
    """Several notes and all their addenda at once, unchecked against their signatures: see `is_intact`.

    Rows must come with their client, addenda with their note and its client.
    """
    sealed = [*map(sealed_note, notes), *map(sealed_addendum, addenda)]
    texts = doors.read_all(sealed, reader=reader, purpose=purpose)
    opened = [OpenedAddendum(row, text) for row, text in zip(addenda, texts[len(notes) :], strict=True)]
    return [
        OpenedNote(note, _parsed(text), tuple(a for a in opened if a.row.note_id == note.pk))
        for note, text in zip(notes, texts[: len(notes)], strict=True)
    ]


def is_intact(opened: OpenedNote) -> bool:
    """Whether every signed text still is what was signed. See Note [What a signature holds]."""
    if opened.row.state == TreatmentNote.State.SIGNED:
        expected = note_digest(opened.row, opened.content.as_json())
        if not hmac.compare_digest(opened.row.signed_digest, expected):
            return False
    return all(hmac.compare_digest(a.row.digest, addendum_digest(a.row, a.text)) for a in opened.addenda)


def _parsed(text: str) -> NoteContent:
    return NoteContent(**json.loads(text))


@transaction_required
def _locked_note(note_id: UUID) -> TreatmentNote:
    """The note and its client as they are while the lock lasts: a merge moves notes under this lock too."""
    note = TreatmentNote.objects.select_for_update().filter(pk=note_id).first()
    if note is None:
        raise NotFound
    return note


def _locked_draft(note_id: UUID, *, author: User, version: int) -> TreatmentNote:
    note = _locked_note(note_id)
    if note.author_id != author.pk or not author.may_read_clinical:
        raise NotAllowed("Only its author may change or sign a draft.")
    if note.state == TreatmentNote.State.SIGNED:
        raise NoteSigned
    if note.version != version:
        raise StaleVersion(version=note.version)
    return note


def _check_clinical(author: User) -> None:
    if not author.may_read_clinical:
        raise NotAllowed("Notes are written by therapists.")


def _check_lengths(content: NoteContent) -> None:
    for name, text in asdict(content).items():
        _check_length(f"content.{name}", text)


def _check_length(name: str, text: str) -> None:
    if len(text) > LONGEST_TEXT:
        raise InvalidInput.field(name, f"At most {LONGEST_TEXT:,} characters.", code="max_length")


def _record(action: Action, note: TreatmentNote, *, actor: User, now: datetime | None = None) -> None:
    audit.record(
        action,
        subject_type=_SUBJECT,
        subject_id=note.pk,
        actor=actor,
        client_id=note.client_id,
        detail={"version": note.version},
        now=now,
    )
