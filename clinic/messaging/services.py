"""Writing to the outbox, inside the transaction that gives cause for a message."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils import timezone

from clinic.errors import DomainError, ErrorCode, NotFound
from clinic.messaging.models import Channel, Message, MessageStatus
from clinic.messaging.nudge import wake_sweep
from clinic.transactions import owns_transaction, transaction_required

_LONGEST_REASON: Final = 200


class NotFailed(DomainError):
    """Only what failed is sent again. Data: `status`."""

    code = ErrorCode.INVALID_TRANSITION
    default_message = "Only a message that failed can be sent again."


@transaction_required
def enqueue(
    *,
    topic: str,
    topic_id: object,
    topic_version: int,
    kind: str,
    due_at: datetime,
    now: datetime,
    client_id: int | None = None,
    channel: Channel = Channel.EMAIL,
) -> None:
    """Put one message into the outbox; saying the same of the same version twice does nothing.

    What is due at `now` wakes the sweep as soon as the transaction commits.
    """
    message = Message(
        topic=topic,
        topic_id=str(topic_id),
        topic_version=topic_version,
        kind=kind,
        channel=channel,
        client_id=client_id,
        due_at=due_at,
    )
    Message.objects.bulk_create([message], ignore_conflicts=True)
    if due_at <= now:
        _wake_after_commit()


@transaction_required
def cancel_pending(topic: str, topic_id: object, *, reason: str, before_version: int | None = None) -> int:
    """Take back what is still waiting about this topic; how many.

    `before_version` spares messages of that version and later. A message that is on its way out at
    this very moment keeps its lease, so that the log in the end says what became of it.
    """
    waiting = Message.objects.filter(topic=topic, topic_id=str(topic_id), status=MessageStatus.PENDING)
    if before_version is not None:
        waiting = waiting.filter(topic_version__lt=before_version)
    return waiting.update(status=MessageStatus.SKIPPED, reason=reason[:_LONGEST_REASON], settled_at=timezone.now())


@owns_transaction()
def send_again(message: Message, *, now: datetime) -> Message:
    """Give a failed message a new start. Raises NotFailed, or NotFound when it is gone."""
    row = Message.objects.select_for_update().filter(pk=message.pk).first()
    if row is None:
        raise NotFound
    if row.status != MessageStatus.FAILED:
        raise NotFailed(status=row.status)
    row.status, row.reason, row.due_at = MessageStatus.PENDING, "", now
    row.attempts = row.unclear_attempts = 0
    row.lease_token = row.leased_until = row.settled_at = None
    row.save()
    _wake_after_commit()
    return row


def _wake_after_commit() -> None:
    """Once for each transaction: twenty appointments cancelled together need one sweep."""
    callbacks = transaction.get_connection().run_on_commit
    if not any(function is wake_sweep for _, function, _ in callbacks):
        transaction.on_commit(wake_sweep, robust=True)
