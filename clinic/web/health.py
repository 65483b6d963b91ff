"""Is it alive, can it work, do messages leave? For balancers and whoever is on call: no secrets in the answers."""

from __future__ import annotations

import logging
import os
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from clinic.celery import app
from clinic.messaging.selectors import oldest_due_age

_log = logging.getLogger(__name__)
LATEST_MESSAGE: Final = timedelta(minutes=5)
_SECONDS_FOR_BROKER: Final = 3
_seen: set[str] = set()


class NotReadyError(Exception):
    """What is missing, in words that may be shown to anybody."""


@never_cache
@require_safe
def alive(request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers; asks nothing of anybody else."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """200 when a request can be served in full, else 503; `checks` names each part."""
    checks = {name: _outcome(name, check) for name, check in _CHECKS.items()}
    return _answer(checks, is_ok=all(outcome == "ok" for outcome in checks.values()))


@never_cache
@require_safe
def reminders(request: HttpRequest) -> JsonResponse:
    """200 while no message is due for five minutes or more, else 503. `oldest_due_seconds` says for how long."""
    try:
        age = oldest_due_age(timezone.now()) or timedelta()
    except Exception:  # noqa: BLE001  # whatever the database says, the answer is "not well"
        _log.warning("Health: due messages could not be read.", exc_info=True)
        return _answer({"messages": "unreadable"}, is_ok=False)
    is_ok = age < LATEST_MESSAGE
    return JsonResponse(
        {"status": "ok" if is_ok else "late", "oldest_due_seconds": int(age.total_seconds())},
        status=200 if is_ok else 503,
    )


def _answer(checks: dict[str, str], *, is_ok: bool) -> JsonResponse:
    return JsonResponse({"status": "ok" if is_ok else "unavailable", "checks": checks}, status=200 if is_ok else 503)


def _outcome(name: str, check: Callable[[], None]) -> str:
    """`ok`, or what is wrong. Details, which may hold addresses and names, go to the log only."""
    try:
        check()
    except NotReadyError as error:
        return str(error)
    except Exception:  # noqa: BLE001  # drivers raise what they like; each means the part is not there
        _log.warning("Health: %s is not ready.", name, exc_info=True)
        return "unreachable"
    return "ok"


def _check_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _check_migrations() -> None:
    """Looked at until all are applied: code that runs does not lose them again."""
    if "migrations" in _seen:
        return
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise NotReadyError("not applied")
    _seen.add("migrations")


def _check_broker() -> None:
    if settings.BROKER_URL.startswith("filesystem"):
        _check_folders()
        return
    with app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=1, interval_start=0, interval_step=0, timeout=_SECONDS_FOR_BROKER)


def _check_folders() -> None:
    """The folders of the filesystem broker, or where they are not there yet the place they will be made in."""
    options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    for folder in (Path(options["data_folder_in"]), Path(options["control_folder"])):
        existing = next(place for place in (folder, *folder.parents) if place.exists())
        if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
            raise NotReadyError("not writable")


def _check_cache() -> None:
    token = uuid.uuid4().hex
    key = f"health:{token}"
    cache.set(key, token, timeout=10)
    if cache.get(key) != token:
        raise NotReadyError("forgets")
    cache.delete(key)


_CHECKS: Final[dict[str, Callable[[], None]]] = {
    "database": _check_database,
    "migrations": _check_migrations,
    "broker": _check_broker,
    "cache": _check_cache,
}
