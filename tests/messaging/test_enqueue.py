"""Putting messages into the outbox and taking them back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.db.transaction import TransactionManagementError
from pytest_django import DjangoCaptureOnCommitCallbacks

from clinic.messaging.models import Message
from clinic.messaging.nudge import wake_sweep
from clinic.messaging.services import NotFailed, cancel_pending, enqueue, send_again
from tests.messaging.outbox import NOW, make_message

pytestmark = pytest.mark.django_db


def say(*, kind: str = "confirmation", version: int = 1, due_in: timedelta = timedelta()) -> None:
    enqueue(topic="test", topic_id=7, topic_version=version, kind=kind, due_at=NOW + due_in, now=NOW, client_id=3)


@transaction.atomic
def say_and_fail() -> None:
    say()
    raise RuntimeError


def test_enqueue_twice_for_one_version_keeps_one_row() -> None:
    say()
    say(due_in=timedelta(hours=1))
    assert list(Message.objects.values_list("topic", "topic_id", "topic_version", "kind", "due_at", "client_id")) == [
        ("test", "7", 1, "confirmation", NOW, 3)
    ]


def test_enqueue_for_the_next_version_is_another_message() -> None:
    say()
    say(version=2)
    assert Message.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_enqueue_outside_a_transaction_is_refused() -> None:
    with pytest.raises(TransactionManagementError):
        say()
    assert Message.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_enqueue_in_a_transaction_that_fails_leaves_nothing() -> None:
    with pytest.raises(RuntimeError):
        say_and_fail()
    assert Message.objects.count() == 0


def test_enqueue_of_what_is_due_wakes_the_sweep_once(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        say()
        say(kind="moved")
    assert callbacks == [wake_sweep]


def test_enqueue_of_what_is_due_later_wakes_nobody(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        say(due_in=timedelta(seconds=1))
    assert callbacks == []


def test_cancel_pending_takes_back_what_waits_and_nothing_else() -> None:
    make_message(topic_id="7", kind="sent", status="sent")
    make_message(topic_id="8", kind="other")
    make_message(topic="elsewhere", topic_id="7", kind="elsewhere")
    make_message(topic_id="7", kind="waiting")
    assert cancel_pending("test", 7, reason="Moved.") == 1
    assert dict(Message.objects.values_list("kind", "status")) == {
        "sent": "sent",
        "other": "pending",
        "elsewhere": "pending",
        "waiting": "skipped",
    }
    assert Message.objects.get(kind="waiting").reason == "Moved."


def test_cancel_pending_before_a_version_spares_that_version() -> None:
    make_message(topic_id="7", kind="old", topic_version=1)
    make_message(topic_id="7", kind="new", topic_version=2)
    cancel_pending("test", 7, reason="Moved.", before_version=2)
    assert dict(Message.objects.values_list("kind", "status")) == {"old": "skipped", "new": "pending"}


def test_send_again_gives_a_failed_message_a_new_start() -> None:
    message = make_message(status="failed", attempts=9, unclear_attempts=2, reason="Refused.", settled_at=NOW)
    later = NOW + timedelta(days=3)
    send_again(message, now=later)
    message.refresh_from_db()
    assert (message.status, message.attempts, message.unclear_attempts) == ("pending", 0, 0)
    assert (message.reason, message.due_at, message.settled_at) == ("", later, None)


@pytest.mark.parametrize("status", ["pending", "sent", "skipped"])
def test_send_again_of_what_has_not_failed_is_refused(status: str) -> None:
    message = make_message(status=status)
    with pytest.raises(NotFailed) as refused:
        send_again(message, now=NOW)
    assert refused.value.data == {"status": status}
    message.refresh_from_db()
    assert message.status == status
