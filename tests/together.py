"""Several callers at the same moment, each with a database connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from django.db import connection

T = TypeVar("T")

_LONGEST_SECONDS = 60


def all_at_once(*calls: Callable[[], T]) -> list[T | BaseException]:
    """Start every call at one moment; what each came to, in order: its result or what it raised."""
    results: list[T | BaseException] = [AssertionError("still running")] * len(calls)
    start = threading.Barrier(len(calls))

    def run(index: int, call: Callable[[], T]) -> None:
        try:
            start.wait(_LONGEST_SECONDS)
            results[index] = call()
        except BaseException as error:  # noqa: BLE001  # handed to the test, whatever it is
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair, daemon=True) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(_LONGEST_SECONDS)
    return results
