"""What a browser could be talked into: forged calls, foreign hosts and redirects, scripts, loose cookies."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.test import Client as HttpClient

from clinic.messaging.sweep import sweep
from tests.access.callers import Caller, signed_in
from tests.access.routes import all_routes
from tests.access.subjects import body_of, headers_of, subject_of
from tests.access.world import PASSWORD, World, undone
from tests.bookings.clinic import NOW, at, booking_body
from tests.security.traces import mail_text, tables

pytestmark = pytest.mark.django_db

WRITES: Final = [
    (route, verb)
    for route in all_routes()
    for verb in ("POST", "PUT", "PATCH", "DELETE")
    if route.pattern.startswith("api/") and verb in route.verbs
]
IDS: Final = [f"{verb} {route.pattern.removeprefix('api/v1/')}" for route, verb in WRITES]
PAGES: Final = ("/", "/book/", "/sign-in/", "/set-password/", "/manage/ABCDEFGH/")


# --- Forged calls -------------------------------------------------------------------------------------


def role_for(pattern: str) -> str:
    if pattern.startswith(("api/v1/me/", "api/v1/bookings/")):
        return "client"
    return "owner" if pattern.endswith("merge/") else "therapist"


def call(route: Any, verb: str, world: World, caller: Caller, **how: Any) -> Any:
    path = route.path(*(subject_of(route.pattern, "own", world) if route.has_subject else ()))
    headers = {**headers_of(verb, route.pattern), **how.pop("headers", {})}
    return caller.call(verb, path, body_of(verb, route.pattern, world), headers, **how)


@pytest.mark.parametrize(("route", "verb"), WRITES, ids=IDS)
def test_session_without_the_csrf_token_changes_nothing(
    route: Any, verb: str, world: World, callers: dict[str, Caller]
) -> None:
    caller = callers[role_for(route.pattern)]
    before = tables()

    without = call(route, verb, world, caller, sends_csrf_token=False)
    wrong = call(route, verb, world, caller, sends_csrf_token=False, headers={"X-CSRFToken": "x" * 32})
    foreign = call(route, verb, world, caller, headers={"Origin": "https://evil.example"})
    assert tables() == before
    with undone():
        legitimate = call(route, verb, world, caller, headers={"Origin": "http://testserver"})

    assert [answer.status_code for answer in (without, wrong, foreign)] == [403, 403, 403]
    assert without.json()["code"] == "not_allowed"
    assert legitimate.status_code in {200, 201, 204}


def test_app_token_needs_no_csrf_token_for_no_browser_sends_it_by_itself(
    world: World, callers: dict[str, Caller]
) -> None:
    headers = {"X-Session-Token": callers["therapist"].app_token}
    body = body_of("POST", "api/v1/clients/", world)

    with undone():
        answer = callers["anonymous"].call("POST", "/api/v1/clients/", body, headers, sends_csrf_token=False)

    assert answer.status_code == 201


def test_forged_form_of_another_kind_is_no_way_around(world: World, callers: dict[str, Caller]) -> None:
    """What a page may send to others without asking: forms and plain text."""
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        answer = callers["therapist"].call(
            "POST", "/api/v1/clients/", body_of("POST", "api/v1/clients/", world), content_type=kind
        )
        assert answer.status_code == 415


# --- Foreign hosts and redirects ----------------------------------------------------------------------


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "testserver@evil.example", "[::2]", ""])
@pytest.mark.parametrize("path", ["/", "/api/v1/clinic/", "/admin/login/", "/_allauth/browser/v1/config", "/book/"])
def test_foreign_host_is_answered_nothing(host: str, path: str) -> None:
    answer = HttpClient(raise_request_exception=False).get(path, headers={"Host": host})

    assert answer.status_code == 400
    assert b"evil" not in answer.content


def test_forwarded_host_is_not_believed(callers: dict[str, Caller]) -> None:
    headers = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "Forwarded": "host=evil.example"}

    pages = callers["receptionist"].call("GET", "/api/v1/clients/?page_size=1", headers=headers)

    assert urlsplit(pages.json()["next"]).netloc == "testserver"
    assert urlsplit(pages.json()["next"]).scheme == "http"


def test_links_in_mail_lead_to_our_own_site_whatever_the_host_was(world: World, callers: dict[str, Caller]) -> None:
    mail.outbox.clear()
    headers = {"Host": "localhost:666", "Idempotency-Key": "host"}
    with undone():
        callers["anonymous"].call("POST", "/api/v1/bookings/", booking_body(world.clinic, at(12)), headers)
        sweep(NOW)

    assert "http://localhost:8000/manage/" in mail_text()
    assert ":666" not in mail_text()


TARGETS: Final = (
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example",
    "javascript:alert(1)",
    "\thttps://evil.example",
)
WHERE: Final = (
    *("/admin/login/?next={}", "/admin/logout/?next={}", "/sign-in/?next={}", "/admin/?next={}", "/{}", "/admin/{}"),
    *("/api/v1/{}", "/favicon.ico?next={}", "/manage/{}", "/media/{}"),
)


@pytest.mark.parametrize("where", WHERE)
@pytest.mark.parametrize("target", TARGETS)
def test_no_redirect_leads_to_another_site(where: str, target: str, callers: dict[str, Caller]) -> None:
    for role in ("anonymous", "owner", "client"):
        for method in ("GET", "POST"):
            answer = callers[role].call(method, where.format(target), content="", content_type="text/plain")

            location = answer.headers.get("Location", "")
            assert urlsplit(location).netloc in {"", "testserver"}
            assert urlsplit(location).scheme in {"", "http"}
            assert not location.startswith(("//", "/\\", "\\"))


def test_sign_in_leads_to_no_other_site(world: World) -> None:
    for target in TARGETS:
        browser = HttpClient(enforce_csrf_checks=True)
        browser.get("/admin/login/")
        form = {
            "username": world.owner.email,
            "password": PASSWORD,
            "next": target,
            "csrfmiddlewaretoken": browser.cookies["csrftoken"].value,
        }
        with undone():
            answer = browser.post("/admin/login/", form)

        assert (answer.status_code, answer.headers["Location"]) == (302, "/admin/")


# --- Headers and cookies ------------------------------------------------------------------------------

EVERYWHERE: Final = (
    *(("GET", page) for page in PAGES),
    *(
        ("GET", "/api/v1/clinic/"),
        ("GET", "/api/v1/nothing/"),
        ("POST", "/api/v1/clinic/"),
        ("GET", "/api/v1/clients/"),
    ),
    *(("GET", "/admin/"), ("GET", "/admin/login/"), ("GET", "/nothing"), ("GET", "/healthz"), ("GET", "/admin")),
    *(
        ("GET", "/_allauth/browser/v1/auth/session"),
        ("POST", "/_allauth/browser/v1/auth/login"),
        ("GET", "/api/v1/docs/"),
    ),
    *(("GET", "/api/v1/schema/"), ("GET", "/colours.css"), ("GET", "/robots.txt"), ("GET", "/api/v1/%00/")),
)


@pytest.mark.parametrize(("method", "path"), EVERYWHERE)
def test_every_answer_carries_the_protections(method: str, path: str, callers: dict[str, Caller]) -> None:
    headers = callers["anonymous"].call(method, path).headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    opener = (
        "unsafe-none" if path == "/api/v1/docs/" else "same-origin"
    )  # its library's own choice, for sign-in windows
    assert headers["Cross-Origin-Opener-Policy"] == opener
    policy = headers["Content-Security-Policy"]
    for rule in (
        "default-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
    ):
        assert rule in policy
    is_looser = path.startswith(("/admin/", "/api/v1/docs/"))
    assert ("unsafe" in policy) is is_looser


@pytest.mark.parametrize(
    "path", ["/api/v1/session/", "/api/v1/clients/", "/_allauth/browser/v1/auth/session", "/admin/"]
)
def test_answers_to_one_person_are_kept_by_no_cache(path: str, callers: dict[str, Caller]) -> None:
    assert "no-store" in callers["owner"].call("GET", path).headers["Cache-Control"]


def test_session_cookie_is_out_of_reach_of_scripts_and_foreign_forms(world: World) -> None:
    browser = HttpClient()
    browser.get("/admin/login/")
    with undone():
        browser.post("/admin/login/", {"username": world.owner.email, "password": PASSWORD})

    session, csrf = browser.cookies["sessionid"], browser.cookies["csrftoken"]
    assert (session["httponly"], session["samesite"], session["path"], session["domain"]) == (True, "Lax", "/", "")
    assert (csrf["samesite"], csrf["domain"]) == ("Lax", "")


def test_cookies_are_for_https_alone_where_the_site_is(world: World, settings: Any) -> None:
    """What the settings make of SITE_URL is checked with the deployment; here, that nothing overrides it."""
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    browser = HttpClient()
    browser.get("/admin/login/")
    with undone():
        browser.post("/admin/login/", {"username": world.owner.email, "password": PASSWORD})

    assert browser.cookies["sessionid"]["secure"]
    assert browser.cookies["csrftoken"]["secure"]


# --- Our own pages need no loosening of the policy ----------------------------------------------------


class Inline(HTMLParser):
    """Collects what the content policy would have to be loosened for, and whatever is fetched from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        is_data = named.get("type") == "application/ld+json"  # read by search engines, never run
        if (tag == "script" and "src" not in named and not is_data) or tag in {
            "style",
            "base",
            "iframe",
            "object",
            "embed",
        }:
            self.found.append(tag)
        for name, value in attrs:
            if name.startswith("on") or name == "style" or (value or "").strip().lower().startswith("javascript:"):
                self.found.append(f"{tag} {name}")
            if name in {"src", "action"} or (name == "href" and tag == "link" and named.get("rel") != "canonical"):
                self.found += [f"{tag} {value}"] if urlsplit(value or "").netloc else []


@pytest.mark.parametrize("path", PAGES)
def test_own_page_has_nothing_inline_and_nothing_from_elsewhere(path: str, callers: dict[str, Caller]) -> None:
    seen = Inline()
    seen.feed(callers["anonymous"].call("GET", path).content.decode())

    assert seen.found == []


@pytest.mark.parametrize(
    "html",
    [
        "<script>1</script>",
        "<p onclick=x>",
        "<p style='x'>",
        "<a href='JavaScript:x'>",
        "<img src='//evil.example/x'>",
        "<style>p{}</style>",
    ],
)
def test_own_page_control_is_noticed(html: str) -> None:
    seen = Inline()
    seen.feed(html)

    assert len(seen.found) == 1


# --- Sessions -----------------------------------------------------------------------------------------


def test_planted_session_key_is_not_signed_in_by_the_admins_own_form(world: World) -> None:
    attacker = HttpClient()
    with undone():
        session = attacker.session
        session["planted"] = True
        session.save()
        victim = HttpClient()
        victim.cookies["sessionid"] = str(session.session_key)
        victim.post("/admin/login/", {"username": world.owner.email, "password": PASSWORD})
        attacker.cookies["sessionid"] = str(session.session_key)

        assert victim.get("/admin/").status_code == 200
        assert attacker.get("/admin/").status_code == 302


def test_role_taken_away_is_gone_with_the_next_call(world: World, callers: dict[str, Caller]) -> None:
    with undone():
        world.own.therapist_user.__class__.objects.filter(pk=world.own.therapist_user.pk).update(role="receptionist")

        answer = callers["therapist"].call("GET", f"/api/v1/notes/{world.own.signed.pk}/")

    assert answer.status_code == 404


@pytest.mark.parametrize("way", ["cookies", "token"])
def test_closed_account_is_nobody_with_the_next_call(way: str, world: World) -> None:
    with undone():
        caller = signed_in(world.own.client_user, "client")
        world.own.client_user.__class__.objects.filter(pk=world.own.client_user.pk).update(is_active=False)
        headers = {"X-Session-Token": caller.app_token} if way == "token" else {}
        answer = (caller if way == "cookies" else Caller("app", {"csrftoken": ""})).call(
            "GET", "/api/v1/me/", headers=headers
        )

    assert answer.status_code == 401
