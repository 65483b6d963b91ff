"""Where each sealed text of the clinical record lives. A new kind of record adds its place here."""

from __future__ import annotations

from uuid import UUID

from clients.models import Addendum, Client, RecordEntry, Screening, TreatmentNote
from clinic.vault.columns import SealedColumn
from clinic.vault.doors import Place, SealedValue


def place_of_note(note_id: UUID, client: Client) -> Place:
    return Place(TreatmentNote._meta.db_table, note_id, "sealed_content", client.public_id)


def place_of_addendum(addendum_id: UUID, client: Client) -> Place:
    return Place(Addendum._meta.db_table, addendum_id, "sealed_text", client.public_id)


def place_of_screening(screening_id: UUID, client: Client | None) -> Place:
    return Place(Screening._meta.db_table, screening_id, "sealed_answers", client.public_id if client else None)


def place_of_entry(entry_id: UUID, client: Client) -> Place:
    return Place(RecordEntry._meta.db_table, entry_id, "sealed_content", client.public_id)


def sealed_note(note: TreatmentNote) -> SealedValue:
    return SealedValue(note.sealed_content, place_of_note(note.pk, note.client), note.client_id)


def sealed_addendum(addendum: Addendum) -> SealedValue:
    client = addendum.note.client
    return SealedValue(addendum.sealed_text, place_of_addendum(addendum.pk, client), client.pk)


def sealed_screening(screening: Screening) -> SealedValue:
    return SealedValue(
        screening.sealed_answers, place_of_screening(screening.pk, screening.client), screening.client_id
    )


def sealed_entry(entry: RecordEntry) -> SealedValue:
    return SealedValue(entry.sealed_content, place_of_entry(entry.pk, entry.client), entry.client_id)


COLUMNS = (
    SealedColumn(TreatmentNote, "sealed_content", lambda row: str(sealed_note(row).place), related=("client",)),
    SealedColumn(Addendum, "sealed_text", lambda row: str(sealed_addendum(row).place), related=("note__client",)),
    SealedColumn(Screening, "sealed_answers", lambda row: str(sealed_screening(row).place), related=("client",)),
    SealedColumn(RecordEntry, "sealed_content", lambda row: str(sealed_entry(row).place), related=("client",)),
)
