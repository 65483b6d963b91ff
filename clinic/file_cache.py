"""The shared cache of one machine, in files, fit to count attempts.

Django's own forgets entries at random above its limit, so that whoever fills it with other people's
counts wipes out their own; and two processes may both be told that they were first to add a key.
"""

from __future__ import annotations

import fcntl
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, ClassVar, Final

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.filebased import FileBasedCache

_LOCK_FILES: Final = 16
_SECONDS_BETWEEN_CLEARINGS: Final = 60.0


class SharedFileCache(FileBasedCache):
    _next_clearing: ClassVar[float] = 0.0

    # Django's own, which its published types leave out.
    _dir: str
    _createdir: Callable[[], None]
    _list_cache_files: Callable[[], list[str]]
    _is_expired: Callable[[IO[bytes]], bool]

    def add(self, key: Any, value: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        with self._alone(self.make_key(key, version)):
            return bool(super().add(key, value, timeout, version))

    def _cull(self) -> None:
        """Called by each `set`. Removes what has expired, now and then, and nothing else."""
        now = time.monotonic()
        if now < SharedFileCache._next_clearing:
            return
        SharedFileCache._next_clearing = now + _SECONDS_BETWEEN_CLEARINGS
        for name in self._list_cache_files():
            try:
                with Path(name).open("rb") as file:
                    self._is_expired(file)  # deletes it if it is
            except FileNotFoundError:
                continue

    @contextmanager
    def _alone(self, key: str) -> Iterator[None]:
        """Keep other threads and processes from adding the same key meanwhile."""
        self._createdir()
        with (Path(self._dir) / f"lock-{zlib.crc32(key.encode()) % _LOCK_FILES}").open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
