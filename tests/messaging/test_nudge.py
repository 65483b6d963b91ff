"""Waking the sweep up: at once where there is a broker, and without harm where there is none."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from celery import current_app

from clinic.messaging import nudge, tasks
from clinic.messaging.models import Message
from tests.drills.databases import ROOT, Database, Engine, environment, fresh_database
from tests.drills.mails_due import write_mails_due
from tests.messaging.outbox import NOW, make_message
from tests.messaging.sink import RunningSink, Sink, free_port, silent_server
from tests.settings import TEST_DATABASE_URL

ENGINE: Engine = "postgres" if TEST_DATABASE_URL else "sqlite"
SECONDS_TO_NOTICE = 20
# Commits something that is due, in a web process's place; prints how long the commit took, in seconds.
COMMIT = """
import django
django.setup()
import time
from datetime import UTC, datetime
from django.db import transaction
from clinic.messaging.services import enqueue
now = datetime.now(UTC)
with transaction.atomic():
    enqueue(topic="test", topic_id=1, topic_version=1, kind="a", due_at=now, now=now)
    began = time.monotonic()
print(time.monotonic() - began)
"""

PUBLISH_AT_COMMIT = """
import django
django.setup()
from clinic.messaging import nudge, services
services.wake_sweep = nudge.publish
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("nudge")


@pytest.fixture(scope="module")
def database(folder: Path) -> Iterator[Database]:
    with fresh_database(ENGINE, folder) as database:
        yield database


@pytest.fixture
def silent_broker() -> Iterator[str]:
    with silent_server() as port:
        yield f"redis://127.0.0.1:{port}/0"


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
    row = make_message(due_at=NOW.replace(year=2020))
    tasks.sweep()
    row.refresh_from_db()
    # So old a message is composed and sent all the same: it is for its composer to call it needless.
    assert Message.objects.get().status == "sent"


@pytest.mark.parametrize("state", ["down", "silent"])
def test_commit_is_not_held_up_by_a_broker_that_is(
    database: Database, folder: Path, silent_broker: str, state: str
) -> None:
    broker = silent_broker if state == "silent" else dead_broker()
    printed = python(database, folder, "-c", COMMIT, BROKER_URL=broker)
    assert float(printed) < 1


def test_commit_that_publishes_itself_is_held_up(database: Database, folder: Path) -> None:
    """The control: what the background thread is for."""
    printed = python(database, folder, "-c", PUBLISH_AT_COMMIT + COMMIT, BROKER_URL=dead_broker())
    assert float(printed) > 1


def test_without_any_broker_the_command_sends_everything(database: Database, folder: Path) -> None:
    sink = Sink()
    with fresh_database(ENGINE, folder, like=database) as own, RunningSink(sink) as port:
        expected = write_mails_due(own, folder, count=5)
        email = f"smtp://127.0.0.1:{port}"
        printed = python(own, folder, "manage.py", "sweep", EMAIL_URL=email, BROKER_URL=dead_broker())
    assert printed.startswith("sent 5, ")
    assert sorted(sink.message_ids()) == sorted(expected.values())


def dead_broker() -> str:
    return f"redis://127.0.0.1:{free_port()}/0"


def python(database: Database, folder: Path, *arguments: str, **told: str) -> str:
    """What a process of the clinic's prints, told something of its own."""
    command, told_all = [sys.executable, *arguments], environment(database, folder, **told)
    return subprocess.run(command, cwd=ROOT, env=told_all, check=True, capture_output=True, text=True).stdout
