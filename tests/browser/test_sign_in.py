"""Signing in: clients by a code, staff by password and perhaps a second factor; setting a password by a link."""

from __future__ import annotations

import re
from typing import Final

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings
from playwright.sync_api import BrowserContext, Page, Route, expect

from clinic.accounts.models import User
from clinic.accounts.password_links import password_link
from clinic.accounts.post import wait_until_posted
from clinic.accounts.roles import Role
from tests.browser.bookings import book
from tests.browser.conftest import Site, assert_accessible, skip_to_main
from tests.factories import make_user

PASSWORD = "a long enough phrase"  # of a throw-away account
CODE: Final[re.Pattern[str]] = re.compile(r"^\s+([A-Z0-9]{4}-[A-Z0-9]{4})$", re.MULTILINE)


@pytest.fixture
def client_email(site: Site) -> str:
    book(email="ada@example.org")
    return "ada@example.org"


def code_sent(site: Site) -> str:
    wait_until_posted()
    return [str(found[0]) for mail in site.mail() if (found := CODE.findall(str(mail.body)))][-1]


def ask_for_code(page: Page, site: Site, email: str, path: str = "/sign-in/") -> None:
    page.goto(site.url + path)
    form = page.get_by_role("region", name="I have a booking")
    form.get_by_label("Email address").fill(email)
    form.get_by_role("button", name="Send me a code").click()
    expect(page.get_by_role("heading", name="Your code")).to_be_focused()


def give_password(page: Page, email: str, password: str = PASSWORD) -> None:
    form = page.get_by_role("region", name="I work here")
    form.get_by_label("Email address").fill(email)
    form.get_by_label("Password").fill(password)
    form.get_by_role("button", name="Sign in with password").click()


def code_now(secret: str) -> str:
    """What an authenticator app shows."""
    counters = list(totp.yield_hotp_counters_from_time())
    return str(totp.format_hotp_value(totp.hotp_value(secret, counters[len(counters) // 2])))


def with_password(user: User) -> User:
    user.set_password(PASSWORD)
    user.save()
    return user


def test_client_signs_in_by_the_code_sent(page: Page, site: Site, client_email: str) -> None:
    ask_for_code(page, site, client_email)
    assert_accessible(page)

    page.get_by_label("Code").fill(code_sent(site).lower())
    page.keyboard.press("Enter")

    expect(page).to_have_url(f"{site.url}/account/")
    expect(page.get_by_role("heading", name="My bookings")).to_be_visible()


def test_wrong_code_is_told_beside_the_field_and_a_third_ends_it(page: Page, site: Site, client_email: str) -> None:
    ask_for_code(page, site, client_email)
    for _ in range(2):
        page.get_by_label("Code").fill("AAAA-AAAA")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_label("Code")).to_be_focused()
        expect(page.get_by_label("Code")).to_have_accessible_description(re.compile("That code is not right"))
        expect(page.get_by_label("Code")).to_have_value("AAAA-AAAA")
    assert_accessible(page)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_enabled()

    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_text("This code has expired. Please ask for a new one.").first).to_be_visible()
    expect(page.get_by_role("button", name="Send me a code")).to_be_visible()


def test_unknown_address_is_answered_like_a_known_one(page: Page, site: Site) -> None:
    ask_for_code(page, site, "nobody@example.org")

    expect(page.get_by_text("If nobody@example.org belongs to one of our clients")).to_be_visible()


def test_code_can_be_sent_again_after_a_pause(page: Page, site: Site, client_email: str) -> None:
    page.clock.install()
    ask_for_code(page, site, client_email)
    first = code_sent(site)
    expect(page.get_by_role("button", name="Send a new code")).to_have_count(0)

    page.clock.run_for(31_000)
    page.get_by_role("button", name="Send a new code").click()
    expect(page.get_by_text("We’ve sent a new code.").first).to_be_visible()
    second = code_sent(site)
    assert second != first
    page.get_by_label("Code").fill(second)
    page.get_by_role("button", name="Sign in").click()

    expect(page).to_have_url(f"{site.url}/account/")


def test_staff_sign_in_by_password(page: Page, site: Site) -> None:
    user = with_password(site.therapist_user)
    page.goto(f"{site.url}/sign-in/")
    expect(page.get_by_role("heading", name="I work here")).to_be_visible()
    assert_accessible(page)

    give_password(page, user.email, "not right")
    expect(page.get_by_text("That email address and password don’t match.")).to_be_visible()
    give_password(page, user.email)

    expect(page).to_have_url(re.compile(r"/staff/$"))


@pytest.mark.parametrize("kind", ["totp", "recovery code"])
def test_second_factor_is_asked_for(page: Page, site: Site, kind: str) -> None:
    user = with_password(site.receptionist)
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(user, secret)
    codes = RecoveryCodes.activate(user).get_unused_codes()
    code = code_now(secret) if kind == "totp" else codes[0]
    page.goto(f"{site.url}/sign-in/?next=/staff/clients/")
    give_password(page, user.email)

    expect(page.get_by_role("heading", name="One more step")).to_be_focused()
    assert_accessible(page)
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("That code is not right.")).to_be_visible()
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Sign in").click()

    expect(page).to_have_url(f"{site.url}/staff/clients/")


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example/", "/.//evil.example/"]
)
def test_sign_in_leads_to_no_other_site(page: Page, site: Site, elsewhere: str) -> None:
    user = with_password(site.receptionist)
    page.goto(f"{site.url}/sign-in/?next={elsewhere}")

    give_password(page, user.email)

    expect(page).to_have_url(re.compile(rf"^{re.escape(site.url)}/staff/$"))


def test_who_is_signed_in_is_sent_on(page: Page, context: BrowserContext, site: Site) -> None:
    site.sign_in(context, site.therapist_user)

    page.goto(f"{site.url}/sign-in/")

    expect(page).to_have_url(re.compile(r"/staff/$"))


def test_who_is_signed_in_and_not_told_where_to_can_ask_again(page: Page, site: Site) -> None:
    user = with_password(site.therapist_user)
    page.goto(f"{site.url}/sign-in/")
    page.route("**/api/v1/session/", lambda route: route.abort())
    give_password(page, user.email)
    expect(page.get_by_role("alert")).to_contain_text("can’t reach the site")
    assert_accessible(page)
    page.unroute("**/api/v1/session/")

    page.get_by_role("button", name="Try again").click()

    expect(page).to_have_url(re.compile(r"/staff/$"))


def test_client_who_asks_for_the_staffs_screens_is_not_sent_in_circles(
    page: Page, context: BrowserContext, site: Site
) -> None:
    site.sign_in(context, make_user(Role.CLIENT))

    page.goto(f"{site.url}/staff/diary/")

    expect(page).to_have_url(f"{site.url}/account/")


def test_forgotten_password_is_set_anew_by_the_link_sent(page: Page, site: Site) -> None:
    user = with_password(site.therapist_user)
    page.goto(f"{site.url}/sign-in/")
    page.get_by_role("button", name="Forgotten your password?").click()
    expect(page.get_by_role("heading", name="Reset your password")).to_be_focused()
    assert_accessible(page)
    page.get_by_label("Email address").fill(user.email)
    page.get_by_role("button", name="Send me a link").click()
    expect(page.get_by_text("we’ve sent a link to it").first).to_be_visible()
    wait_until_posted()
    link = re.findall(r"/set-password/#\S+", str(site.mail()[-1].body))[-1]

    page.goto(site.url + link)
    expect(page.get_by_label("New password")).to_be_visible()
    skip_to_main(page)
    page.get_by_label("New password").fill("short")
    page.get_by_role("button", name="Set the password").click()
    expect(page.get_by_label("New password")).to_be_focused()
    expect(page.get_by_label("New password")).to_have_accessible_description(re.compile("too short"))
    assert_accessible(page)
    page.get_by_label("Show what I type").check()
    page.get_by_label("New password").fill("another long phrase")
    page.get_by_role("button", name="Set the password").click()
    expect(page.get_by_text("Your password is set. Please sign in with it.")).to_be_visible()

    user.refresh_from_db()
    assert user.check_password("another long phrase")


def test_password_link_works_once(page: Page, site: Site) -> None:
    link = password_link(site.receptionist).removeprefix(settings.SITE_URL)
    with_password(site.receptionist)  # the password has changed since the link was made

    page.goto(site.url + link)

    expect(page.get_by_text("This link no longer works")).to_be_visible()
    assert_accessible(page)


def test_tabs_of_an_account_go_when_somebody_else_signs_in_beside_them(
    page: Page, context: BrowserContext, site: Site
) -> None:
    user = with_password(site.receptionist)
    site.sign_in(context, site.owner)
    page.goto(f"{site.url}/staff/clients/")
    expect(page.get_by_role("heading", name="Clients")).to_be_visible()
    expect(page.get_by_role("link", name="Admin site")).to_be_visible()
    context.clear_cookies()
    other = context.new_page()
    other.goto(f"{site.url}/sign-in/")

    with page.expect_navigation():
        give_password(other, user.email)

    expect(page.get_by_role("heading", name="Clients")).to_be_visible()
    expect(page.get_by_role("link", name="Admin site")).to_have_count(0)


def test_account_page_left_open_changes_nothing_of_whoever_signs_in_next(
    page: Page, context: BrowserContext, site: Site
) -> None:
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(site.receptionist, secret)
    totp.TOTP.activate(site.owner, secret)
    site.sign_in(context, site.receptionist)
    page.goto(f"{site.url}/account/")
    page.get_by_text("Security", exact=True).click()
    expect(page.get_by_text("Two-step verification is on.")).to_be_visible()
    site.sign_in(context, site.owner)

    with page.expect_navigation():
        page.get_by_role("button", name="Turn it off").click()

    expect(page.get_by_text(site.owner.email)).to_be_visible()
    assert Authenticator.objects.filter(type=Authenticator.Type.TOTP).count() == 2


def test_staff_turn_on_a_second_factor(page: Page, site: Site) -> None:
    user = with_password(site.receptionist)
    page.goto(f"{site.url}/sign-in/?next=/account/")
    give_password(page, user.email)
    page.get_by_text("Security", exact=True).click()
    page.get_by_role("button", name="Turn on two-step verification").click()
    secret = page.locator("code").inner_text().replace(" ", "")
    assert_accessible(page)

    page.get_by_label("Code").fill(code_now(secret))
    page.get_by_role("button", name="Turn on two-step verification").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()

    expect(page.get_by_text("Two-step verification is on.")).to_be_visible()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    assert_accessible(page)
    assert Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()
    page.get_by_role("button", name="Turn it off").click()
    expect(page.get_by_text("Only your password protects your account.")).to_be_visible()
    assert not Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()


def open_security(page: Page, context: BrowserContext, site: Site, user: User) -> None:
    site.sign_in(context, user)
    page.goto(f"{site.url}/account/")
    page.get_by_text("Security", exact=True).click()


def test_code_that_was_over_after_the_password_is_told_beside_its_field(
    page: Page, context: BrowserContext, site: Site
) -> None:
    answers: list[Route] = []

    def refuse_the_second(route: Route) -> None:
        answers.append(route)
        if route.request.method == "POST" and len(answers) == 2:
            mistake = {"code": "incorrect_code", "param": "code", "message": "Incorrect code."}
            return route.fulfill(status=400, json={"status": 400, "errors": [mistake]})
        return route.continue_()

    user = with_password(site.receptionist)
    open_security(page, context, site, user)
    page.get_by_role("button", name="Turn on two-step verification").click()
    secret = page.locator("code").inner_text().replace(" ", "")
    page.route("**/account/authenticators/totp", refuse_the_second)

    page.get_by_label("Code").fill(code_now(secret))
    page.get_by_role("button", name="Turn on two-step verification").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()

    expect(page.get_by_label("Code")).to_have_accessible_description(re.compile("That code is not right"))
    expect(page.get_by_label("Code")).to_be_focused()
    expect(page.get_by_text("Two-step verification is on.")).to_have_count(0)
    assert_accessible(page)
    page.get_by_label("Code").fill(code_now(secret))
    page.get_by_role("button", name="Turn on two-step verification").click()
    expect(page.get_by_text("Two-step verification is on.")).to_be_visible()


def test_security_that_cannot_be_fetched_says_so_and_is_fetched_again(
    page: Page, context: BrowserContext, site: Site
) -> None:
    page.route("**/account/authenticators", lambda route: route.fulfill(status=503, json={"status": 503}))
    open_security(page, context, site, site.receptionist)
    expect(page.get_by_role("alert")).to_contain_text("That did not work.")
    expect(page.get_by_text("Loading", exact=True)).to_have_count(0)
    page.unroute("**/account/authenticators")

    page.get_by_role("button", name="Try again").click()

    expect(page.get_by_text("Only your password protects your account.")).to_be_visible()


def test_second_factor_that_could_not_be_turned_off_is_shown_as_on(
    page: Page, context: BrowserContext, site: Site
) -> None:
    def refuse(route: Route) -> None:
        if route.request.method == "DELETE":
            return route.fulfill(status=500, json={"status": 500})
        return route.continue_()

    totp.TOTP.activate(site.receptionist, totp.generate_totp_secret())
    page.route("**/account/authenticators/totp", refuse)
    open_security(page, context, site, site.receptionist)

    page.get_by_role("button", name="Turn it off").click()

    expect(page.get_by_role("alert")).to_contain_text("That did not work.")
    expect(page.get_by_text("Two-step verification is on.")).to_be_visible()
