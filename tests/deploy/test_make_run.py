"""`make run` as a newcomer meets it: an empty home, only the system's own programs, nothing but the clone."""

from __future__ import annotations

import json
import os
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
SECONDS_TO_START = 180
SECONDS_TO_START_AGAIN = 45  # 5 on an idle machine


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
    (clone / "frontend" / "node_modules").symlink_to(ROOT / "frontend" / "node_modules")
    for stamp in ("venv", "runtime", "node", "packages"):
        (clone / "var" / "stamps" / stamp).touch()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return Clone(folder=clone, port=probe.getsockname()[1], settings=settings)


@dataclass(frozen=True)
class FirstRun:
    clone: Clone
    files_before: set[str]
    home: tuple[int, str]
    treatments: str
    running: list[str]
    left: list[str]
    output: str
    sign_in: str


@pytest.fixture(scope="module")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> FirstRun:
    """`make run` for the first time, then Ctrl-C: everything is compiled and made, so once is enough."""
    clone = make_clone(tmp_path_factory.mktemp("first_run"))
    files_before = clone.files()
    with clone.running(seconds=SECONDS_TO_START) as process:
        home, treatments, running = clone.get("/"), clone.get("/api/v1/treatments/")[1], clone.processes()
        os.killpg(process.pid, signal.SIGINT)
        process.wait(timeout=40)
    return FirstRun(
        clone=clone,
        files_before=files_before,
        home=home,
        treatments=treatments,
        running=running,
        left=clone.processes(),
        output=clone.output(),
        sign_in=(clone.folder / "var" / "sign-in.txt").read_text(),
    )


@pytest.mark.drill
def test_make_run_shows_a_clinic_and_where_to_go(first_run: FirstRun) -> None:
    status, page = first_run.home

    assert status == 200
    assert all(link in page for link in ("/admin/", "/api/v1/docs/"))
    assert len(json.loads(first_run.treatments)) > 0


@pytest.mark.drill
def test_make_run_starts_web_worker_and_beat_and_leaves_none(first_run: FirstRun) -> None:
    parts = ("gunicorn", "worker", "beat")

    assert [part for part in parts if any(part in line for line in first_run.running)] == list(parts)
    assert first_run.left == []


@pytest.mark.drill
def test_make_run_makes_nothing_outside_var(first_run: FirstRun) -> None:
    assert first_run.clone.files() == first_run.files_before
    assert list((first_run.clone.folder.parent / "home").iterdir()) == []


@pytest.mark.drill
def test_make_run_prints_the_address_the_mail_folder_and_how_to_sign_in(first_run: FirstRun) -> None:
    lines = first_run.sign_in.splitlines()

    assert [line.split(",")[0] for line in lines] == ["owner", "therapist", "receptionist"]
    assert all(line in first_run.output for line in lines)
    assert f"http://localhost:{first_run.clone.port}/" in first_run.output
    assert str(first_run.clone.folder / "var" / "mail") in first_run.output


@pytest.mark.drill
def test_make_run_keeps_passwords_from_other_users(first_run: FirstRun) -> None:
    assert stat.S_IMODE((first_run.clone.folder / "var" / "sign-in.txt").stat().st_mode) == 0o600
    assert stat.S_IMODE((first_run.clone.folder / "var").stat().st_mode) == 0o700


@pytest.mark.drill
def test_make_run_again_is_quick_and_keeps_the_data(first_run: FirstRun) -> None:
    clone = first_run.clone

    with clone.running(seconds=SECONDS_TO_START_AGAIN):
        treatments = clone.get("/api/v1/treatments/")[1]

    assert treatments == first_run.treatments
    assert (clone.folder / "var" / "sign-in.txt").read_text() == first_run.sign_in


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
def test_make_run_on_a_taken_port_says_so_before_it_does_anything(tmp_path: Path) -> None:
    clone = make_clone(tmp_path)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", clone.port))
        taken.listen()
        refused = subprocess.run(
            ["make", "run"], cwd=clone.folder, env=clone.environment(), capture_output=True, text=True, check=False
        )

    assert refused.returncode != 0
    assert f"Port {clone.port} cannot be used" in refused.stderr
    assert not (clone.folder / "var" / "groundwork.sqlite3").exists()
