"""Pictures of every screen in its states, widths and colours, for people to look at.

make screenshots                       into var/screenshots/, with an index.html
python -m tests.browser.screenshots --only diary --width 375
"""

from __future__ import annotations

import argparse
import html
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, Error, Page, Route, sync_playwright

from tests.browser.served import ROOT, Served, launched, served_clinic

FOLDER: Final = ROOT / "var" / "screenshots"
WIDTHS: Final = {375: 812, 768: 1024, 1440: 900}
Step = Callable[[Page], object]


@dataclass(frozen=True)
class Shot:
    """One state of one screen: where it is, who looks, and what is done before the picture is taken."""

    name: str
    path: str
    role: str = ""
    step: Step | None = None
    before: Step | None = None


def never_answer(pattern: str) -> Step:
    return lambda page: page.route(pattern, lambda route: None)


def answer_with_failure(pattern: str) -> Step:
    def fail(route: Route) -> None:
        body = '{"type": "about:blank", "title": "Busy", "status": 503, "code": "busy", "detail": "The clinic is busy just now. Please try again in a moment."}'
        route.fulfill(status=503, content_type="application/problem+json", body=body)

    return lambda page: page.route(pattern, fail)


def answer_with_nothing(pattern: str) -> Step:
    def empty(route: Route) -> None:
        body = '{"count": 0, "next": null, "previous": null, "results": []}'
        route.fulfill(status=200, content_type="application/json", body=body)

    return lambda page: page.route(pattern, empty)


def click(role: Any, name: str, *, nth: int = 0) -> Step:
    return lambda page: page.get_by_role(role, name=name).nth(nth).click()


def states(name: str, path: str, pattern: str, role: str) -> list[Shot]:
    """A screen as it is, while it loads, and when it cannot."""
    return [
        Shot(name, path, role),
        Shot(f"{name}-loading", path, role, before=never_answer(pattern)),
        Shot(f"{name}-error", path, role, before=answer_with_failure(pattern)),
    ]


SHOTS: Final = [
    Shot("home", "/"),
    Shot("treatment", "/treatments/calf-release/"),
    Shot("book", "/book/"),
    Shot("book-times", "/book/calf-release?minutes=60"),
    Shot("book-loading", "/book/calf-release?minutes=60", before=never_answer("**/api/v1/availability/**")),
    Shot("book-error", "/book/calf-release?minutes=60", before=answer_with_failure("**/api/v1/availability/**")),
    Shot("guide", "/guide/"),
    Shot("guide-error", "/guide/", before=answer_with_failure("**/api/v1/guide/")),
    Shot("manage-closed", "/manage/AAAA-1111#no-such-token"),
    Shot("sign-in", "/sign-in/"),
    Shot("set-password", "/set-password/#x-y"),
    Shot("embedded", "/embed/book/calf-release"),
    *states("today", "/staff/", "**/api/v1/today/**", "therapist"),
    Shot("today-reception", "/staff/", "receptionist"),
    *states("diary-day", "/staff/diary/?view=day", "**/api/v1/diary/**", "therapist"),
    Shot("diary-week", "/staff/diary/?view=week", "therapist"),
    Shot("diary-list", "/staff/diary/?view=list", "therapist"),
    Shot("diary-reception", "/staff/diary/?view=day", "receptionist"),
    *states("clients", "/staff/clients/", "**/api/v1/clients/**", "therapist"),
    Shot("clients-none", f"/staff/clients/?q={'x' * 60}", "therapist"),
    Shot("clients-empty", "/staff/clients/", "therapist", before=answer_with_nothing("**/api/v1/clients/**")),
    Shot("client", "/staff/clients/1/", "therapist"),
    Shot("client-long-name", "/staff/clients/11/", "therapist"),
    Shot("client-reception", "/staff/clients/1/", "receptionist"),
    *states("hours", "/staff/hours/", "**/api/v1/working-hours/**", "therapist"),
    *states("waitlist", "/staff/waitlist/", "**/api/v1/waitlist/**", "therapist"),
    *states("messages", "/staff/messages/", "**/api/v1/messages/**", "owner"),
    Shot("account-staff", "/account/", "therapist"),
    Shot("admin", "/admin/", "owner"),
    Shot("admin-treatment", "/admin/treatments/treatment/1/change/", "owner"),
]


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
    for role in sorted({shot.role for shot in shots}):
        for scheme in schemes:
            options: dict[str, Any] = {"color_scheme": scheme, "timezone_id": "Europe/London", "locale": "en-GB"}
            context = served.signed_in(browser, role, **options) if role else browser.new_context(**options)
            for shot in (shot for shot in shots if shot.role == role):
                for width, height in widths.items():
                    page = context.new_page()
                    page.set_viewport_size({"width": width, "height": height})
                    yield _take(page, served, shot, FOLDER / f"{shot.name}-{width}-{scheme}.png")
                    page.close()
            context.close()


def _take(page: Page, served: Served, shot: Shot, file: Path) -> Path:
    if shot.before:
        shot.before(page)
    page.goto(served.url + shot.path)
    try:
        page.wait_for_load_state("networkidle", timeout=4_000)
    except Error:
        page.wait_for_timeout(500)  # something is kept from answering, as it should be here
    if shot.step:
        shot.step(page)
        page.wait_for_timeout(500)
    page.screenshot(path=file, full_page=True)
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
