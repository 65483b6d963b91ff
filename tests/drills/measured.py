"""The clinic's own WSGI application, with a clock beside each statement that waits for a lock.

On PostgreSQL these are the statements that lock rows, on SQLite the BEGIN IMMEDIATE that waits for
the one writer before. Each worker process writes its figures, in seconds, to a file of its own.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from clinic.wsgi import application
from tests.drills.server import LOCK_WAITS

__all__ = ["application"]


def _watch(connection: BaseDatabaseWrapper, **_: Any) -> None:
    if _measure not in connection.execute_wrappers:  # the same object connects again and again
        connection.execute_wrappers.append(_measure)


def _measure(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    if not (sql.startswith("BEGIN") or "FOR NO KEY UPDATE" in sql or "FOR UPDATE" in sql):
        return execute(sql, params, many, context)
    started = time.perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        _write_down(time.perf_counter() - started)


def _write_down(seconds: float) -> None:
    file = Path(settings.VAR_DIR) / f"{LOCK_WAITS}{os.getpid()}"
    with file.open("a") as written:
        written.write(f"{seconds:.6f}\n")


connection_created.connect(_watch)
