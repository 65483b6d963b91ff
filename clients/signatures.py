"""The digests of signed notes, of addenda and of entries of the record.

# Note [What a signature holds]
Signing stores a digest, keyed with AUDIT_KEY, over the words, the author, the client, the session
and the time. It is worked out again at every reading. Whoever holds the vault's keys but not this
one cannot change a signed note unseen, nor can whoever writes to the database but holds neither.
The columns in clear are also frozen by the database itself. New vault keys and merged records seal
the words anew; the digest speaks of the client as they were called then (`signed_for`) and stays.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID

from django.conf import settings

from clients.models import Addendum, RecordEntry, TreatmentNote


def note_digest(note: TreatmentNote, content: str) -> str:
    """Over a note that has its author, `signed_at` and `signed_for`, and its words as JSON."""
    return _keyed_digest(
        "treatment note",
        note.pk,
        note.signed_for,
        note.author_id,
        note.appointment_reference,
        note.session_on,
        _utc(note.signed_at),
        content,
    )


def addendum_digest(addendum: Addendum, text: str) -> str:
    return _keyed_digest("addendum", addendum.pk, addendum.note_id, addendum.author_id, _utc(addendum.created_at), text)


def entry_digest(entry: RecordEntry, content: str) -> str:
    """Over an entry that has all its columns but the digest, and what it says as JSON."""
    return _keyed_digest(
        "record entry",
        entry.pk,
        entry.written_for,
        entry.kind,
        entry.recorded_on,
        entry.author_id,
        entry.appointment_reference,
        entry.replaces_id,
        entry.series,
        _utc(entry.created_at),
        content,
    )


def series_digest(written_for: UUID, series: Iterable[str]) -> str:
    """Tells measurements of one thing in one client from others, and says of neither which it is."""
    return _keyed_digest("measurement series", written_for, *series)


def _utc(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat() if at else ""


def _keyed_digest(*parts: object) -> str:
    text = json.dumps([str(part) for part in parts], ensure_ascii=False, separators=(",", ":"))
    return hmac.new(settings.AUDIT_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()
