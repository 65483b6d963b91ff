"""Waking the sweep up without waiting for anybody."""

from __future__ import annotations

import threading
import time

import pytest
from celery import current_app

from clinic.messaging import nudge, tasks
from clinic.messaging.models import Message
from tests.messaging.outbox import NOW, make_message

SECONDS_TO_NOTICE = 20


def test_wake_up_returns_at_once_while_the_broker_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    may_answer, calls = threading.Event(), []

    def hang() -> bool:
        calls.append(1)
        return may_answer.wait(SECONDS_TO_NOTICE)

    monkeypatch.setattr(nudge, "publish", hang)
    began = time.monotonic()
    for _ in range(100):
        nudge.wake_sweep()
    assert time.monotonic() - began < 1
    may_answer.set()
    until = time.monotonic() + SECONDS_TO_NOTICE
    while nudge._wanted.is_set() and time.monotonic() < until:
        time.sleep(0.01)
    assert 1 <= len(calls) <= 3  # what came meanwhile became one


def test_wake_up_reaches_the_queue_and_is_thrown_away_when_it_is_late() -> None:
    with current_app.connection_for_write() as connection:
        queue = connection.SimpleQueue("celery")
        queue.clear()
        assert nudge.publish() is True
        message = queue.get(timeout=5)
        message.ack()
        queue.close()
    assert message.headers["task"] == "clinic.messaging.tasks.sweep"
    assert message.headers["expires"]  # so that sweeps do not pile up while no worker runs


@pytest.mark.django_db
def test_task_sends_what_is_due() -> None:
    make_message(due_at=NOW.replace(year=2020))
    tasks.sweep()
    assert Message.objects.get().status == "sent"
