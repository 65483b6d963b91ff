"""A slow telephone, played by Chromium: one cold load of a page, and what its visitor saw when."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import APIRequestContext, Browser, ViewportSize

_SLOWER: Final = 4
_LINE: Final = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}
_SCREEN: Final = ViewportSize(width=390, height=844)
# Both kinds of entries are only told to those who listen.
_LISTEN: Final = """
  window.seen = { largest: 0, shift: 0 };
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.seen.largest = entry.startTime;
  }).observe({ type: "largest-contentful-paint", buffered: true });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.seen.shift += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
"""
_TELL: Final = """() => ({
  first: performance.getEntriesByName("first-contentful-paint")[0]?.startTime,
  ...window.seen,
})"""
_A_WHILE_MS: Final = 500


@dataclass(frozen=True, slots=True)
class Load:
    """Seconds until the first and the largest content was painted; how far content moved, all shifts added up."""

    first: float
    largest: float
    shift: float


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whose telephone it is: the cookies they come with, and nothing else."""

    url: str
    state: Any = None


def load_page(browser: Browser, visitor: Visitor, path: str) -> Load:
    context = browser.new_context(viewport=_SCREEN, storage_state=visitor.state, locale="en-GB")
    try:
        page = context.new_page()
        page.add_init_script(_LISTEN)
        developer = context.new_cdp_session(page)
        developer.send("Network.enable")
        developer.send("Network.emulateNetworkConditions", _LINE)
        developer.send("Emulation.setCPUThrottlingRate", {"rate": _SLOWER})
        page.goto(visitor.url + path)
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(_A_WHILE_MS)
        seen = page.evaluate(_TELL)
    finally:
        context.close()
    return Load(seen["first"] / 1000, seen["largest"] / 1000, seen["shift"])


def sign_in(browser: Browser, url: str, *, sign_ins: Path, role: str) -> Visitor:
    """A visitor who has signed in by the password that the first run left for that role."""
    rows = [line.split(", ") for line in sign_ins.read_text().splitlines()]
    email, password = next((email, password) for its_role, email, password in rows if its_role == role)
    context = browser.new_context()
    try:
        context.request.get(f"{url}/_allauth/browser/v1/config")
        token = next(cookie["value"] for cookie in context.cookies() if cookie["name"] == "csrftoken")
        answer = context.request.post(
            f"{url}/_allauth/browser/v1/auth/login",
            data={"email": email, "password": password},
            headers={"X-CSRFToken": token},
        )
        _check(answer.status, 200, answer.text())
        return Visitor(url, context.storage_state())
    finally:
        context.close()


def book(browser: Browser, url: str) -> str:
    """The path of a booking's page, with its token, as a message carries it."""
    context = browser.new_context()
    try:
        request = context.request
        body = {
            "treatment": "calf-release",
            "minutes": 60,
            "starts_at": _free_start(request, url),
            "accepts_policy": True,
            "client": {"first_name": "Ada", "last_name": "Example", "email": "ada@example.org"},
        }
        key = {"Idempotency-Key": str(uuid.uuid4())}
        answer = request.post(f"{url}/api/v1/bookings/", data=body, headers=key)
        _check(answer.status, 201, answer.text())
        booked = answer.json()
        return f"/manage/{booked['reference']}#{booked['manage_token']}"
    finally:
        context.close()


def _free_start(request: APIRequestContext, url: str) -> str:
    first = datetime.now(UTC).date() + timedelta(days=3)
    span = f"from={first}&to={first + timedelta(days=14)}"
    answer = request.get(f"{url}/api/v1/availability/?treatment=calf-release&minutes=60&{span}")
    return str(next(slot["starts_at"] for day in answer.json()["days"] for slot in day["slots"]))


def _check(status: int, wanted: int, text: str) -> None:
    if status != wanted:
        raise RuntimeError(f"The server answered {status}: {text[:500]}")
