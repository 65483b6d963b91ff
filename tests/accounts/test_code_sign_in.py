from __future__ import annotations

import time
from typing import Any

import pytest
import time_machine
from allauth.headless.account.inputs import RequestLoginCodeInput
from django.core.mail import EmailMessage
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.accounts import adapter, hooks, sign_in
from clinic.accounts.models import User
from clinic.accounts.roles import STAFF_ROLES, Role
from clinic.errors import Busy
from clinic.practice.models import Practice
from tests.accounts.conftest import Browser, code_in, make_staff, sent_mail, shape, sign_in_by_code
from tests.factories import make_user


def test_client_signs_in_by_the_code_sent(browser: Browser, client_user: User) -> None:
    asked = browser.ask_for_code(client_user.email.upper())
    given = browser.give_code(code_in(sent_mail()[0]))

    assert asked.status_code == 401
    assert {"id": "login_by_code", "is_pending": True} in asked.json()["data"]["flows"]
    assert given.status_code == 200
    assert browser.who()["user"]["id"] == client_user.pk


def test_code_mail_names_the_clinic_and_nothing_else_of_it(browser: Browser, client_user: User) -> None:
    Practice.objects.create(pk=1, name="Muscle & Bone\nInjected: header")
    browser.ask_for_code(client_user.email)

    message = sent_mail()[0]

    assert (message.subject, message.to) == ("Your sign-in code", [client_user.email])
    assert "Muscle & Bone" in message.body
    assert "testserver" not in message.body
    assert "localhost" not in message.body


@pytest.mark.parametrize("role", sorted(STAFF_ROLES))
def test_staff_asking_for_a_code_is_answered_like_nobody_and_sent_nothing(role: str) -> None:
    user = make_staff(role)

    staff = Browser().ask_for_code(user.email)
    nobody = Browser().ask_for_code("nobody@example.org")
    client = Browser().ask_for_code(make_user(Role.CLIENT).email)

    assert shape(staff) == shape(nobody) == shape(client)
    assert [message.to for message in sent_mail()] == [[User.objects.get(role=Role.CLIENT).email]]


def test_closed_account_asking_for_a_code_is_sent_nothing(client_user: User) -> None:
    User.objects.filter(pk=client_user.pk).update(is_active=False)

    closed = Browser().ask_for_code(client_user.email)

    assert shape(closed) == shape(Browser().ask_for_code("nobody@example.org"))
    assert sent_mail() == []


@pytest.mark.parametrize("code", ["", "BCDF-GHJK", "AAAA-AAAA"])
def test_no_code_opens_a_staff_account(browser: Browser, therapist: User, code: str) -> None:
    browser.ask_for_code(therapist.email)

    answer = browser.give_code(code)

    assert answer.status_code == 400
    assert browser.who()["is_authenticated"] is False


def test_staff_by_code_is_turned_away_even_where_a_code_was_sent(
    browser: Browser, therapist: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second of the two guards, with the first taken away."""
    monkeypatch.setattr(sign_in.ClientLoginCodeInput, "clean_email", RequestLoginCodeInput.clean_email)

    answer = sign_in_by_code(browser, therapist)

    assert answer.status_code == 401
    assert browser.who()["is_authenticated"] is False


def test_staff_by_code_control_enters_without_either_guard(
    browser: Browser, therapist: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_in.ClientLoginCodeInput, "clean_email", RequestLoginCodeInput.clean_email)
    monkeypatch.delattr(adapter.AccountAdapter, "pre_login")

    sign_in_by_code(browser, therapist)

    assert browser.who()["is_authenticated"] is True


def test_code_works_once(client_user: User) -> None:
    first, second = Browser(), Browser()
    first.ask_for_code(client_user.email)
    code = code_in(sent_mail()[0])
    first.give_code(code)
    first.send("DELETE", "/_allauth/browser/v1/auth/session")

    again = first.give_code(code)
    elsewhere = second.give_code(code)

    assert (again.status_code, elsewhere.status_code) == (409, 409)
    assert first.who()["is_authenticated"] is False


def test_code_works_only_where_it_was_asked_for(client_user: User) -> None:
    asking, other = Browser(), Browser()
    asking.ask_for_code(client_user.email)
    other.ask_for_code("nobody@example.org")

    answer = other.give_code(code_in(sent_mail()[0]))

    assert answer.status_code == 400
    assert other.who()["is_authenticated"] is False


def test_code_is_dead_after_three_wrong_ones(browser: Browser, client_user: User) -> None:
    browser.ask_for_code(client_user.email)
    code = code_in(sent_mail()[0])
    wrong = [browser.give_code("AAAA-AAAA").status_code for _ in range(3)]

    answer = browser.give_code(code)

    assert wrong == [400, 400, 400]
    assert answer.status_code == 409


def test_code_control_still_works_after_two_wrong_ones(browser: Browser, client_user: User) -> None:
    browser.ask_for_code(client_user.email)
    code = code_in(sent_mail()[0])
    for _ in range(2):
        browser.give_code("AAAA-AAAA")

    assert browser.give_code(code).status_code == 200


@pytest.mark.parametrize(("seconds", "status"), [(290, 200), (310, 409)])
def test_code_is_dead_after_five_minutes(browser: Browser, client_user: User, seconds: int, status: int) -> None:
    with time_machine.travel("2026-11-23T09:00:00Z") as clock:
        browser.ask_for_code(client_user.email)
        code = code_in(sent_mail()[0])
        clock.shift(seconds)

        assert browser.give_code(code).status_code == status


# --- What shows in the time ----------------------------------------------------------------------

SLOW = 0.4
MOST_TRIES = 3  # the limit on codes for one address in a minute


@pytest.fixture
def slow_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mail server that takes its time."""
    send = EmailMessage.send

    def slowly(message: EmailMessage, **options: Any) -> int:
        time.sleep(SLOW)
        return send(message, **options)

    monkeypatch.setattr(EmailMessage, "send", slowly)


def seconds_for(email: str) -> float:
    browser = Browser()
    browser.get("/_allauth/browser/v1/config")
    start = time.perf_counter()
    browser.ask_for_code(email)
    return time.perf_counter() - start


def test_known_address_does_not_show_in_the_time(slow_mail: None, client_user: User) -> None:
    seconds_for("warm-up@example.org")

    # A busy machine may be slow once and again; a difference in the work would show each time.
    difference = SLOW
    for _ in range(MOST_TRIES):
        difference = abs(seconds_for(client_user.email) - seconds_for("nobody@example.org"))
        if difference < SLOW / 4:
            break

    assert difference < SLOW / 4
    assert 1 <= len(sent_mail()) <= MOST_TRIES


def test_known_address_control_shows_when_mail_is_sent_at_once(
    slow_mail: None, client_user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter, "post", lambda message: message.send())
    seconds_for("warm-up@example.org")

    assert seconds_for(client_user.email) - seconds_for("nobody@example.org") > SLOW / 2


def test_known_address_does_not_show_in_the_work_done(client_user: User) -> None:
    """One read by key, of the account that waits for its code, is all the difference."""

    def queries_for(email: str) -> int:
        browser = Browser()
        browser.get("/_allauth/browser/v1/config")
        with CaptureQueriesContext(connection) as queries:
            browser.ask_for_code(email)
        return len(queries)

    queries_for("warm-up@example.org")

    assert queries_for(client_user.email) - queries_for("nobody@example.org") == 1


def test_failing_mail_server_changes_no_answer(
    browser: Browser, client_user: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(message: EmailMessage, **options: Any) -> int:
        raise OSError("no route")

    monkeypatch.setattr(EmailMessage, "send", fail)

    answer = browser.ask_for_code(client_user.email)

    assert sent_mail() == []
    assert shape(answer) == shape(Browser().ask_for_code("nobody@example.org"))
    assert "could not be sent" in caplog.text
    assert client_user.email not in caplog.text


# --- Proved addresses ----------------------------------------------------------------------------


@pytest.fixture
def proved(monkeypatch: pytest.MonkeyPatch) -> list[User]:
    told: list[User] = []
    monkeypatch.setattr(hooks, "on_address_proved", [told.append])
    return told


def test_code_sign_in_tells_that_the_address_is_proved(browser: Browser, client_user: User, proved: list[User]) -> None:
    sign_in_by_code(browser, client_user)

    assert proved == [client_user]


def test_password_sign_in_proves_no_address(browser: Browser, therapist: User, proved: list[User]) -> None:
    assert browser.sign_in(therapist.email).status_code == 200

    assert proved == []


def test_asking_for_a_code_or_giving_a_wrong_one_proves_nothing(
    browser: Browser, client_user: User, proved: list[User]
) -> None:
    browser.ask_for_code(client_user.email)
    browser.give_code("AAAA-AAAA")

    assert proved == []


def test_proved_address_that_cannot_be_passed_on_lets_the_person_in_all_the_same(
    browser: Browser, client_user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def be_busy(user: User) -> None:
        raise Busy

    monkeypatch.setattr(hooks, "on_address_proved", [be_busy])

    assert sign_in_by_code(browser, client_user).status_code == 200
