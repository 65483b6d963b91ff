"""Who holds a message, and what became of it: the only writers of the outbox after `enqueue`.

See Note [Lease, fence, record] in `clinic.messaging.sweep`.
"""

from __future__ import annotations

import random
import uuid
from datetime import datetime, timedelta
from typing import Final

from django.db import connection
from django.db.models import F, Q, QuerySet

from clinic.messaging.mailer import Failure, Refused, Unclear
from clinic.messaging.models import Message, MessageStatus
from clinic.transactions import owns_transaction

MAX_ATTEMPTS: Final = 20
MAX_UNCLEAR_ATTEMPTS: Final = 4  # so at most three copies too many
GIVE_UP_AFTER: Final = timedelta(days=1)
_FIRST_PAUSE: Final = timedelta(minutes=1)
_FIRST_PAUSE_AFTER_UNCLEAR: Final = timedelta(minutes=10)
_LONGEST_PAUSE: Final = timedelta(hours=2)
_LONGEST_REASON: Final = 200


@owns_transaction()
def claim(now: datetime, *, limit: int, lease: timedelta) -> list[Message]:
    """Take due messages that nobody holds, under a fresh lease token, oldest first."""
    due = Message.objects.filter(
        Q(leased_until=None) | Q(leased_until__lte=now), status=MessageStatus.PENDING, due_at__lte=now
    ).order_by("due_at", "id")
    skip_locked = connection.features.has_select_for_update_skip_locked  # SQLite has one writer at a time anyway
    batch = list(due.select_for_update(skip_locked=skip_locked)[:limit])
    token = uuid.uuid4()
    for message in batch:
        message.lease_token, message.leased_until = token, now + lease
    taken = Message.objects.filter(pk__in=[message.pk for message in batch])
    taken.update(lease_token=token, leased_until=now + lease)
    return batch


@owns_transaction()
def renew(message: Message, *, recipient: str, now: datetime, lease: timedelta) -> bool:
    """Begin an attempt; whether the message is still ours, in time and wanted.

    The attempt counts as unclear until one of the records below says how it ended.
    """
    ours = _held(message).filter(status=MessageStatus.PENDING, leased_until__gt=now)
    changed = ours.update(
        leased_until=now + lease,
        attempts=F("attempts") + 1,
        unclear_attempts=F("unclear_attempts") + 1,
        recipient=recipient,
    )
    return bool(changed)


@owns_transaction()
def record_sent(message: Message, *, now: datetime) -> bool:
    """Whether the record was still ours to write. It stands above a cancelling that came meanwhile."""
    changed = _held(message).update(
        status=MessageStatus.SENT,
        reason="",
        settled_at=now,
        unclear_attempts=F("unclear_attempts") - 1,
        lease_token=None,
        leased_until=None,
    )
    return bool(changed)


@owns_transaction()
def record_skipped(message: Message, *, reason: str, now: datetime) -> None:
    """Nothing is to be sent any more."""
    _settle(message, MessageStatus.SKIPPED, reason=reason, now=now)


@owns_transaction()
def record_failure(message: Message, failure: Failure, *, now: datetime, was_begun: bool) -> bool:
    """Pause, or give up: whether the message has now failed for good.

    `was_begun`: `renew` has counted the attempt, and only an unclear end leaves it unclear.
    """
    if not was_begun:
        _held(message).update(attempts=F("attempts") + 1)
    elif not isinstance(failure, Unclear):
        _held(message).update(unclear_attempts=F("unclear_attempts") - 1)
    row = _held(message).filter(status=MessageStatus.PENDING).first()
    if row is None:
        return False
    if _is_hopeless(row, failure, now=now):
        _settle(row, MessageStatus.FAILED, reason=failure.reason, now=now)
        return True
    row.lease_token, row.leased_until = None, now + pause_after(row.attempts, failure)
    row.reason = failure.reason[:_LONGEST_REASON]
    row.save(update_fields=("lease_token", "leased_until", "reason"))
    return False


@owns_transaction()
def take_back_attempt(message: Message) -> None:
    """The attempt never was one: the server takes nothing from anybody."""
    _held(message).update(attempts=F("attempts") - 1, unclear_attempts=F("unclear_attempts") - 1)


@owns_transaction()
def release(messages: list[Message]) -> None:
    """Give messages of one batch back for the next sweep."""
    for_token = {message.lease_token for message in messages}
    Message.objects.filter(pk__in=[message.pk for message in messages], lease_token__in=for_token).update(
        lease_token=None, leased_until=None
    )


def pause_after(attempts: int, failure: Failure) -> timedelta:
    """Doubling from the first, at most two hours, a quarter more or less so that they do not come in step."""
    first = _FIRST_PAUSE_AFTER_UNCLEAR if isinstance(failure, Unclear) else _FIRST_PAUSE
    pause = min(first * 2 ** min(max(attempts, 1) - 1, 10), _LONGEST_PAUSE)
    return timedelta(seconds=pause.total_seconds() * random.uniform(0.75, 1.25))  # noqa: S311  # spreads retries, guards nothing


def _is_hopeless(row: Message, failure: Failure, *, now: datetime) -> bool:
    return (
        isinstance(failure, Refused)
        or row.attempts >= MAX_ATTEMPTS
        or row.unclear_attempts >= MAX_UNCLEAR_ATTEMPTS
        or now >= row.due_at + GIVE_UP_AFTER
    )


def _settle(message: Message, status: MessageStatus, *, reason: str, now: datetime) -> None:
    _held(message).filter(status=MessageStatus.PENDING).update(
        status=status, reason=reason[:_LONGEST_REASON], settled_at=now, lease_token=None, leased_until=None
    )


def _held(message: Message) -> QuerySet[Message]:
    """The row, as long as it is under the token that this process took: the fence."""
    return Message.objects.filter(pk=message.pk, lease_token=message.lease_token)
