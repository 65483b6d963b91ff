"""Whole flows in a real Chromium, against a server of its own with the clinic as first installed.

Whatever else a test looks at: a script error or anything the content policy refused fails it.
"""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.backends.db import SessionStore
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.utils import timezone
from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Page, expect
from pytest_django.live_server_helper import LiveServer

from bookings.models import Therapist
from bookings.seed.loader import seed_clinic
from clinic.accounts.models import User
from clinic.accounts.roles import Role
from clinic.messaging.sweep import sweep
from tests.factories import make_user
from treatments.seed.loader import seed_catalogue

HERE = Path(__file__).parent
# Playwright's own loop runs in this thread; Django would take that for an asynchronous view.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
expect.set_options(timeout=10_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@dataclass(frozen=True)
class Site:
    """The running clinic: addresses, its people, and the mail that left."""

    url: str
    therapist: Therapist
    owner: User
    receptionist: User

    @property
    def therapist_user(self) -> User:
        assert self.therapist.user is not None
        return self.therapist.user

    def sign_in(self, context: BrowserContext, user: User) -> None:
        """As signing in would leave it; signing in itself has tests of its own."""
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        assert session.session_key
        context.add_cookies([{"name": "sessionid", "value": session.session_key, "url": self.url}])

    def mail(self) -> list[Any]:
        """What is due by now, sent; all mails so far, the latest last."""
        sweep(now=timezone.now())
        return list(mail.outbox)

    def link_to_manage(self) -> str:
        """The manage link of the latest mail that has one, as an address on this server."""
        found = [link for each in self.mail() for link in re.findall(r"/manage/\S+", str(each.body))]
        return f"{self.url}{found[-1]}"


@pytest.fixture(scope="session")
def installed() -> Installed:
    return Installed()


@pytest.fixture
def site(transactional_db: None, live_server: LiveServer, installed: Installed) -> Site:
    cache.clear()
    installed.put_in_place()
    return Site(
        url=live_server.url,
        therapist=Therapist.objects.get(),
        owner=User.objects.get(role=Role.OWNER),
        receptionist=User.objects.get(role=Role.RECEPTIONIST),
    )


class Installed:
    """The clinic as first installed. SQLite keeps a copy of it: putting that back is quicker than installing anew."""

    def __init__(self) -> None:
        self._copy: sqlite3.Connection | None = None

    def put_in_place(self) -> None:
        if self._copy is None:
            self._install()
            if connection.vendor == "sqlite":
                self._copy = sqlite3.connect(":memory:", check_same_thread=False)
                connection.connection.backup(self._copy)
        else:
            connection.ensure_connection()
            self._copy.backup(connection.connection)
            ContentType.objects.clear_cache()

    @staticmethod
    def _install() -> None:
        seed_catalogue()
        make_user(Role.THERAPIST, email="tom@clinic.example", name="Tom")
        seed_clinic(now=timezone.now())
        make_user(Role.OWNER, email="owner@clinic.example", name="Olive Owner")
        make_user(Role.RECEPTIONIST, email="reception@clinic.example", name="Rae Reception")


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    return {
        "executable_path": os.environ["GROUNDWORK_CHROMIUM"],
        "args": [
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--disable-gpu",
            "--disable-background-networking",
            "--disable-sync",
        ],
    }


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, Any]:
    return {"viewport": {"width": 1280, "height": 900}, "timezone_id": "Europe/London", "locale": "en-GB"}


@pytest.fixture
def faults() -> list[str]:
    """What went wrong in the pages. A test that provokes a fault takes it out of here."""
    return []


@pytest.fixture(autouse=True)
def no_faults(context: BrowserContext, faults: list[str]) -> Iterator[None]:
    def heed(message: ConsoleMessage) -> None:
        # Chromium reports every answer of 400 and above, and every lost connection: those are the API's business.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            faults.append(message.text)

    context.on("console", heed)
    context.on("weberror", lambda error: faults.append(str(error.error)))
    yield
    assert faults == []


# What goes on for ever, such as the bars of what is loading, is never over.
NOTHING_MOVES = """() => document.getAnimations().every(({effect, playState}) =>
    playState !== "running" || effect.getComputedTiming().endTime === Infinity)"""


def accessibility_faults(page: Page) -> list[str]:
    """What axe finds by the rules of WCAG 2.2 AA and its best practices. Colours on their way are not judged."""
    page.wait_for_function(NOTHING_MOVES)
    options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    found = Axe().run(page, options=options).response["violations"]
    return [f"{each['id']}: {node['target']} {node['failureSummary']}" for each in found for node in each["nodes"]]


def assert_accessible(page: Page) -> None:
    assert accessibility_faults(page) == []


def skip_to_main(page: Page) -> None:
    """Past the menu, as somebody at the keyboard goes: the page keeps its address, and only the focus moves."""
    before = page.url
    page.locator(".skip").focus()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    assert page.url == before


def wait_until_quiet(page: Page) -> None:
    """For screenshots and rules over a whole page: nothing is under way any more."""
    try:
        page.wait_for_load_state("networkidle", timeout=10_000)
    except Error:
        pytest.fail("The page never came to rest.")
