from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.headless.constants import Client as Kind
from django.conf import settings
from django.contrib import auth
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from django.utils.module_loading import import_string

from clients.models import Client as Person
from clients.models import TreatmentNote
from clinic.accounts import services, sign_in
from clinic.accounts.models import User
from clinic.accounts.roles import Role
from clinic.accounts.session_store import SessionStore
from clinic.api import authentication
from clinic.audit.models import AuditEvent
from tests.accounts.conftest import PASSWORD, App, Browser, make_staff, sign_in_by_code
from tests.factories import make_client

FORGETS = '"cache", "storage"'


def test_session_of_a_stranger_names_nobody_and_sets_the_csrf_cookie(browser: Browser) -> None:
    answer = browser.get("/api/v1/session/")

    assert answer.json() == {"is_authenticated": False, "user": None}
    assert "csrftoken" in answer.cookies
    assert answer.headers["Cache-Control"] == "no-store"


def test_session_ends_when_signed_out(browser: Browser, therapist: User) -> None:
    browser.sign_in(therapist.email)
    key = browser.session_key

    browser.send("DELETE", "/_allauth/browser/v1/auth/session")

    assert browser.who()["is_authenticated"] is False
    assert not Session.objects.filter(pk=key).exists()


def test_sign_in_is_on_the_audit_trail_with_how_and_who(client_user: User, therapist: User) -> None:
    sign_in_by_code(Browser(), client_user)
    Browser().sign_in(therapist.email)
    Browser().sign_in(therapist.email, "not it, and long enough")

    events = AuditEvent.objects.filter(action="sign-in").order_by("sequence")
    assert [(event.actor, event.detail) for event in events] == [
        (client_user, {"by": ["code"]}),
        (therapist, {"by": ["password"]}),
    ]


# --- Fixation ------------------------------------------------------------------------------------


def test_session_key_changes_on_sign_in_by_code(browser: Browser, client_user: User) -> None:
    browser.ask_for_code("nobody@example.org")  # leaves a session that somebody may have planted
    planted = browser.session_key

    sign_in_by_code(browser, client_user)

    assert planted
    assert browser.session_key != planted
    assert not Session.objects.filter(pk=planted).exists()


def test_planted_session_key_is_not_signed_in_with_its_victim(therapist: User) -> None:
    attacker, victim = Browser(), Browser()
    attacker.ask_for_code("nobody@example.org")
    victim.client.cookies["sessionid"] = attacker.session_key

    victim.sign_in(therapist.email)

    assert victim.who()["is_authenticated"] is True
    assert attacker.who()["is_authenticated"] is False


def test_planted_session_key_control_is_when_the_key_stays(therapist: User, monkeypatch: pytest.MonkeyPatch) -> None:
    store = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
    monkeypatch.setattr(store, "cycle_key", lambda self: None)
    attacker, victim = Browser(), Browser()
    attacker.ask_for_code("nobody@example.org")
    victim.client.cookies["sessionid"] = attacker.session_key

    victim.sign_in(therapist.email)

    assert attacker.who()["is_authenticated"] is True


def test_planted_session_token_of_an_app_is_not_signed_in(client_user: User, therapist: User) -> None:
    app = App()
    app.post("auth/code/request", {"email": "nobody@example.org"})
    planted = app.token

    app.post("auth/login", {"email": therapist.email, "password": PASSWORD})

    assert planted
    assert app.token != planted
    assert App(token=planted).who()["is_authenticated"] is False


def test_half_signed_in_session_is_nobody(client_user: User) -> None:
    browser, app = Browser(), App()
    browser.ask_for_code(client_user.email)
    app.post("auth/code/request", {"email": client_user.email})

    assert browser.who()["is_authenticated"] is False
    assert app.who()["is_authenticated"] is False
    assert browser.get("/_allauth/browser/v1/auth/sessions").status_code == 401


# --- CSRF ----------------------------------------------------------------------------------------

CHANGE = "/_allauth/browser/v1/account/password/change"
NEW = {"current_password": PASSWORD, "new_password": "another long phrase"}


def test_cookie_session_without_csrf_token_changes_nothing(browser: Browser, therapist: User) -> None:
    browser.sign_in(therapist.email)

    answer = browser.client.post(CHANGE, NEW, content_type="application/json")

    therapist.refresh_from_db()
    assert answer.status_code == 403
    assert therapist.check_password(PASSWORD)


def test_cookie_session_with_csrf_token_does_the_legitimate_call(browser: Browser, therapist: User) -> None:
    browser.sign_in(therapist.email)

    answer = browser.post(CHANGE, NEW)

    therapist.refresh_from_db()
    assert answer.status_code == 200
    assert therapist.check_password("another long phrase")
    assert browser.who()["is_authenticated"] is True


def test_csrf_token_from_another_origin_is_refused(browser: Browser, therapist: User) -> None:
    browser.sign_in(therapist.email)

    answer = browser.post(CHANGE, NEW, Origin="https://evil.example")

    assert answer.status_code == 403


def test_csrf_token_from_our_own_origin_is_accepted(browser: Browser, therapist: User) -> None:
    browser.sign_in(therapist.email)

    assert browser.post(CHANGE, NEW, Origin="http://localhost:8000").status_code == 200


def test_sign_in_itself_needs_the_csrf_token(therapist: User) -> None:
    """Else a stranger's page could sign its visitor in under the stranger's account."""
    answer = Client(enforce_csrf_checks=True).post(
        "/_allauth/browser/v1/auth/login",
        {"email": therapist.email, "password": PASSWORD},
        content_type="application/json",
    )

    assert answer.status_code == 403


def test_app_calls_take_no_cookies(browser: Browser, therapist: User) -> None:
    """They are free of CSRF tokens, so a browser's session must count for nothing there."""
    browser.sign_in(therapist.email)

    answer = browser.client.post(f"/_allauth/{Kind.APP.value}/v1/account/password/change", NEW, "application/json")

    therapist.refresh_from_db()
    assert answer.status_code == 401
    assert therapist.check_password(PASSWORD)


def test_app_needs_no_csrf_token_for_its_own_call(therapist: User) -> None:
    app = App()
    app.post("auth/login", {"email": therapist.email, "password": PASSWORD})

    assert app.post("account/password/change", NEW).status_code == 200


# --- Out at once ---------------------------------------------------------------------------------


def signed_in_everywhere(user: User) -> tuple[Browser, Browser, App]:
    one, other, app = Browser(), Browser(), App()
    one.sign_in(user.email)
    other.client.force_login(user)
    app.post("auth/login", {"email": user.email, "password": PASSWORD})
    return one, other, app


def is_in(caller: Browser | App) -> bool:
    return bool(caller.who()["is_authenticated"])


def test_deactivated_user_is_out_everywhere_at_once(owner: User, therapist: User) -> None:
    callers = signed_in_everywhere(therapist)
    assert [is_in(caller) for caller in callers] == [True] * 3

    services.deactivate(therapist, actor=owner)

    assert [is_in(caller) for caller in callers] == [False] * 3


def test_reactivated_user_does_not_find_old_sessions_open(owner: User, therapist: User) -> None:
    callers = signed_in_everywhere(therapist)

    services.deactivate(therapist, actor=owner)
    services.reactivate(therapist, actor=owner)

    assert [is_in(caller) for caller in callers] == [False] * 3


def test_reactivated_user_control_would_if_the_password_stayed(
    owner: User, therapist: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(User, "set_unusable_password", lambda self: None)
    callers = signed_in_everywhere(therapist)

    services.deactivate(therapist, actor=owner)
    services.reactivate(therapist, actor=owner)

    assert [is_in(caller) for caller in callers] == [True] * 3


def test_deactivated_client_is_out_at_once(browser: Browser, owner: User, client_user: User) -> None:
    sign_in_by_code(browser, client_user)

    services.deactivate(client_user, actor=owner)
    services.reactivate(client_user, actor=owner)

    assert is_in(browser) is False


def test_changed_role_is_in_force_with_the_next_request(browser: Browser, owner: User) -> None:
    second = make_staff(Role.OWNER)
    browser.sign_in(second.email)

    services.change_role(second, role=Role.RECEPTIONIST, actor=owner)

    assert browser.who()["user"]["role"] == "receptionist"


def test_user_ends_other_sessions(therapist: User) -> None:
    one, other = Browser(), Browser()
    one.sign_in(therapist.email)
    other.sign_in(therapist.email)
    listed = one.get("/_allauth/browser/v1/auth/sessions").json()["data"]
    others = [session["id"] for session in listed if not session["is_current"]]

    one.send("DELETE", "/_allauth/browser/v1/auth/sessions", {"sessions": others})

    assert [is_in(one), is_in(other)] == [True, False]


def test_user_cannot_end_the_sessions_of_another(therapist: User, owner: User) -> None:
    mine, theirs = Browser(), Browser()
    mine.sign_in(therapist.email)
    theirs.sign_in(owner.email)
    listed = theirs.get("/_allauth/browser/v1/auth/sessions").json()["data"]

    mine.send("DELETE", "/_allauth/browser/v1/auth/sessions", {"sessions": [listed[0]["id"]]})

    assert is_in(theirs) is True


def test_sessions_opened_without_a_password_hash_check_do_not_exist() -> None:
    """What ends every session rests on Django binding sessions to the password's hash."""
    assert auth.HASH_SESSION_KEY == "_auth_user_hash"


# --- How long, and what is left -------------------------------------------------------------------


@pytest.mark.parametrize("who", ["client", "staff"])
def test_session_ends_with_the_browser_and_after_half_a_day(
    browser: Browser, client_user: User, therapist: User, who: str
) -> None:
    if who == "client":
        sign_in_by_code(browser, client_user)
    else:
        browser.sign_in(therapist.email)

    cookie = browser.client.cookies["sessionid"]
    assert (cookie["max-age"], cookie["expires"]) == ("", "")
    ends = Session.objects.get(pk=browser.session_key).expire_date
    assert timedelta(hours=11) < ends - timezone.now() <= timedelta(hours=12)


def test_session_of_the_owners_site_ends_alike(owner: User) -> None:
    client = Client()
    client.post("/admin/login/", {"username": owner.email, "password": PASSWORD})

    assert client.cookies["sessionid"]["max-age"] == ""
    assert client.get("/admin/").status_code == 200


def hours_open(caller: Browser | App, user: User) -> int:
    """How long a session lasts whose holder changes it every half an hour, by a call that asks for nothing."""
    address = f"/_allauth/{'browser' if isinstance(caller, Browser) else 'app'}/v1/account/authenticators/totp"
    with time_machine.travel("2026-11-23T09:00:00Z") as clock:
        if isinstance(caller, Browser):
            caller.sign_in(user.email)
        else:
            caller.post("auth/login", {"email": user.email, "password": PASSWORD})
        for half_hour in range(60):
            if not is_in(caller):
                return half_hour // 2
            if isinstance(caller, Browser):
                caller.get(address)
            else:
                Client().get(address, headers=caller.headers())
            clock.shift(1800)
    return 30


@pytest.mark.parametrize("kind", [Browser, App])
def test_session_that_is_used_without_a_pause_ends_alike(therapist: User, kind: type[Browser | App]) -> None:
    assert hours_open(kind(), therapist) == 12


@pytest.mark.parametrize("kind", [Browser, App])
def test_session_control_without_the_limit_never_ends(
    therapist: User, kind: type[Browser | App], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SessionStore, "get_expiry_date", db.SessionStore.get_expiry_date)

    assert hours_open(kind(), therapist) == 30


def test_signing_out_empties_the_browser(browser: Browser, therapist: User) -> None:
    browser.sign_in(therapist.email)

    answer = browser.send("DELETE", "/_allauth/browser/v1/auth/session")

    assert answer.headers["Clear-Site-Data"] == FORGETS


def test_signing_out_of_the_owners_site_empties_the_browser(owner: User) -> None:
    client = Client()
    client.force_login(owner)

    answer = client.post("/admin/logout/")

    assert answer.headers["Clear-Site-Data"] == FORGETS
    assert client.get("/api/v1/session/").json()["is_authenticated"] is False


@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
def test_link_that_signs_nobody_out_empties_no_browser(owner: User, method: str) -> None:
    """Any page may lead a browser there."""
    client = Client()
    client.force_login(owner)

    answer = client.generic(method, "/admin/logout/")

    assert "Clear-Site-Data" not in answer.headers
    assert client.get("/api/v1/session/").json()["is_authenticated"] is True


def test_forged_sign_out_empties_no_browser(browser: Browser, owner: User) -> None:
    browser.client.force_login(owner)

    by_form = browser.client.post("/admin/logout/")
    by_call = browser.client.delete("/_allauth/browser/v1/auth/session")

    assert (by_form.status_code, by_call.status_code) == (403, 403)
    assert "Clear-Site-Data" not in {*by_form.headers, *by_call.headers}


def test_a_session_that_merely_ended_leaves_the_drafts(browser: Browser, therapist: User) -> None:
    browser.sign_in(therapist.email)
    Session.objects.all().delete()

    for path in ("/api/v1/session/", "/api/v1/today/", "/staff/", "/_allauth/browser/v1/auth/session"):
        assert "Clear-Site-Data" not in browser.get(path).headers


# --- Two accounts in one browser ------------------------------------------------------------------


def note_of(browser: Browser, person: Person, *, meant_for: User) -> Any:
    return browser.post(
        f"/api/v1/clients/{person.pk}/notes/",
        {"content": {"subjective": "Sore"}, "session_on": str(timezone.localdate())},
        **{"X-Account": str(meant_for.pk)},
    )


def test_a_page_of_another_account_writes_nothing(browser: Browser, therapist: User, owner: User) -> None:
    person = make_client(care_team=(therapist,))
    browser.sign_in(therapist.email)
    assert note_of(browser, person, meant_for=therapist).status_code == 201
    browser.client.force_login(owner)  # by way of the owner's site, in another tab

    answer = note_of(browser, person, meant_for=therapist)

    assert (answer.status_code, answer.json()["code"]) == (409, "other_account")
    assert [note.author for note in TreatmentNote.objects.all()] == [therapist]


def test_a_page_of_another_account_reads_nothing(browser: Browser, therapist: User, owner: User) -> None:
    browser.sign_in(owner.email)

    answer = browser.get("/api/v1/today/", **{"X-Account": str(therapist.pk)})

    assert (answer.status_code, answer.json()["code"]) == (409, "other_account")
    assert browser.get("/api/v1/today/", **{"X-Account": str(owner.pk)}).status_code == 200
    assert browser.get("/api/v1/today/").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "account/authenticators", None),
        ("GET", "account/authenticators/recovery-codes", None),
        ("DELETE", "account/authenticators/totp", None),
        ("POST", "account/password/change", {"current_password": PASSWORD, "new_password": "another long phrase"}),
        ("DELETE", "auth/sessions", {"sessions": []}),
    ],
)
def test_a_page_of_another_account_changes_no_sign_in(
    browser: Browser, therapist: User, owner: User, method: str, path: str, body: Any
) -> None:
    browser.sign_in(owner.email)

    answer = browser.send(method, f"/_allauth/browser/v1/{path}", body, **{"X-Account": str(therapist.pk)})

    owner.refresh_from_db()
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "other_account")
    assert owner.check_password(PASSWORD)
    listed = browser.get("/_allauth/browser/v1/account/authenticators", **{"X-Account": str(owner.pk)})
    assert listed.status_code == 200


def test_a_page_of_another_account_control_changes_the_password_without_the_check(
    browser: Browser, therapist: User, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_in, "ACCOUNT_HEADER", "X-Nobody-Sends-This")
    browser.sign_in(owner.email)

    browser.post(CHANGE, NEW, **{"X-Account": str(therapist.pk)})

    owner.refresh_from_db()
    assert owner.check_password(NEW["new_password"])


def test_an_app_that_names_another_account_is_refused(therapist: User, owner: User) -> None:
    app = App()
    app.post("auth/login", {"email": owner.email, "password": PASSWORD})

    refused = Client().get("/api/v1/today/", headers={**app.headers(), "X-Account": str(therapist.pk)})
    granted = Client().get("/api/v1/today/", headers={**app.headers(), "X-Account": str(owner.pk)})

    assert (refused.status_code, refused.json()["code"]) == (409, "other_account")
    assert granted.status_code == 200


def test_without_the_check_the_note_bears_the_wrong_name(
    browser: Browser, therapist: User, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control."""
    monkeypatch.setattr(authentication, "ACCOUNT_HEADER", "X-Nobody-Sends-This")
    person = make_client(care_team=(therapist,))
    browser.sign_in(owner.email)

    assert note_of(browser, person, meant_for=therapist).status_code == 201
    assert TreatmentNote.objects.get().author == owner


def test_a_page_whose_session_ended_is_asked_to_sign_in(browser: Browser, therapist: User) -> None:
    assert browser.get("/api/v1/today/", **{"X-Account": str(therapist.pk)}).status_code == 401
