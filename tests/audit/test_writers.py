"""Many writers at once: no gap, no fork, nobody lost, whatever fails in between."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction

from clinic.audit import services
from clinic.audit.chain import broken_links
from clinic.audit.models import Action, AuditEvent, ChainHead
from clinic.audit.services import record
from tests.together import all_at_once

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS = 8
EVENTS_EACH = 15


def _write(writer: int) -> int:
    """Every fifth event belongs to a transaction that fails; how many did not."""
    written = 0
    for index in range(EVENTS_EACH):
        with transaction.atomic():
            record(Action.READ, subject_type=f"writer{writer}", subject_id=index, actor=None)
            transaction.set_rollback(index % 5 == 4)
        written += index % 5 != 4
    return written


def _writer(number: int) -> Callable[[], int]:
    return lambda: _write(number)


def test_eight_writers_at_once_leave_one_chain_without_gaps() -> None:
    written = all_at_once(*[_writer(number) for number in range(WRITERS)])

    assert written == [12] * WRITERS
    assert list(AuditEvent.objects.order_by("sequence").values_list("sequence", flat=True)) == list(range(1, 97))
    assert list(broken_links()) == []


def test_eight_writers_who_look_at_the_end_before_their_transaction_collide(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutant: the head must be read where it is locked, inside the transaction."""
    record(Action.READ, subject_type="first", subject_id=1, actor=None)
    own = threading.local()
    monkeypatch.setattr(services, "_locked_head", lambda: own.head)
    looked = threading.Barrier(WRITERS)

    def write() -> None:
        own.head = ChainHead.objects.get(pk=1)
        looked.wait(30)
        record(Action.READ, subject_type="second", subject_id=1, actor=None)

    results = all_at_once(*[write] * WRITERS)

    assert sum(isinstance(result, IntegrityError) for result in results) == WRITERS - 1
