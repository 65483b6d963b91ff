"""Several callers at the same moment, each with a database connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import connection, transaction

T = TypeVar("T")

_LONGEST_SECONDS = 60
# Long enough for the second writer to meet the first one's lock.
_HEAD_START_SECONDS = 0.5


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


class Meanwhile:
    """Work in another thread with a connection of its own; keeps what came of it."""

    def __init__(self, work: Callable[[], object]) -> None:
        self.outcome: Any = None
        self._work = work
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        try:
            self.outcome = self._work()
        except Exception as error:  # noqa: BLE001  # the test looks at it
            self.outcome = error
        finally:
            connection.close()

    def start(self) -> None:
        self._thread.start()
        self._thread.join(_HEAD_START_SECONDS)

    def finish(self) -> Any:
        self._thread.join(_LONGEST_SECONDS)
        assert not self._thread.is_alive()
        return self.outcome


@contextmanager
def before_commit(work: Callable[[], object]) -> Iterator[Meanwhile]:
    """Start `work` when the body is done and its transaction still open."""
    meanwhile = Meanwhile(work)
    with transaction.atomic():
        yield meanwhile
        meanwhile.start()
    meanwhile.finish()
