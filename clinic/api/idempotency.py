"""A request that arrives twice is carried out once, and answered alike both times.

# Note [The key is taken inside the transaction]
The record is inserted in the same transaction as the work. A twin that arrives meanwhile waits at
the unique key until the first commits, then reads its answer; if the first fails, nothing of it
stays and the twin does the work. Refusals are not kept: a repeat after one tries again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils import timezone

from clinic.api.models import IdempotencyRecord
from clinic.errors import DomainError, ErrorCode, InvalidInput
from clinic.vault.doors import keyring

MAX_KEY_LENGTH: Final = 255
KEPT_FOR: Final = timedelta(days=7)


class KeyReused(DomainError):
    code = ErrorCode.IDEMPOTENCY_KEY_REUSED
    default_message = "This Idempotency-Key was used before with a different request."


class KeyRequired(DomainError):
    code = ErrorCode.IDEMPOTENCY_KEY_REQUIRED
    default_message = "Send an Idempotency-Key header: any text of your own, new for each booking, such as a UUID."


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: dict[str, Any]


def fingerprint_of(body: Any) -> str:
    """SHA-256 of the canonical form of a JSON body: key order and white space do not count."""
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()


def check_key(key: str | None) -> str:
    """The key as sent. Raises KeyRequired, or InvalidInput where it is too long or not printable."""
    if not key:
        raise KeyRequired
    if len(key) > MAX_KEY_LENGTH or not key.isprintable():
        raise InvalidInput.field(
            "Idempotency-Key", f"At most {MAX_KEY_LENGTH} printable characters.", code="invalid_key"
        )
    return key


def find_answer(*, scope: str, key: str, fingerprint: str) -> Answer | None:
    """What was answered before under this key, or None. Raises KeyReused for another body."""
    record = IdempotencyRecord.objects.filter(scope=scope, key=key).first()
    return _answer_of(record, fingerprint) if record else None


def answer_once(*, scope: str, key: str, fingerprint: str, work: Callable[[], Answer]) -> Answer:
    """Do `work` once for this key, inside the caller's transaction.

    `scope` says who asks and what for: keys of different callers never meet. Raises KeyReused.
    See Note [The key is taken inside the transaction].
    """
    try:
        with transaction.atomic():
            record = IdempotencyRecord.objects.create(scope=scope, key=key, fingerprint=fingerprint)
    except IntegrityError:
        return _answer_of(IdempotencyRecord.objects.get(scope=scope, key=key), fingerprint)
    answer = work()
    record.status = answer.status
    record.sealed_answer = keyring().seal(json.dumps(answer.body), identity=identity_of(record))
    record.save(update_fields=("status", "sealed_answer"))
    return answer


def forget_old_keys(*, now: datetime | None = None) -> int:
    """Remove records past their time; how many."""
    deleted, _ = IdempotencyRecord.objects.filter(created_at__lt=(now or timezone.now()) - KEPT_FOR).delete()
    return deleted


def _answer_of(record: IdempotencyRecord, fingerprint: str) -> Answer:
    if record.fingerprint != fingerprint or record.status is None:
        raise KeyReused
    return Answer(record.status, json.loads(keyring().open(record.sealed_answer, identity=identity_of(record))))


def identity_of(record: IdempotencyRecord) -> str:
    """What its sealed answer is bound to."""
    return f"api_idempotencyrecord/{record.pk}/{record.scope}/{record.key}"
