"""Pictures of every screen in its states, widths and colours, for people to look at.

make screenshots                       into var/screenshots/, with an index.html
python -m tests.browser.screenshots --only diary --width 375
"""

from __future__ import annotations

import argparse
import html
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, Error, sync_playwright

from tests.browser.screenshots.shots import SHOTS, Shot
from tests.browser.screenshots.steps import give_back
from tests.browser.served import ROOT, Served, launched, served_clinic

FOLDER: Final = ROOT / "var" / "screenshots"
WIDTHS: Final = {375: 812, 768: 1024, 1440: 900}


def main() -> None:
    arguments = _parsed()
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    shots = [shot for shot in SHOTS if arguments.only in shot.name]
    widths = {arguments.width: WIDTHS.get(arguments.width, 900)} if arguments.width else WIDTHS
    with (
        tempfile.TemporaryDirectory() as folder,
        served_clinic(Path(folder)) as served,
        sync_playwright() as playwright,
    ):
        browser = launched(playwright)
        taken = list(_take_all(browser, served, shots, widths, arguments.scheme))
        browser.close()
    _write_index(taken)
    print(f"{len(taken)} pictures: {FOLDER / 'index.html'}")


def _take_all(
    browser: Browser, served: Served, shots: list[Shot], widths: dict[int, int], schemes: list[str]
) -> Iterator[Path]:
    cookies = {
        role: served.signed_in(browser, role).storage_state() for role in sorted({s.role for s in shots if s.role})
    }
    for shot in shots:
        for scheme in schemes:
            for width, height in widths.items():
                options: dict[str, Any] = {
                    "color_scheme": scheme,
                    "timezone_id": "Europe/London",
                    "locale": "en-GB",
                    "viewport": {"width": width, "height": height},
                    "storage_state": cookies.get(shot.role),
                }
                yield _take(browser, options, served, shot, FOLDER / f"{shot.name}-{width}-{scheme}.png")


def _take(browser: Browser, options: dict[str, Any], served: Served, shot: Shot, file: Path) -> Path:
    """Each in a context of its own: nothing that one of them typed or kept is left for the next."""
    with browser.new_context(**options) as context:
        page = context.new_page()
        if shot.before:
            shot.before(page)
        page.goto(served.url + shot.path)
        try:
            page.wait_for_load_state("networkidle", timeout=4_000)
        except Error:
            page.wait_for_timeout(500)  # something is kept from answering, as it should be here
        if shot.step:
            shot.step(page)
            page.wait_for_timeout(700)
        page.screenshot(path=file, full_page=True)
        give_back(page)
        page.unroute_all(behavior="ignoreErrors")
    return file


def _write_index(files: list[Path]) -> None:
    rows = "".join(
        f'<figure><img src="{file.name}"><figcaption>{html.escape(file.stem)}</figcaption></figure>' for file in files
    )
    style = "body{display:flex;flex-wrap:wrap;gap:1rem;font:1rem sans-serif}img{height:30rem;border:1px solid #999}"
    (FOLDER / "index.html").write_text(f"<!doctype html><title>Screens</title><style>{style}</style>{rows}")


def _parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="screens with this in their name")
    parser.add_argument("--width", type=int, default=0, help="one width instead of 375, 768 and 1440")
    parser.add_argument("--scheme", action="append", choices=["light", "dark"], help="default: both")
    arguments = parser.parse_args()
    arguments.scheme = arguments.scheme or ["light", "dark"]
    return arguments


if __name__ == "__main__":
    main()
