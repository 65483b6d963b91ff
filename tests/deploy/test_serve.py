"""Started together, stopped together: whatever signal comes, and however early, no process stays behind."""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import socket
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest
from honcho.manager import Manager
from honcho.printer import Printer

from deploy.serve import Together, read_procfile, refuse_taken_port

ROOT = Path(__file__).resolve().parent.parent.parent
START = (
    "import sys; from pathlib import Path; from deploy.serve import serve; sys.exit(serve(8000, procfile=Path({!r})))"
)


def write_procfile(folder: Path, *, last: str = "sleep 600") -> Path:
    """Two processes that write down their pids, one of them with a child of its own."""
    file = folder / "Procfile"
    file.write_text(
        f"web: echo $$ > {folder}/web; sleep 600 & echo $! > {folder}/child; wait\n"
        f"worker: echo $$ > {folder}/worker; echo $PORT > {folder}/port; {last}\n"
    )
    return file


def start(procfile: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", START.format(str(procfile))],
        cwd=ROOT,
        start_new_session=True,
        # As a terminal starts it. Whoever runs the suite in the background may have SIGINT ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509  # no threads here yet
    )


def pids(folder: Path) -> list[int]:
    return [int(text) for name in ("web", "child", "worker") if (text := read(folder / name))]


def read(file: Path) -> str:
    return file.read_text().strip() if file.exists() else ""


def wait_until_started(folder: Path) -> None:
    until = time.monotonic() + 20
    while len(pids(folder)) < 3 and time.monotonic() < until:
        time.sleep(0.05)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signal_stops_every_process_and_their_children(tmp_path: Path, number: signal.Signals) -> None:
    together = start(write_procfile(tmp_path))
    wait_until_started(tmp_path)
    started = [alive(pid) for pid in pids(tmp_path)]

    os.killpg(together.pid, number)  # as a terminal does: the whole foreground group
    code = together.wait(timeout=20)

    assert (started, code, [alive(pid) for pid in pids(tmp_path)]) == ([True] * 3, 0, [False] * 3)


def test_closed_terminal_stops_every_process(tmp_path: Path) -> None:
    procfile = write_procfile(tmp_path, last="while sleep 0.05; do echo talking; done")
    terminal, inside = pty.openpty()
    together = subprocess.Popen(
        [sys.executable, "-c", START.format(str(procfile))],
        cwd=ROOT,
        stdin=inside,
        stdout=inside,
        stderr=inside,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509  # no threads here yet
    )
    os.close(inside)
    wait_until_started(tmp_path)
    started = [alive(pid) for pid in pids(tmp_path)]

    os.close(terminal)
    together.wait(timeout=20)

    assert (started, [alive(pid) for pid in pids(tmp_path)]) == ([True] * 3, [False] * 3)


def test_output_that_nobody_reads_any_more_is_no_reason_to_fail(tmp_path: Path) -> None:
    procfile = write_procfile(tmp_path, last="while sleep 0.05; do echo talking; done")
    command = [sys.executable, "-c", START.format(str(procfile))]
    together = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, start_new_session=True)
    wait_until_started(tmp_path)
    assert together.stdout
    together.stdout.close()
    time.sleep(0.3)

    os.killpg(together.pid, signal.SIGINT)
    together.wait(timeout=20)

    assert [alive(pid) for pid in pids(tmp_path)] == [False] * 3


@pytest.mark.parametrize("seconds", [0.15, 0.2, 0.25, 0.3, 0.4])
def test_signal_in_the_first_moments_leaves_no_process(tmp_path: Path, seconds: float) -> None:
    together = start(write_procfile(tmp_path))
    time.sleep(seconds)

    os.killpg(together.pid, signal.SIGINT)
    together.wait(timeout=20)
    time.sleep(0.2)

    assert [pid for pid in pids(tmp_path) if alive(pid)] == []


def test_stop_before_pids_are_known_waits_where_honcho_alone_fails() -> None:
    ours, honchos = Together(Printer()), Manager(Printer())
    ours.add_process("web", "sleep 600")
    honchos.add_process("web", "sleep 600")
    before = signal.signal(signal.SIGALRM, signal.SIG_IGN)

    ours.terminate()
    is_to_be_tried_again = signal.setitimer(signal.ITIMER_REAL, 0)[0] > 0
    signal.signal(signal.SIGALRM, before)

    assert is_to_be_tried_again
    with pytest.raises(KeyError, match="pid"):
        honchos.terminate()


def test_one_process_that_ends_stops_the_others_and_its_code_is_the_answer(tmp_path: Path) -> None:
    together = start(write_procfile(tmp_path, last="sleep 0.5; exit 7"))

    code = together.wait(timeout=20)

    assert (code, [alive(pid) for pid in pids(tmp_path)]) == (7, [False] * 3)


def test_every_process_gets_the_same_port(tmp_path: Path) -> None:
    together = start(write_procfile(tmp_path))
    wait_until_started(tmp_path)
    time.sleep(0.2)
    together.terminate()
    together.wait(timeout=20)

    assert read(tmp_path / "port") == "8000"


def test_taken_port_is_refused_with_advice() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(SystemExit) as refusal:
            refuse_taken_port(port)

    assert refusal.value.code == (
        f"Port {port} cannot be used (Address already in use). Try another one: make run PORT={port + 1}"
    )


def test_procfile_has_web_worker_and_one_beat() -> None:
    assert list(read_procfile(ROOT / "Procfile")) == ["web", "worker", "beat"]
