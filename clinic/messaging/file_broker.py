"""The broker of one machine, in files, fit to be read while it is written.

Kombu's own writes each message in place, and a worker that polls just then takes an empty file, cannot
read it and ends; so does one that meets a list of queues half-way. Here a message appears whole or not
at all, the lists are read and written by one process at a time, and what cannot be read is passed over.
"""

from __future__ import annotations

import fcntl
import logging
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.json import dumps

_log = logging.getLogger(__name__)


class Channel(filesystem.Channel):
    # Signatures as Kombu has them; the published types contradict themselves.
    def _put(self, queue: str, payload: dict[str, Any], **_kwargs: Any) -> None:  # type: ignore[override]
        """Write under a name that no queue reads, then give the file its own. Older messages sort first."""
        file = Path(self.data_folder_out) / f"{round(time.monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        unfinished = file.with_name(f"{file.name}.unfinished")
        try:
            unfinished.write_text(dumps(payload))
            unfinished.replace(file)
        except OSError as error:
            raise ChannelError(f"Cannot write {file}") from error

    def _get(self, queue: str) -> dict[str, Any]:  # type: ignore[override]
        """The next message that can be read. Raises Empty."""
        while True:
            try:
                return super()._get(queue)
            except ValueError:  # it has left the folder already
                _log.warning("A message in %s could not be read, and is passed over.", self.data_folder_in)

    def get_table(self, exchange: str) -> list[filesystem.exchange_queue_t]:  # type: ignore[override]
        with self._alone():
            return super().get_table(exchange)

    def _queue_bind(self, exchange: str, *names: Any) -> None:
        with self._alone():
            try:
                super()._queue_bind(exchange, *names)
            except ValueError:  # the list is of a process that was killed while it wrote
                (self.control_folder / f"{exchange}.exchange").unlink()
                super()._queue_bind(exchange, *names)

    def _delete(self, *args: Any, **kwargs: Any) -> None:
        with self._alone():
            super()._delete(*args, **kwargs)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One process, and one thread of it, at a time."""
        self.control_folder.mkdir(parents=True, exist_ok=True)
        with (self.control_folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


class Transport(filesystem.Transport):
    Channel = Channel
