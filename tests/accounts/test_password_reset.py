from __future__ import annotations

import re
from typing import Any

import pytest
import time_machine
from pytest_django import Settings

from clinic.accounts import adapter
from clinic.accounts.models import User
from clinic.accounts.password_links import password_link
from clinic.accounts.roles import STAFF_ROLES
from tests.accounts.conftest import PASSWORD, Browser, make_staff, sent_mail, shape

NEW = "another long phrase"


def ask(browser: Browser, email: str) -> Any:
    return browser.post("/_allauth/browser/v1/auth/password/request", {"email": email})


def reset(browser: Browser, key: str, password: str = NEW) -> Any:
    return browser.post("/_allauth/browser/v1/auth/password/reset", {"key": key, "password": password})


def key_in(message: Any) -> str:
    found = re.search(r"/set-password/#(\S+)", message.body)
    assert found, message.body
    return found[1]


@pytest.mark.parametrize("role", sorted(STAFF_ROLES))
def test_staff_set_a_new_password_by_the_link_sent(browser: Browser, role: str) -> None:
    user = make_staff(role)

    ask(browser, user.email)
    answer = reset(browser, key_in(sent_mail()[0]))

    assert answer.status_code == 401  # set, and not signed in by it
    assert browser.who()["is_authenticated"] is False
    assert browser.sign_in(user.email, NEW).status_code == 200


def test_new_password_ends_all_sessions(browser: Browser, therapist: User) -> None:
    elsewhere = Browser()
    elsewhere.sign_in(therapist.email)
    ask(browser, therapist.email)

    reset(browser, key_in(sent_mail()[0]))

    assert elsewhere.who()["is_authenticated"] is False


def test_asking_alone_ends_nothing(browser: Browser, therapist: User) -> None:
    browser.sign_in(therapist.email)

    ask(Browser(), therapist.email)

    assert browser.who()["is_authenticated"] is True


def test_link_works_once(browser: Browser, therapist: User) -> None:
    ask(browser, therapist.email)
    key = key_in(sent_mail()[0])
    reset(browser, key)

    again = reset(browser, key, "a third long phrase")

    assert again.status_code == 400
    assert browser.sign_in(therapist.email, NEW).status_code == 200


@pytest.mark.parametrize(("hours", "status"), [(23, 401), (25, 400)])
def test_link_is_dead_after_a_day(browser: Browser, therapist: User, hours: int, status: int) -> None:
    with time_machine.travel("2026-11-23T09:00:00Z") as clock:
        key = password_link(therapist).partition("#")[2]
        clock.shift(hours * 3600)

        assert reset(browser, key).status_code == status


def test_link_leads_to_our_own_address_whatever_the_host_header(therapist: User, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["*"]

    ask(Browser(host="evil.example"), therapist.email)

    assert "evil.example" not in sent_mail()[0].body
    assert "http://localhost:8000/set-password/#" in sent_mail()[0].body


def test_unknown_host_is_refused(therapist: User) -> None:
    browser = Browser(host="evil.example")

    assert browser.get("/_allauth/browser/v1/config").status_code == 400
    assert browser.get("/").status_code == 400


def test_client_asking_for_a_link_is_answered_like_staff_and_nobody_and_sent_nothing(
    therapist: User, client_user: User
) -> None:
    client = ask(Browser(), client_user.email)
    staff = ask(Browser(), therapist.email)
    nobody = ask(Browser(), "nobody@example.org")

    assert shape(client) == shape(staff) == shape(nobody)
    assert [message.to for message in sent_mail()] == [[therapist.email]]


def test_client_s_key_sets_no_password(browser: Browser, client_user: User) -> None:
    answer = reset(browser, password_link(client_user).partition("#")[2])

    client_user.refresh_from_db()
    assert answer.status_code == 400
    assert client_user.has_usable_password() is False


def test_client_s_key_control_sets_one_without_the_guard(
    browser: Browser, client_user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(adapter.AccountAdapter, "clean_password")

    reset(browser, password_link(client_user).partition("#")[2])

    client_user.refresh_from_db()
    assert client_user.has_usable_password() is True


def test_closed_account_is_sent_nothing_and_its_key_is_dead(browser: Browser, therapist: User) -> None:
    key = password_link(therapist).partition("#")[2]
    User.objects.filter(pk=therapist.pk).update(is_active=False)

    ask(browser, therapist.email)
    reset(browser, key)

    assert sent_mail() == []
    assert browser.sign_in(therapist.email, NEW).status_code != 200


@pytest.mark.parametrize(
    "password", ["short", "123456789012345", "password1234", "tom@clinic.example", "Tom Therapist"]
)
def test_weak_password_is_refused_naming_the_field(browser: Browser, password: str) -> None:
    therapist = make_staff("therapist", email="tom@clinic.example", name="Tom Therapist")

    answer = reset(browser, password_link(therapist).partition("#")[2], password)

    therapist.refresh_from_db()
    assert answer.status_code == 400
    assert {error["param"] for error in answer.json()["errors"]} == {"password"}
    assert therapist.check_password(PASSWORD)


def test_key_of_one_account_opens_no_other(browser: Browser, therapist: User, owner: User) -> None:
    mine = password_link(therapist).partition("#")[2]
    theirs = password_link(owner).partition("#")[2]
    crossed = theirs.partition("-")[0] + "-" + mine.partition("-")[2]

    assert reset(browser, crossed).status_code == 400
