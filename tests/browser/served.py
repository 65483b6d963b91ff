"""The clinic as `make run` serves it, on loopback, with a made-up week: for screenshots and measurements."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, BrowserContext, Playwright

from deploy.make_secrets import make_secrets

ROOT: Final = Path(__file__).resolve().parent.parent.parent
_SECONDS_TO_START: Final = 60
_SECONDS_TO_STOP: Final = 30


@dataclass(frozen=True)
class Served:
    url: str
    folder: Path
    sign_ins: dict[str, tuple[str, str]]

    def signed_in(self, browser: Browser, role: str, **options: Any) -> BrowserContext:
        """A new context of the browser in which the `role` of the first run is signed in."""
        context = browser.new_context(**options)
        page = context.new_page()
        page.goto(f"{self.url}/sign-in/")
        email, password = self.sign_ins[role]
        done = page.evaluate(
            """async ([email, password]) => {
                const token = document.cookie.match(/csrftoken=([^;]+)/)[1];
                const answer = await fetch("/_allauth/browser/v1/auth/login", {
                    method: "POST", headers: {"Content-Type": "application/json", "X-CSRFToken": token},
                    body: JSON.stringify({email, password}),
                });
                return answer.status;
            }""",
            [email, password],
        )
        assert done == http.HTTPStatus.OK
        page.close()
        return context


@contextmanager
def served_clinic(folder: Path, *, with_colleague: bool = True, has_week: bool = True) -> Iterator[Served]:
    """Install a clinic in `folder` and serve it by Gunicorn until the block ends. Wants the front end built."""
    make_secrets(folder / "secrets")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = {
        **{name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}},
        "VAR_DIR": str(folder),
        "PORT": str(port),
        "SITE_URL": f"http://localhost:{port}",
        "LOG_LEVEL": "WARNING",
        "PUBLIC_THROTTLE": "off",
    }
    week = ["sample_week", *(["--with-colleague"] if with_colleague else [])]
    for command in (
        ["collectstatic", "--noinput"],
        ["migrate"],
        ["seed"],
        ["first_run"],
        *([week] if has_week else []),
    ):
        subprocess.run(
            [sys.executable, "manage.py", *command], cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL
        )
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "gunicorn",
                "clinic.wsgi",
                "--config",
                "deploy/gunicorn.conf.py",
                "--bind",
                f"127.0.0.1:{port}",
                "--log-level",
                "warning",
            ],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
        )
    try:
        _wait_until_ready(port, process)
        lines = (folder / "sign-in.txt").read_text().splitlines()
        sign_ins = {role: (email, password) for role, email, password in (line.split(", ") for line in lines)}
        yield Served(f"http://localhost:{port}", folder, sign_ins)
    finally:
        process.terminate()
        process.wait(_SECONDS_TO_STOP)


def launched(playwright: Playwright) -> Browser:
    """The same Chromium as in the tests."""
    from tests.conftest import chromium  # noqa: PLC0415  # where it is looked for

    return playwright.chromium.launch(
        executable_path=chromium,
        args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-sync"],
    )


def _wait_until_ready(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _SECONDS_TO_START
    while time.monotonic() < until and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_SECONDS_TO_START)
        try:
            connection.request("GET", "/readyz")
            if connection.getresponse().status == http.HTTPStatus.OK:
                return
        except OSError:
            time.sleep(0.2)
        finally:
            connection.close()
    raise RuntimeError("The server did not start.")
