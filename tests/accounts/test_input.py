"""Whatever is sent to the sign-in calls is answered, never a failure of ours."""

from __future__ import annotations

from typing import Final

import pytest
from allauth.headless.account import views
from allauth.headless.constants import Client as Kind
from django.test import Client
from django.urls import path

CALLS: Final = ("login", "code/request", "password/request")
UNREADABLE: Final = {
    "nested without end": b"[" * 100_000 + b"]" * 100_000,
    "half a character in the password": b'{"email": "a@b.example", "password": "\\ud800 half a character"}',
    "half a character in the address": b'{"email": "a@b\\ud800.example", "password": "long enough phrase"}',
    "not JSON": b"not json",
    "not text": b"\xff\xfe",
}
WRONG: Final = {
    "nul": b'{"email": "a\\u0000@b.example", "password": "long enough phrase", "code": "\\u0000"}',
    "other types": b'{"email": ["a@b.example"], "password": {"a": 1}, "code": [1]}',
    "huge": b'{"email": "' + b"a" * 100_000 + b'@b.example", "password": "' + b"p" * 100_000 + b'"}',
    "no body": b"",
}

# Control: allauth's own views, as they answer without our guard.
urlpatterns = [
    path("login", views.LoginView.as_api_view(client=Kind.APP)),
    path("code/request", views.RequestLoginCodeView.as_api_view(client=Kind.APP)),
]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
def test_unreadable_body_is_answered_400(call: str, body: bytes) -> None:
    answer = Client().generic("POST", f"/_allauth/app/v1/auth/{call}", body, content_type="application/json")

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "unreadable")


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(
    ("call", "body"),
    [
        ("login", "nested without end"),
        ("login", "half a character in the password"),
        ("code/request", "half a character in the address"),
    ],
)
def test_unreadable_body_control_fails_without_the_guard(call: str, body: str) -> None:
    with pytest.raises((RecursionError, UnicodeEncodeError)):
        Client().generic("POST", f"/{call}", UNREADABLE[body], content_type="application/json")


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("body", WRONG.values(), ids=WRONG)
def test_wrong_input_is_answered_400_and_names_the_field(call: str, body: bytes) -> None:
    answer = Client().generic("POST", f"/_allauth/app/v1/auth/{call}", body, content_type="application/json")

    assert answer.status_code == 400
    assert "email" in {error.get("param") for error in answer.json()["errors"]}


@pytest.mark.parametrize("key", ["", "x", "zzzzzzzzzzzzz-abc", "1-", "\u00e4-1", "0-" + "a" * 5000])
def test_wrong_password_key_is_answered_400(key: str) -> None:
    body = {"key": key, "password": "a long enough phrase"}

    answer = Client().post("/_allauth/app/v1/auth/password/reset", body, content_type="application/json")

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["param"] == "key"


@pytest.mark.parametrize("token", ["x", "a" * 5000, "../../etc/passwd", "%00"])
def test_unknown_session_token_is_gone_for_sign_in_and_a_stranger_for_the_api(token: str) -> None:
    headers = {"X-Session-Token": token}

    assert Client().get("/_allauth/app/v1/auth/session", headers=headers).status_code == 410
    assert Client().get("/api/v1/session/", headers=headers).json()["is_authenticated"] is False
