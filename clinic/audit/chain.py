"""Proving that the audit trail is whole.

The chain itself shows every event that was changed, taken out of the middle, put in or moved: only
the holder of AUDIT_KEY can make a hash that fits. It cannot show that its end was cut off together
with the head that says how long it was. For that there are anchors: the head's number and hash,
kept outside this database (a back-up's log, a mail to the owner, paper).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from typing import Final

from django.conf import settings

from clinic.audit.models import AuditEvent, ChainHead

BEFORE_THE_FIRST: Final = "0" * 64
_ANCHOR_FORM: Final = re.compile(r"([0-9]{1,18}):([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where the chain once ended."""

    sequence: int
    hash: str

    @classmethod
    def parse(cls, text: str) -> Anchor:
        """From "number:hash", as `str` writes it. Raises ValueError."""
        match = _ANCHOR_FORM.fullmatch(text.strip().lower())
        if match is None:
            raise ValueError("An anchor is a number, a colon and 64 hexadecimal digits.")
        return cls(int(match[1]), match[2])

    def __str__(self) -> str:
        return f"{self.sequence}:{self.hash}"


def current_anchor() -> Anchor:
    """Where the chain ends now, by the word of its head."""
    head = ChainHead.objects.filter(pk=1).first()
    return Anchor(head.sequence, head.hash) if head else Anchor(0, BEFORE_THE_FIRST)


def broken_links(*, anchor: Anchor | None = None) -> Iterator[str]:
    """Every place where the chain does not hold, in words; nothing when it is whole.

    `anchor` is a former end kept elsewhere: the chain must still lead through it.
    """
    expected, previous_hash, anchored = 1, BEFORE_THE_FIRST, anchor is None or anchor.sequence == 0
    for event in AuditEvent.objects.order_by("sequence").iterator(chunk_size=2000):
        if event.sequence != expected:
            yield f"Events {expected} to {event.sequence - 1} are missing."
        if event.previous_hash != previous_hash:
            yield f"Event {event.sequence} does not follow the one before it."
        if not hmac.compare_digest(event.hash, hash_of(event)):
            yield f"Event {event.sequence} was changed."
        if anchor and event.sequence == anchor.sequence:
            anchored = True
            if event.hash != anchor.hash:
                yield f"Event {event.sequence} is not the one the anchor speaks of."
        expected, previous_hash = event.sequence + 1, event.hash
    if anchor and not anchored:
        yield f"The chain ends at event {expected - 1}, before the anchor at {anchor.sequence}."
    head = current_anchor()
    if head != Anchor(expected - 1, previous_hash):
        yield f"The chain should end at event {head.sequence}, but ends at {expected - 1}."


def hash_of(event: AuditEvent) -> str:
    """The keyed hash over an event and the hash of its predecessor."""
    content = [
        event.sequence,
        event.occurred_at.astimezone(UTC).isoformat(),
        event.actor_id,
        event.actor_label,
        event.action,
        event.subject_type,
        event.subject_id,
        event.client_id,
        event.detail,
        event.previous_hash,
    ]
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hmac.new(settings.AUDIT_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()
