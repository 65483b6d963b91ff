"""Those who call: each role with a real session, got through the real sign-in, and real CSRF."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any, Final

from django.core import mail
from django.test import Client as HttpClient

from clinic.accounts.models import User
from clinic.accounts.post import wait_until_posted
from clinic.accounts.roles import Role
from tests.access.world import PASSWORD, World

ROLES: Final = ("anonymous", "client", "receptionist", "therapist", "owner", "holder")
SIGNED_IN: Final = ("client", "receptionist", "therapist", "owner")
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
APP: Final = "/_allauth/app/"
BROWSER: Final = "/_allauth/browser/"


@dataclass
class Caller:
    """One role. Calls by the browser's cookies, but under `/_allauth/app/` by the app's token."""

    role: str
    cookies: dict[str, str] = field(default_factory=dict)
    app_token: str = ""
    manage_token: str = ""

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: dict[str, str] | None = None,
        *,
        content: str | bytes | None = None,
        content_type: str = "application/json",
        sends_csrf_token: bool = True,
        address: str = "127.0.0.1",
    ) -> Any:
        """The answer to one request. Every call starts from the same cookies, whatever earlier ones were told to set."""
        browser = HttpClient(enforce_csrf_checks=True, raise_request_exception=False)
        is_app = path.startswith(APP)
        if not is_app:
            browser.cookies = SimpleCookie(self.cookies)
        sent = dict(headers or {})
        if is_app and self.app_token:
            sent["X-Session-Token"] = self.app_token
        if self.manage_token:
            sent["Authorization"] = f"Booking {self.manage_token}"
        if sends_csrf_token and method not in SAFE and not is_app:
            sent["X-CSRFToken"] = self.cookies["csrftoken"]
        if content is None:
            content = json.dumps({} if body is None else body) if method not in SAFE else ""
        if method in SAFE and not content:
            content_type = ""
        return browser.generic(method, path, content, content_type=content_type, headers=sent, REMOTE_ADDR=address)


def make_callers(world: World) -> dict[str, Caller]:
    """All of `ROLES`, each signed in both ways."""
    callers = {role: signed_in(world.user(role), role) for role in SIGNED_IN}
    callers["anonymous"] = visitor()
    callers["holder"] = Caller("holder", visitor().cookies, manage_token=world.own.manage_token)
    return callers


def visitor(role: str = "anonymous") -> Caller:
    """Somebody without a session, who has opened a page and so has the CSRF cookie."""
    browser = HttpClient()
    browser.get("/api/v1/session/")
    return Caller(role, _values(browser))


def signed_in(user: User, role: str) -> Caller:
    caller = visitor(role)
    browser = HttpClient(enforce_csrf_checks=True)
    browser.cookies = SimpleCookie(caller.cookies)
    answer = _prove(browser, BROWSER, user, {"X-CSRFToken": caller.cookies["csrftoken"]})
    caller.cookies = _values(browser)
    assert answer.status_code == 200, answer.content
    caller.app_token = _prove(HttpClient(), APP, user, {}).json()["meta"]["session_token"]
    return caller


def _prove(browser: HttpClient, base: str, user: User, headers: dict[str, str]) -> Any:
    """Staff by password, clients by the code in their mailbox."""
    if user.role != Role.CLIENT:
        return _post(browser, f"{base}v1/auth/login", {"email": user.email, "password": PASSWORD}, headers)
    asked = _post(browser, f"{base}v1/auth/code/request", {"email": user.email}, headers)
    token = asked.json().get("meta", {}).get("session_token")
    wait_until_posted()
    code = re.search(r"^ +([A-Z]{4}-[A-Z]{4})$", str(mail.outbox[-1].body), re.MULTILINE)
    assert code
    extra = {"X-Session-Token": token} if token else {}
    return _post(browser, f"{base}v1/auth/code/confirm", {"code": code[1]}, {**headers, **extra})


def _post(browser: HttpClient, path: str, body: dict[str, str], headers: dict[str, str]) -> Any:
    return browser.post(path, json.dumps(body), content_type="application/json", headers=headers)


def _values(browser: HttpClient) -> dict[str, str]:
    return {name: morsel.value for name, morsel in browser.cookies.items()}
