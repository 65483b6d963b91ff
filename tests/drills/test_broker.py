"""Mail with a worker behind a broker, with a broker that is no help, and with none at all."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
from pathlib import Path

import pytest

from deploy.serve import read_procfile
from tests.drills.databases import ROOT, Database, environment, fresh_database
from tests.drills.mails_due import write_mails_due
from tests.messaging.sink import RunningSink, Sink, free_port, silent_server
from tests.settings import TEST_REDIS_URL

pytestmark = pytest.mark.drill

SECONDS_TO_ARRIVE = 60
# Commits something that is due, as a web process would; prints how long the commit took, in seconds.
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
NUDGE = """
import django
django.setup()
from clinic.messaging import nudge
assert nudge.publish()
"""


def test_worker_sends_at_the_first_nudge(migrated: Database, tmp_path: Path) -> None:
    """The worker as the Procfile has it, on Redis where there is one and on files where there is not. No beat."""
    sink = Sink()
    command = shlex.split(read_procfile(ROOT / "Procfile")["worker"].removeprefix("exec "))
    with fresh_database(migrated.engine, tmp_path, like=migrated) as database, RunningSink(sink) as port:
        told = environment(database, tmp_path, EMAIL_URL=f"smtp://127.0.0.1:{port}", BROKER_URL=broker_of_tests())
        expected = write_mails_due(database, tmp_path, count=5)
        worker = subprocess.Popen([sys.executable, *command[1:]], cwd=ROOT, env=told, start_new_session=True)
        try:
            subprocess.run([sys.executable, "-c", NUDGE], cwd=ROOT, env=told, check=True)
            until = time.monotonic() + SECONDS_TO_ARRIVE
            while len(sink.taken) < len(expected) and time.monotonic() < until:
                time.sleep(0.05)
        finally:
            worker.terminate()
            worker.wait(timeout=SECONDS_TO_ARRIVE)
    assert sorted(sink.message_ids()) == sorted(expected.values())


@pytest.mark.parametrize("state", ["down", "silent"])
def test_commit_is_not_held_up_by_a_broker_that_is(migrated: Database, tmp_path: Path, state: str) -> None:
    with fresh_database(migrated.engine, tmp_path, like=migrated) as database, silent_server() as port:
        broker = f"redis://127.0.0.1:{port}/0" if state == "silent" else dead_broker()
        assert float(python(database, tmp_path, "-c", COMMIT, BROKER_URL=broker)) < 1


def test_commit_that_publishes_itself_is_held_up(migrated: Database, tmp_path: Path) -> None:
    """The control: what the background thread is for."""
    with fresh_database(migrated.engine, tmp_path, like=migrated) as database:
        assert float(python(database, tmp_path, "-c", PUBLISH_AT_COMMIT + COMMIT, BROKER_URL=dead_broker())) > 1


def test_without_any_broker_the_command_sends_everything(migrated: Database, tmp_path: Path) -> None:
    sink = Sink()
    with fresh_database(migrated.engine, tmp_path, like=migrated) as database, RunningSink(sink) as port:
        expected = write_mails_due(database, tmp_path, count=5)
        email = f"smtp://127.0.0.1:{port}"
        printed = python(database, tmp_path, "manage.py", "sweep", EMAIL_URL=email, BROKER_URL=dead_broker())
    assert printed == "sent 5, skipped 0, failed 0, postponed 0, left 0\n"
    assert sorted(sink.message_ids()) == sorted(expected.values())


def broker_of_tests() -> str:
    return os.environ["BROKER_URL"] if TEST_REDIS_URL else "filesystem://localhost/"


def dead_broker() -> str:
    return f"redis://127.0.0.1:{free_port()}/0"


def python(database: Database, folder: Path, *arguments: str, **told: str) -> str:
    """What a process of the clinic's prints, told something of its own."""
    command, told_all = [sys.executable, *arguments], environment(database, folder, **told)
    return subprocess.run(command, cwd=ROOT, env=told_all, check=True, capture_output=True, text=True).stdout
