"""Two records that are one person become one, and nothing of either is lost.

The surviving record keeps its values; an empty one is filled from the other. Where both had a
value, both are in the merge record. What hangs on the merged record moves, sealed anew for the
surviving one. The merged row itself stays, as a pointer to the survivor.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from clients import hooks
from clients.errors import CannotMerge
from clients.models import Addendum, Client, ContactPreference, MergeRecord, RecordEntry, Screening, TreatmentNote
from clients.sealing import place_of_addendum, place_of_entry, place_of_note, place_of_screening
from clients.services.confirming import needs_confirming_after_merge
from clinic.accounts.models import User
from clinic.audit import services as audit
from clinic.audit.models import Action
from clinic.errors import NotFound, StaleVersion
from clinic.messaging.models import Message
from clinic.transactions import owns_transaction, transaction_required
from clinic.vault import doors

# Fields that mean something together only: one person's name must not get another one's number.
_GROUPS: Final = (
    ("preferred_name",),
    ("date_of_birth",),
    ("email", "email_proved_at"),
    ("phone",),
    ("address",),
    ("emergency_contact_name", "emergency_contact_phone"),
    ("gp_name", "gp_practice"),
    ("guardian_name", "guardian_phone", "guardian_relationship"),
    ("alert_line",),
    ("user_id",),
)
# Kept as they are, and compared.
_NEVER_FILLED: Final = ("first_name", "last_name")


@owns_transaction()
def merge_clients(kept_id: int, *, merged_id: int, version: int, actor: User, now: datetime) -> Client:
    """Merge the record `merged_id` into `kept_id`, of which the caller has read `version`.

    Repeating a merge changes nothing and answers with the surviving record. Raises NotFound,
    CannotMerge, StaleVersion, SealedUnreadable where something of the record cannot be opened.
    """
    kept, merged = _locked_pair(kept_id, merged_id)
    if merged.merged_into_id == kept.pk:
        return kept
    _check_mergeable(kept, merged)
    if kept.version != version:
        raise StaleVersion(version=kept.version)
    event = join_records(kept, merged, actor=actor, now=now)
    audit.record_all([event], actor=actor, now=now)
    return kept


@transaction_required
def join_records(kept: Client, merged: Client, *, actor: User | None, now: datetime) -> audit.NewEvent:
    """As `merge_clients`, for two rows that the caller has locked in the order of their numbers.

    The caller writes the event that comes back, once it needs no more locks.
    """
    _check_mergeable(kept, merged)
    needs_confirming = needs_confirming_after_merge(kept, merged, actor=actor)
    taken_over, differences = _join_values(kept, merged)
    kept.email_needs_confirming = needs_confirming
    moved = _move_everything(kept, merged)
    kept.version += 1
    kept.save()
    merged.merged_into, merged.merged_at, merged.user = kept, now, None
    merged.version += 1
    merged.save()
    MergeRecord.objects.create(
        kept=kept,
        merged=merged,
        merged_at=now,
        actor=actor,
        differences=differences,
        taken_over=taken_over,
        moved=moved,
    )
    return audit.NewEvent(Action.MERGE, "client", kept.pk, kept.pk, {"merged": merged.pk, "moved": moved})


def _locked_pair(kept_id: int, merged_id: int) -> tuple[Client, Client]:
    rows = {
        row.pk: row for row in Client.objects.select_for_update().filter(pk__in=[kept_id, merged_id]).order_by("pk")
    }
    if kept_id not in rows or merged_id not in rows:
        raise NotFound
    return rows[kept_id], rows[merged_id]


def _check_mergeable(kept: Client, merged: Client) -> None:
    if kept.pk == merged.pk:
        raise CannotMerge("A record cannot be merged into itself.", reason="itself")
    for row in (kept, merged):
        if row.merged_into_id is not None:
            message = "One of the two records was merged before."
            raise CannotMerge(message, reason="already_merged", merged_into=row.merged_into_id)


def _join_values(kept: Client, merged: Client) -> tuple[list[str], dict[str, Any]]:
    """Fill what is empty in `kept`; which fields were filled, and which had another value in each."""
    taken_over: list[str] = []
    differences: dict[str, Any] = {}
    for group in _GROUPS:
        if _can_fill(kept, merged, group):
            for name in group:
                if _value(kept, name) != _value(merged, name):
                    setattr(kept, name, getattr(merged, name))
                    taken_over.append(name)
        else:
            differences |= _differing(kept, merged, group)
    differences |= _differing(kept, merged, _NEVER_FILLED)
    differences |= _differing(kept, merged, ("legal_hold_reason",))
    if merged.is_on_legal_hold and not kept.is_on_legal_hold:
        kept.is_on_legal_hold, kept.legal_hold_reason = True, merged.legal_hold_reason
        taken_over.append("is_on_legal_hold")
    kept.last_treated_on = max(filter(None, (kept.last_treated_on, merged.last_treated_on)), default=None)
    return taken_over, differences


def _can_fill(kept: Client, merged: Client, group: tuple[str, ...]) -> bool:
    """Whether `merged` says at least what `kept` says, with nothing that contradicts it, and more."""
    pairs = [(_value(kept, name), _value(merged, name)) for name in group]
    return all(mine in {"", theirs} for mine, theirs in pairs)


def _differing(kept: Client, merged: Client, names: tuple[str, ...]) -> dict[str, Any]:
    pairs = {name: {"kept": _value(kept, name), "merged": _value(merged, name)} for name in names}
    return {name: pair for name, pair in pairs.items() if pair["merged"] and pair["kept"] != pair["merged"]}


def _value(client: Client, name: str) -> str:
    value = getattr(client, name)
    return "" if value is None else str(value)


def _move_everything(kept: Client, merged: Client) -> dict[str, int]:
    moved = {
        "notes": _move_notes(kept, merged),
        "screenings": _move_screenings(kept, merged),
        "entries": _move_entries(kept, merged),
        "contact_preferences": _join_preferences(kept, merged),
        "consents": merged.consents.update(client=kept),
        "messages": Message.objects.filter(client_id=merged.pk).update(client_id=kept.pk),
        "earlier_merges": merged.merged_records.update(merged_into=kept),
    }
    kept.care_team.add(*merged.care_team.all())
    for move in hooks.on_merge:
        move(kept, merged)
    return moved


def _move_notes(kept: Client, merged: Client) -> int:
    """Notes with their addenda, locked, sealed for their new client."""
    notes = list(TreatmentNote.objects.select_for_update().filter(client=merged).order_by("pk"))
    addenda = list(Addendum.objects.select_for_update().filter(note__client=merged).order_by("pk"))
    for addendum in addenda:
        addendum.sealed_text = doors.reseal(
            addendum.sealed_text,
            place=place_of_addendum(addendum.pk, merged),
            new_place=place_of_addendum(addendum.pk, kept),
        )
    for note in notes:
        note.client = kept
        note.sealed_content = doors.reseal(
            note.sealed_content, place=place_of_note(note.pk, merged), new_place=place_of_note(note.pk, kept)
        )
    Addendum.objects.bulk_update(addenda, ["sealed_text"], batch_size=200)
    TreatmentNote.objects.bulk_update(notes, ["client", "sealed_content"], batch_size=200)
    return len(notes)


def _move_screenings(kept: Client, merged: Client) -> int:
    screenings = list(Screening.objects.select_for_update().filter(client=merged).order_by("pk"))
    for screening in screenings:
        screening.client = kept
        screening.sealed_answers = doors.reseal(
            screening.sealed_answers,
            place=place_of_screening(screening.pk, merged),
            new_place=place_of_screening(screening.pk, kept),
        )
    Screening.objects.bulk_update(screenings, ["client", "sealed_answers"], batch_size=200)
    return len(screenings)


def _move_entries(kept: Client, merged: Client) -> int:
    entries = list(RecordEntry.objects.select_for_update().filter(client=merged).order_by("pk"))
    for entry in entries:
        entry.client = kept
        entry.sealed_content = doors.reseal(
            entry.sealed_content, place=place_of_entry(entry.pk, merged), new_place=place_of_entry(entry.pk, kept)
        )
    RecordEntry.objects.bulk_update(entries, ["client", "sealed_content"], batch_size=200)
    return len(entries)


def _join_preferences(kept: Client, merged: Client) -> int:
    """Whoever said no in either record is taken at their word."""
    mine = {(row.purpose, row.channel): row for row in kept.contact_preferences.all()}
    theirs = list(merged.contact_preferences.all())
    for row in theirs:
        own = mine.get((row.purpose, row.channel))
        if own is None:
            ContactPreference.objects.create(
                client=kept, purpose=row.purpose, channel=row.channel, is_allowed=row.is_allowed
            )
        elif own.is_allowed and not row.is_allowed:
            own.is_allowed = False
            own.save(update_fields=("is_allowed", "updated_at"))
    return len(theirs)
