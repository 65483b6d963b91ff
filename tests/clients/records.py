"""Clinical records for tests."""

from __future__ import annotations

from datetime import UTC, date, datetime

from clients.models import Client, TreatmentNote
from clients.services.notes import NoteContent, add_addendum, draft_note, sign_note
from clients.services.screening import store_screening
from clinic.accounts.models import User
from tests.factories import make_user

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 2)
# Found anywhere outside the vault, they show that something leaked.
WORDS = "canary-subjective-5d1e"
ADDED = "canary-addendum-90ab"
ANSWER = "canary-answer-c3f7"
CANARIES = (WORDS, ADDED, ANSWER)
CONTENT = NoteContent(subjective=WORDS, objective="knee to wall 9 cm", assessment="tight calf", plan="calf raises")


def make_draft(client: Client, *, author: User | None = None, content: NoteContent = CONTENT) -> TreatmentNote:
    return draft_note(client, author=author or make_user(), content=content, today=TODAY)


def make_signed(client: Client, *, author: User | None = None, content: NoteContent = CONTENT) -> TreatmentNote:
    note = make_draft(client, author=author, content=content)
    return sign_note(note.pk, author=note.author, version=1, now=NOW)


def full_record(client: Client, *, author: User | None = None) -> TreatmentNote:
    """A signed note with an addendum, and two screenings; the note."""
    note = make_signed(client, author=author)
    add_addendum(note.pk, author=note.author, text=ADDED, now=NOW)
    store_screening(answers={"safety": [ANSWER]}, level="review", source="booking", client=client, now=NOW)
    store_screening(answers={"safety": [ANSWER]}, level="gp", source="guide", client=None, now=NOW)
    return note
