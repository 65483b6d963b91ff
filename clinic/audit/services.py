"""Writing the audit trail, and proving that it is whole."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from clinic.accounts.models import User
from clinic.audit.models import AuditEvent, ChainHead
from clinic.transactions import owns_transaction

SYSTEM_LABEL = "system"


@owns_transaction()
def record(
    action: str,
    *,
    subject_type: str,
    subject_id: object,
    actor: User | None,
    actor_label: str = "",
    client_id: int | None = None,
    detail: dict[str, Any] | None = None,
    now: datetime | None = None,
) -> AuditEvent:
    """Append one event, inside the caller's transaction where there is one.

    `actor` None means the system itself. `detail` must be JSON and never clinical content.
    """
    ChainHead.objects.get_or_create(pk=1)
    head = ChainHead.objects.select_for_update().get(pk=1)
    event = AuditEvent(
        sequence=head.sequence + 1,
        occurred_at=now or datetime.now(UTC),
        actor=actor,
        actor_label=f"{actor} ({actor.role})" if actor else actor_label or SYSTEM_LABEL,
        action=action,
        subject_type=subject_type,
        subject_id=str(subject_id),
        client_id=client_id,
        detail=detail or {},
        previous_hash=head.hash,
    )
    event.hash = _hash(event)
    event.save(force_insert=True)
    ChainHead.objects.filter(pk=1).update(sequence=event.sequence, hash=event.hash)
    return event


def broken_links() -> Iterator[str]:
    """Every place where the chain does not hold, in words; nothing when it is whole."""
    expected_sequence, previous_hash = 1, "0" * 64
    for event in AuditEvent.objects.order_by("sequence").iterator(chunk_size=2000):
        if event.sequence != expected_sequence:
            yield f"Events {expected_sequence} to {event.sequence - 1} are missing."
        if event.previous_hash != previous_hash:
            yield f"Event {event.sequence} does not follow the one before it."
        if not hmac.compare_digest(event.hash, _hash(event)):
            yield f"Event {event.sequence} was changed."
        expected_sequence, previous_hash = event.sequence + 1, event.hash
    head = ChainHead.objects.filter(pk=1).first()
    if head and (head.sequence, head.hash) != (expected_sequence - 1, previous_hash):
        yield f"The chain should end at event {head.sequence}, but ends at {expected_sequence - 1}."


def _hash(event: AuditEvent) -> str:
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
