"""A browser and an app as sign-in meets them, and the mail that sign-in sends."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from clinic.accounts.models import User
from clinic.accounts.post import wait_until_posted
from clinic.accounts.roles import Role
from tests.factories import make_user

PASSWORD = "a long enough phrase"


@pytest.fixture(autouse=True)
def no_earlier_attempts() -> Iterator[None]:
    """Limits count from nothing in each test, and leave nothing for others."""
    cache.clear()
    yield
    wait_until_posted()
    cache.clear()


@pytest.fixture(autouse=True)
def database(db: None) -> None:
    """Every test here needs one."""


@dataclass
class Browser:
    """Cookies, and the CSRF token sent back as a page's script does."""

    client: Client = field(default_factory=lambda: Client(enforce_csrf_checks=True))
    address: str = "192.0.2.1"
    host: str = "localhost:8000"

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(path, REMOTE_ADDR=self.address, headers={"Host": self.host, **headers})

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.send("POST", path, body, **headers)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        if "csrftoken" not in self.client.cookies:
            self.get("/_allauth/browser/v1/config")
        token = {"X-CSRFToken": self.client.cookies["csrftoken"].value}
        return self.client.generic(
            method,
            path,
            json.dumps(body) if body is not None else "",
            content_type="application/json",
            REMOTE_ADDR=self.address,
            headers={"Host": self.host, **token, **headers},
        )

    def sign_in(self, email: str, password: str = PASSWORD) -> Any:
        return self.post("/_allauth/browser/v1/auth/login", {"email": email, "password": password})

    def ask_for_code(self, email: str) -> Any:
        return self.post("/_allauth/browser/v1/auth/code/request", {"email": email})

    def give_code(self, code: str) -> Any:
        return self.post("/_allauth/browser/v1/auth/code/confirm", {"code": code})

    def who(self) -> Any:
        return self.get("/api/v1/session/").json()

    @property
    def session_key(self) -> str:
        return self.client.cookies["sessionid"].value if "sessionid" in self.client.cookies else ""


@dataclass
class App:
    """No cookies: a token in a header."""

    token: str = ""

    def post(self, path: str, body: Any) -> Any:
        answer = Client(enforce_csrf_checks=True).post(
            f"/_allauth/app/v1/{path}", body, content_type="application/json", headers=self.headers()
        )
        self.token = answer.json().get("meta", {}).get("session_token", self.token)
        return answer

    def headers(self) -> dict[str, str]:
        return {"X-Session-Token": self.token} if self.token else {}

    def who(self) -> Any:
        return Client().get("/api/v1/session/", headers=self.headers()).json()


@pytest.fixture
def browser() -> Browser:
    return Browser()


@pytest.fixture
def therapist() -> User:
    return make_staff(Role.THERAPIST)


@pytest.fixture
def owner() -> User:
    return make_staff(Role.OWNER)


@pytest.fixture
def client_user() -> User:
    return make_user(Role.CLIENT)


def make_staff(role: str, **fields: Any) -> User:
    user = make_user(role, **fields)
    user.set_password(PASSWORD)
    user.save()
    return user


def sent_mail() -> list[Any]:
    wait_until_posted()
    return mail.outbox


def code_in(message: Any) -> str:
    found = re.search(r"^ +([A-Z]{4}-[A-Z]{4})$", message.body, re.MULTILINE)
    assert found, message.body
    return found[1]


def sign_in_by_code(browser: Browser, user: User) -> Any:
    browser.ask_for_code(user.email)
    return browser.give_code(code_in(sent_mail()[-1]))


def shape(answer: HttpResponse) -> tuple[int, bytes, str]:
    """What the asking side sees, but for values that differ each time by nature."""
    return answer.status_code, answer.content, answer.headers["Content-Type"]
