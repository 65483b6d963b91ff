from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import OperationalError
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from clinic.celery import app
from clinic.messaging.models import Channel, Message, MessageStatus
from clinic.web import health

SECRETS = ("password", "postgres", "redis", "Traceback", "sqlite", "/")


@pytest.fixture(autouse=True)
def database(db: None) -> None:
    """Even those who ask nothing of it must not fail for want of it."""


@pytest.fixture(autouse=True)
def nothing_seen_yet() -> Iterator[None]:
    health._seen.clear()
    yield
    health._seen.clear()


def make_message(*, due_in: timedelta, **fields: Any) -> Message:
    topic_id = uuid.uuid4().hex
    values = {"topic": "test", "topic_id": topic_id, "topic_version": 1, "kind": "note", "channel": Channel.EMAIL}
    return Message.objects.create(**values | {"due_at": timezone.now() + due_in} | fields)


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/healthz/reminders"])
@pytest.mark.parametrize("method", ["get", "head"])
def test_health_is_well_and_not_kept_by_caches(path: str, method: str) -> None:
    answer = getattr(Client(), method)(path)

    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/healthz/reminders"])
def test_health_takes_no_other_method(path: str) -> None:
    assert Client().post(path).status_code == 405


def test_alive_asks_nothing_of_the_database(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        answer = Client().get("/healthz")

    assert answer.json() == {"status": "ok"}


def test_ready_names_each_part() -> None:
    checks = {"database": "ok", "migrations": "ok", "broker": "ok", "cache": "ok"}

    assert Client().get("/readyz").json() == {"status": "ok", "checks": checks}


def unwell(part: str) -> Any:
    answer = Client().get("/readyz")
    body = answer.json()
    assert (answer.status_code, body["status"]) == (503, "unavailable")
    assert {name for name, outcome in body["checks"].items() if outcome != "ok"} == {part}
    assert not any(secret in body["checks"][part] for secret in SECRETS)
    return body["checks"][part]


def test_lost_database_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise OperationalError("connection to server at 10.0.0.1, user postgres, password secret failed")

    monkeypatch.setitem(health._CHECKS, "database", fail)

    assert unwell("database") == "unreachable"


def test_waiting_migration_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda self, targets: ["one"])

    assert unwell("migrations") == "not applied"


def test_applied_migrations_are_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    Client().get("/readyz")
    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda self, targets: pytest.fail("looked again"))

    assert Client().get("/readyz").status_code == 200


def test_broker_that_answers_nobody_is_not_ready(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    url = "redis://127.0.0.1:1/0"
    settings.BROKER_URL = url
    monkeypatch.setattr(app, "connection_for_write", lambda: app.connection(url))

    assert unwell("broker") == "unreachable"


def use_folders(folder: Path, settings: Settings) -> None:
    settings.BROKER_URL = "filesystem://localhost/"
    options = {"data_folder_in": str(folder / "messages"), "control_folder": str(folder / "control")}
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = options


def test_broker_s_folders_need_not_be_there_yet(tmp_path: Path, settings: Settings) -> None:
    use_folders(tmp_path / "broker", settings)

    assert Client().get("/readyz").status_code == 200


def test_broker_s_folder_that_is_a_file_is_not_ready(tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "messages").touch()
    use_folders(tmp_path, settings)

    assert unwell("broker") == "not writable"


def test_cache_that_forgets_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "get", lambda *_args, **_options: None)

    assert unwell("cache") == "forgets"


def test_host_that_is_not_ours_is_refused() -> None:
    assert Client().get("/healthz", headers={"Host": "evil.example"}).status_code == 400


# --- Reminders -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("minutes", "status"), [(4, 200), (6, 503)])
def test_message_due_for_more_than_five_minutes_is_late(minutes: int, status: int) -> None:
    make_message(due_in=-timedelta(minutes=minutes))
    make_message(due_in=-timedelta(minutes=1))

    answer = Client().get("/healthz/reminders")

    assert answer.status_code == status
    assert minutes * 60 <= answer.json()["oldest_due_seconds"] < minutes * 60 + 30


@pytest.mark.parametrize("status", [MessageStatus.SENT, MessageStatus.SKIPPED, MessageStatus.FAILED])
def test_settled_messages_are_never_late(status: str) -> None:
    make_message(due_in=-timedelta(days=1), status=status)

    assert Client().get("/healthz/reminders").json() == {"status": "ok", "oldest_due_seconds": 0}


def test_messages_of_the_future_are_never_late() -> None:
    make_message(due_in=timedelta(days=1))

    assert Client().get("/healthz/reminders").json() == {"status": "ok", "oldest_due_seconds": 0}


def test_messages_that_cannot_be_read_are_not_well(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(now: datetime) -> timedelta:
        raise OperationalError("secret")

    monkeypatch.setattr(health, "oldest_due_age", fail)

    answer = Client().get("/healthz/reminders")

    assert answer.status_code == 503
    assert "secret" not in answer.content.decode()
