"""Writing the audit trail.

# Note [The head is locked last]
Every event takes the one row that holds the end of the chain, and keeps it until its transaction
ends: that is what makes the numbers gapless. So whoever also locks other rows locks those first and
records the event after. The other way round, two writers can wait for each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from clinic.accounts.models import User
from clinic.audit.chain import hash_of
from clinic.audit.models import AuditEvent, ChainHead
from clinic.transactions import owns_transaction

SYSTEM_LABEL: Final = "system"
_LONGEST_LABEL: Final = 200


@dataclass(frozen=True, slots=True)
class NewEvent:
    """What happened to which subject. `detail` must be JSON and never clinical content."""

    action: str
    subject_type: str
    subject_id: object
    client_id: int | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


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

    `actor` None means the system itself, or whom `actor_label` names. See Note [The head is locked last].
    """
    event = NewEvent(action, subject_type, subject_id, client_id, detail or {})
    return record_all([event], actor=actor, actor_label=actor_label, now=now)[0]


@owns_transaction()
def record_all(
    events: Sequence[NewEvent], *, actor: User | None, actor_label: str = "", now: datetime | None = None
) -> list[AuditEvent]:
    """Append several events of one actor in their order, as `record` does with one; all or none."""
    if not events:
        return []
    head = _locked_head()
    occurred_at = now or datetime.now(UTC)
    label = f"{actor} ({actor.role})" if actor else actor_label or SYSTEM_LABEL
    links = []
    for new in events:
        link = AuditEvent(
            sequence=head.sequence + 1,
            occurred_at=occurred_at,
            actor=actor,
            actor_label=label[:_LONGEST_LABEL],
            action=new.action,
            subject_type=new.subject_type,
            subject_id=str(new.subject_id),
            client_id=new.client_id,
            detail=dict(new.detail),
            previous_hash=head.hash,
        )
        link.hash = hash_of(link)
        head.sequence, head.hash = link.sequence, link.hash
        links.append(link)
    AuditEvent.objects.bulk_create(links)
    head.save(update_fields=("sequence", "hash"))
    return links


def _locked_head() -> ChainHead:
    heads = ChainHead.objects.select_for_update()
    head = heads.filter(pk=1).first()
    if head is None:  # the very first event; of several first ones only one makes the row
        ChainHead.objects.get_or_create(pk=1)
        head = heads.get(pk=1)
    return head
