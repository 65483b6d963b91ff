"""`make run` as a newcomer meets it: an empty home, only the system's own programs, nothing but the clone."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
NOT_COPIED = shutil.ignore_patterns(".git", "var", "__pycache__", "node_modules", ".venv")
SECONDS_TO_START = 90
SECONDS_TO_START_AGAIN = 20


@dataclass(frozen=True)
class Clone:
    folder: Path
    port: int
    settings: dict[str, str]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        path = "/usr/local/bin:/usr/bin:/bin"
        return {"HOME": str(self.folder.parent / "home"), "PATH": path, "PORT": str(self.port), **self.settings}

    @contextmanager
    def running(self, *, seconds: float) -> Iterator[subprocess.Popen[str]]:
        """`make run` in a process group of its own, as a terminal has it, until /readyz answers."""
        with (self.folder.parent / "output").open("w") as output:
            process = subprocess.Popen(
                ["make", "run"],
                cwd=self.folder,
                env=self.environment(),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                text=True,
            )
        try:
            until = time.monotonic() + seconds
            while not self.is_ready() and time.monotonic() < until:
                assert process.poll() is None, self.output()
                time.sleep(0.2)
            assert self.is_ready(), self.output()
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGINT)
                process.wait(timeout=40)

    def output(self) -> str:
        return (self.folder.parent / "output").read_text()

    def is_ready(self) -> bool:
        try:
            return bool(self.get("/readyz")[0] == 200)
        except OSError:
            return False

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(self.address + path, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def processes(self) -> list[str]:
        """The command lines of everything that was started in this clone and still runs."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                is_here = process.joinpath("cwd").resolve().is_relative_to(self.folder)
                command = process.joinpath("cmdline").read_text().replace("\0", " ").strip()
            except OSError:
                continue
            if is_here and command:
                found.append(command)
        return found

    def files(self) -> set[str]:
        return {
            str(file.relative_to(self.folder))
            for file in self.folder.rglob("*")
            if not file.is_relative_to(self.folder / "var")
        }


def make_clone(folder: Path, **settings: str) -> Clone:
    """A copy of the tree that already has the environment: installing it is tried where CI starts."""
    clone = folder / "a clone"  # people's folders have spaces
    shutil.copytree(ROOT, clone, ignore=NOT_COPIED)
    (folder / "home").mkdir()
    (clone / "var" / "stamps").mkdir(parents=True)
    (clone / "var" / "venv").symlink_to(ROOT / "var" / "venv")
    for stamp in ("venv", "runtime"):
        (clone / "var" / "stamps" / stamp).touch()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return Clone(folder=clone, port=probe.getsockname()[1], settings=settings)


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return make_clone(tmp_path)


@pytest.mark.drill
def test_make_run_starts_says_how_to_sign_in_and_stops_without_a_trace(clone: Clone) -> None:
    before = clone.files()

    with clone.running(seconds=SECONDS_TO_START) as process:
        home = clone.get("/")
        treatments = json.loads(clone.get("/api/v1/treatments/")[1])
        running = clone.processes()
        os.killpg(process.pid, signal.SIGINT)
        process.wait(timeout=40)

    sign_in = clone.folder / "var" / "sign-in.txt"
    roles = [line.split(",")[0] for line in sign_in.read_text().splitlines()]
    assert home[0] == 200
    assert all(link in home[1] for link in ("/admin/", "/api/v1/docs/"))
    assert treatments
    assert {name for name in ("gunicorn", "worker", "beat") if any(name in line for line in running)} == {
        "gunicorn",
        "worker",
        "beat",
    }
    assert clone.processes() == []
    assert roles == ["owner", "therapist", "receptionist"]
    assert stat.S_IMODE(sign_in.stat().st_mode) == 0o600
    assert sign_in.read_text().splitlines()[0] in clone.output()
    assert re.search(rf"http://localhost:{clone.port}\b", clone.output())
    assert str(clone.folder / "var" / "mail") in clone.output()
    assert clone.files() == before
    assert list((clone.folder.parent / "home").iterdir()) == []


@pytest.mark.drill
def test_make_run_again_is_quick_and_keeps_the_data(clone: Clone) -> None:
    with clone.running(seconds=SECONDS_TO_START):
        first = clone.get("/api/v1/treatments/")
    sign_in = (clone.folder / "var" / "sign-in.txt").read_text()

    with clone.running(seconds=SECONDS_TO_START_AGAIN):
        second = clone.get("/api/v1/treatments/")

    assert second == first
    assert (clone.folder / "var" / "sign-in.txt").read_text() == sign_in


@pytest.mark.drill
@pytest.mark.servers
def test_make_run_uses_the_servers_of_the_environment(tmp_path: Path, empty_database_url: str) -> None:
    clone = make_clone(
        tmp_path,
        DATABASE_URL=empty_database_url,
        BROKER_URL=os.environ["BROKER_URL"],
        CACHE_URL=os.environ["CACHE_URL"],
        EMAIL_URL="smtp://127.0.0.1:2525",
    )

    with clone.running(seconds=SECONDS_TO_START):
        treatments = json.loads(clone.get("/api/v1/treatments/")[1])
    with psycopg.connect(empty_database_url) as connection:
        stored = connection.execute("SELECT count(*) FROM treatments_treatment").fetchone()

    made = {path.name for path in (clone.folder / "var").iterdir()}
    assert treatments
    assert stored == (5,)
    assert made.isdisjoint({"groundwork.sqlite3", "broker", "mail"})
    assert "127.0.0.1:2525" in clone.output()


@pytest.mark.drill
def test_make_run_on_a_taken_port_says_so_before_it_does_anything(clone: Clone) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", clone.port))
        taken.listen()
        refused = subprocess.run(
            ["make", "run"], cwd=clone.folder, env=clone.environment(), capture_output=True, text=True, check=False
        )

    assert refused.returncode != 0
    assert f"Port {clone.port} cannot be used" in refused.stderr
    assert not (clone.folder / "var" / "groundwork.sqlite3").exists()
