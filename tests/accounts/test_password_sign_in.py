from __future__ import annotations

import pytest

from clinic.accounts import adapter
from clinic.accounts.models import User
from clinic.accounts.roles import Role
from tests.accounts.conftest import PASSWORD, App, Browser, make_staff, shape


@pytest.mark.parametrize("role", [Role.OWNER, Role.THERAPIST, Role.RECEPTIONIST])
def test_staff_sign_in_by_password(browser: Browser, role: str) -> None:
    user = make_staff(role)

    answer = browser.sign_in(user.email.upper())

    assert answer.status_code == 200
    assert browser.who()["user"] == {"id": user.pk, "name": user.name, "email": user.email, "role": role}


def test_wrong_password_unknown_address_and_client_answer_alike(therapist: User, client_user: User) -> None:
    wrong = Browser().sign_in(therapist.email, "not it, and long enough")
    unknown = Browser().sign_in("nobody@example.org", "not it, and long enough")
    client = Browser().sign_in(client_user.email, "not it, and long enough")

    assert wrong.status_code == 400
    assert shape(wrong) == shape(unknown) == shape(client)


def test_client_with_a_password_is_refused_all_the_same(browser: Browser) -> None:
    user = make_staff(Role.CLIENT)

    answer = browser.sign_in(user.email)

    assert answer.status_code == 401
    assert browser.who() == {"is_authenticated": False, "user": None}


def test_client_with_a_password_control_enters_without_the_guard(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(adapter.AccountAdapter, "pre_login")
    user = make_staff(Role.CLIENT)

    browser.sign_in(user.email)

    assert browser.who()["is_authenticated"] is True


def test_client_cannot_set_a_password(client_user: User) -> None:
    browser = Browser()
    browser.client.force_login(client_user)

    answer = browser.post("/_allauth/browser/v1/account/password/change", {"new_password": PASSWORD})

    client_user.refresh_from_db()
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] == "no_password"
    assert client_user.has_usable_password() is False


def test_client_cannot_set_a_password_control_can_without_the_guard(
    client_user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(adapter.AccountAdapter, "clean_password")
    browser = Browser()
    browser.client.force_login(client_user)

    browser.post("/_allauth/browser/v1/account/password/change", {"new_password": PASSWORD})

    client_user.refresh_from_db()
    assert client_user.has_usable_password() is True


def test_closed_account_is_refused(browser: Browser, therapist: User) -> None:
    User.objects.filter(pk=therapist.pk).update(is_active=False)

    answer = browser.sign_in(therapist.email)

    assert answer.status_code == 401
    assert browser.who()["is_authenticated"] is False


def test_app_signs_in_and_its_token_opens_the_api(therapist: User) -> None:
    app = App()

    answer = app.post("auth/login", {"email": therapist.email, "password": PASSWORD})

    assert answer.status_code == 200
    assert app.who()["user"]["id"] == therapist.pk


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("auth/signup", {"email": "new@example.org", "password": PASSWORD}),
        ("account/email", {"email": "second@example.org"}),
        ("auth/email/verify", {"key": "x"}),
        ("account/phone", {"phone": "+447700900123"}),
        ("auth/provider/token", {}),
    ],
)
@pytest.mark.parametrize("kind", ["browser", "app"])
def test_what_we_do_not_use_is_not_there(therapist: User, kind: str, path: str, body: dict[str, str]) -> None:
    browser = Browser()
    browser.client.force_login(therapist)

    answer = browser.post(f"/_allauth/{kind}/v1/{path}", body)

    assert answer.status_code == 404
    assert User.objects.count() == 1


def test_second_factors_have_their_place_and_are_not_asked_for(browser: Browser, therapist: User) -> None:
    browser.sign_in(therapist.email)

    listed = browser.get("/_allauth/browser/v1/account/authenticators")
    offered = browser.get("/_allauth/browser/v1/account/authenticators/totp")

    assert (listed.status_code, listed.json()["data"]) == (200, [])
    assert offered.status_code == 404
    assert set(offered.json()["meta"]) >= {"secret", "totp_url"}
