"""A password alone, however it was come by, opens no account that has a second factor."""

from __future__ import annotations

import pytest
from allauth.mfa.base import forms
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.totp.internal import auth as totp
from pytest_django import Settings

from clinic.accounts.models import User
from clinic.accounts.password_links import password_link
from tests.accounts.conftest import PASSWORD, App, Browser

NEW = "another long phrase"
TOO_MANY = "too_many_login_attempts"
PLACES = ("/api/v1/today/", "/api/v1/clients/", "/api/v1/me/", "/staff/", "/staff/diary/", "/admin/")


@pytest.fixture
def secret(therapist: User) -> str:
    """Of the second factor that the therapist has turned on."""
    made = str(totp.generate_totp_secret())
    totp.TOTP.activate(therapist, made)
    return made


@pytest.fixture
def recovery_code(therapist: User, secret: str) -> str:
    return str(RecoveryCodes.activate(therapist).get_unused_codes()[0])


def code_now(secret: str) -> str:
    """What an authenticator app shows."""
    return str(totp.format_hotp_value(totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time()))))


def wrong_code(secret: str) -> str:
    return f"{(int(code_now(secret)) + 1) % 1_000_000:06d}"


def is_asked_for_the_factor(browser: Browser) -> bool:
    flows = browser.get("/_allauth/browser/v1/auth/session").json()["data"]["flows"]
    return any(flow["id"] == "mfa_authenticate" and flow.get("is_pending") for flow in flows)


def give_code(browser: Browser, code: str) -> tuple[int, str]:
    answer = browser.post("/_allauth/browser/v1/auth/2fa/authenticate", {"code": code})
    errors = answer.json().get("errors") or [{"code": ""}]
    return answer.status_code, errors[0]["code"]


def reset_password(browser: Browser, user: User) -> int:
    key = password_link(user).partition("#")[2]
    answer = browser.post("/_allauth/browser/v1/auth/password/reset", {"key": key, "password": NEW})
    return int(answer.status_code)


def half_signed_in(user: User, number: int = 1) -> Browser:
    """With the password given, and the second factor still to come."""
    browser = Browser(address=f"198.51.100.{number}")
    assert browser.sign_in(user.email).status_code == 401
    return browser


# --- Only half signed in -------------------------------------------------------------------------


def test_password_alone_is_nobody_anywhere(therapist: User, secret: str) -> None:
    browser = half_signed_in(therapist)

    assert is_asked_for_the_factor(browser)
    assert browser.who() == {"is_authenticated": False, "user": None}
    assert [browser.get(place).status_code for place in PLACES] == [401] * 3 + [302] * 3
    assert browser.get("/staff/").headers["Location"] == "/sign-in/?next=/staff/"
    assert browser.post("/api/v1/clients/", {"first_name": "A", "last_name": "B"}).status_code == 401


def test_password_alone_is_nobody_to_an_app(therapist: User, secret: str) -> None:
    app = App()
    app.post("auth/login", {"email": therapist.email, "password": PASSWORD})

    assert app.token
    assert app.who() == {"is_authenticated": False, "user": None}


def test_password_alone_changes_no_factor(therapist: User, secret: str) -> None:
    browser = half_signed_in(therapist)

    turned_off = browser.send("DELETE", "/_allauth/browser/v1/account/authenticators/totp")
    listed = browser.get("/_allauth/browser/v1/account/authenticators/recovery-codes")

    assert (turned_off.status_code, listed.status_code) == (401, 401)
    assert Authenticator.objects.filter(user=therapist, type=Authenticator.Type.TOTP).exists()


def test_password_and_code_are_somebody(therapist: User, secret: str) -> None:
    browser = half_signed_in(therapist)

    assert give_code(browser, code_now(secret))[0] == 200
    assert [browser.get(place).status_code for place in PLACES[:2]] == [200, 200]
    assert browser.get("/staff/").status_code == 200


def test_password_alone_control_is_somebody_without_the_step(
    therapist: User, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AuthenticateStage, "_should_handle", lambda self, request: False)
    browser = Browser()

    assert browser.sign_in(therapist.email).status_code == 200
    assert browser.get("/staff/").status_code == 200


# --- By a link from the mailbox ------------------------------------------------------------------


@pytest.mark.parametrize("signs_in_by_the_link", [False, True])
def test_new_password_does_not_stand_in_for_the_factor(
    therapist: User, secret: str, settings: Settings, signs_in_by_the_link: bool
) -> None:
    """Not even where the setting changed that a link signs nobody in."""
    settings.ACCOUNT_LOGIN_ON_PASSWORD_RESET = signs_in_by_the_link
    browser = Browser()

    reset_password(browser, therapist)

    therapist.refresh_from_db()
    assert therapist.check_password(NEW)
    assert browser.who()["is_authenticated"] is False
    assert is_asked_for_the_factor(browser) is signs_in_by_the_link
    assert browser.get("/staff/").status_code == 302
    if not signs_in_by_the_link:
        assert browser.sign_in(therapist.email, NEW).status_code == 401
    assert is_asked_for_the_factor(browser)
    assert give_code(browser, code_now(secret))[0] == 200


def test_new_password_control_does_without_the_step(
    therapist: User, secret: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
    monkeypatch.setattr(AuthenticateStage, "_should_handle", lambda self, request: False)
    browser = Browser()

    reset_password(browser, therapist)

    assert browser.who()["is_authenticated"] is True


def test_new_password_takes_no_factor_away(therapist: User, secret: str, recovery_code: str) -> None:
    reset_password(Browser(), therapist)

    kinds = Authenticator.objects.filter(user=therapist).values_list("type", flat=True)
    assert set(kinds) == {Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES}


# --- Guessing ------------------------------------------------------------------------------------


def guesses(therapist: User, codes: list[str]) -> list[str]:
    """What is said to each, given from an address and in a session of its own."""
    return [give_code(half_signed_in(therapist, number), code)[1] for number, code in enumerate(codes, start=1)]


def test_codes_of_an_app_are_guessed_five_times_from_as_many_addresses(therapist: User, secret: str) -> None:
    said = guesses(therapist, [wrong_code(secret)] * 7)

    assert said == ["incorrect_code"] * 5 + [TOO_MANY] * 2
    assert give_code(half_signed_in(therapist, 9), code_now(secret)) == (400, TOO_MANY)


def test_recovery_codes_are_guessed_five_times_from_as_many_addresses(therapist: User, recovery_code: str) -> None:
    wrong = [f"{number:08d}" for number in range(7) if f"{number:08d}" != recovery_code]

    assert guesses(therapist, wrong)[4:] == ["incorrect_code", *[TOO_MANY] * (len(wrong) - 5)]
    assert give_code(half_signed_in(therapist, 9), recovery_code) == (400, TOO_MANY)


def test_guesses_at_both_kinds_count_together(therapist: User, secret: str, recovery_code: str) -> None:
    said = guesses(therapist, [wrong_code(secret), "00000000"] * 3)

    assert said == ["incorrect_code"] * 5 + [TOO_MANY]


def test_guesses_in_one_session_count_alike(therapist: User, secret: str) -> None:
    browser = half_signed_in(therapist)

    assert [give_code(browser, wrong_code(secret))[1] for _ in range(6)] == ["incorrect_code"] * 5 + [TOO_MANY]


def test_guessing_control_goes_on_without_the_limit(
    therapist: User, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forms, "check_rate_limit", lambda user: lambda: None)

    assert guesses(therapist, [wrong_code(secret)] * 7) == ["incorrect_code"] * 7


def test_recovery_code_opens_once(therapist: User, recovery_code: str) -> None:
    assert give_code(half_signed_in(therapist, 1), recovery_code)[0] == 200
    assert give_code(half_signed_in(therapist, 2), recovery_code) == (400, "incorrect_code")


def test_code_of_an_app_opens_once(therapist: User, secret: str) -> None:
    code = code_now(secret)

    assert give_code(half_signed_in(therapist, 1), code)[0] == 200
    assert give_code(half_signed_in(therapist, 2), code) == (400, "incorrect_code")
