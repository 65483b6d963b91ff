"""Start the processes of the Procfile together and stop them together: Honcho, with its rough edges taken off.

The `honcho` command would give every process another PORT (and so another address in the mails),
read a `.env` that `manage.py` does not read, die on a signal in its first moments, and leave all of
them running when the terminal closes.

    python deploy/serve.py            start; SIGINT, SIGTERM and SIGHUP stop everything
    python deploy/serve.py --check    only say whether the port is free
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import sys
from pathlib import Path
from types import FrameType

from honcho import manager
from honcho.printer import Printer

ROOT = Path(__file__).resolve().parent.parent
SECONDS_UNTIL_NEXT_TRY = 0.1
# A worker ends its message and a request its answer before anything is killed; Honcho waits 5 seconds.
manager.KILL_WAIT = 20


class Together(manager.Manager):  # type: ignore[misc]  # Honcho carries no types
    """Honcho's manager, which can be told to stop at any moment."""

    def __init__(self, printer: Printer) -> None:
        super().__init__(printer)
        self._owner = os.getpid()

    def terminate(self) -> None:
        # Honcho forks a watcher for each process; a Ctrl-C reaches these as well, before they ignore it.
        if os.getpid() != self._owner:
            return
        # Honcho cannot stop what has not told its pid yet, and would fail trying.
        if self._all_started():
            super().terminate()
        else:
            signal.setitimer(signal.ITIMER_REAL, SECONDS_UNTIL_NEXT_TRY)


class Output:
    """Standard output that may go away: a closed terminal or pipe must not keep the processes from being stopped."""

    def write(self, text: str) -> None:
        with contextlib.suppress(OSError):
            sys.stdout.write(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError):
            sys.stdout.flush()

    def isatty(self) -> bool:
        return sys.stdout.isatty()


def read_procfile(file: Path) -> dict[str, str]:
    lines = (re.match(r"^([a-z]+):\s*(.+)$", line) for line in file.read_text().splitlines())
    return {found[1]: found[2] for found in lines if found}


def refuse_taken_port(port: int) -> None:
    """Exit with a message a person can act on when something else listens on `port`."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            sys.exit(f"Port {port} cannot be used ({error.strerror}). Try another one: make run PORT={port + 1}")


def serve(port: int, *, procfile: Path = ROOT / "Procfile") -> int:
    """Run until a process ends or a signal comes. Returns 0 after a signal, else the code of what ended."""
    venv = Path(sys.prefix) / "bin"
    environment = {
        **os.environ,
        "PORT": str(port),
        "PATH": f"{venv}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "PYTHONUNBUFFERED": "1",
    }
    together = Together(Printer(Output()))
    for name, command in read_procfile(procfile).items():
        together.add_process(name, command, env=environment, cwd=str(ROOT))

    def stop_later(_number: int, _frame: FrameType | None) -> None:
        together.terminate()

    def stop_as_if_terminated(_number: int, _frame: FrameType | None) -> None:
        signal.raise_signal(signal.SIGTERM)

    signal.signal(signal.SIGALRM, stop_later)
    signal.signal(signal.SIGHUP, stop_as_if_terminated)
    together.loop()
    asked_to_stop = together.returncode in {128 + signal.SIGINT, 128 + signal.SIGTERM}
    return 0 if asked_to_stop else int(together.returncode or 1)


if __name__ == "__main__":
    port = int(os.environ.get("PORT", "8000"))
    refuse_taken_port(port)
    if "--check" not in sys.argv[1:]:
        sys.exit(serve(port))
