"""The clinic as it runs in earnest, on loopback: Gunicorn as the Procfile starts it, on a drill's database."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.drills.databases import ROOT, Database, environment

MEASURED_APP: Final = "tests.drills.measured:application"
APP_WITHOUT_LOCKS: Final = "tests.drills.mutants:unguarded"
LOCK_WAITS: Final = "lock-waits-"
_SECONDS_TO_START: Final = 60
_SECONDS_TO_STOP: Final = 30


@dataclass(frozen=True, slots=True)
class Server:
    port: int
    folder: Path
    process: subprocess.Popen[bytes]

    def log(self) -> str:
        return (self.folder / "server.log").read_text()

    def lock_waits(self) -> list[float]:
        """Seconds that each statement took which had to get a lock; complete once the server has stopped."""
        files = self.folder.glob(f"{LOCK_WAITS}*")
        return [float(line) for file in files for line in file.read_text().splitlines()]


@contextmanager
def running_server(database: Database, folder: Path, *, app: str = MEASURED_APP) -> Iterator[Server]:
    """Serve `app` until the block ends; two processes with four threads each, as everywhere."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "static").mkdir(exist_ok=True)
    port = _free_port()
    command = [sys.executable, "-m", "gunicorn", app, "--config", "deploy/gunicorn.conf.py"]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--bind", f"127.0.0.1:{port}", "--log-level", "warning"],
            cwd=ROOT,
            env=environment(database, folder),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    server = Server(port, folder, process)
    try:
        _wait_until_ready(server)
        yield server
    finally:
        _stop(process)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(server: Server) -> None:
    """Both workers may answer: each is asked until it has."""
    until = time.monotonic() + _SECONDS_TO_START
    while time.monotonic() < until and server.process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=_SECONDS_TO_START)
        try:
            connection.request("GET", "/healthz")
            if connection.getresponse().status == http.HTTPStatus.OK:
                return
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    raise RuntimeError(f"The server did not start:\n{server.log()}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(_SECONDS_TO_STOP)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
