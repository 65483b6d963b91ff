"""What a booking page shows to whoever comes to it after somebody else."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Page, expect

from bookings.models import Appointment
from tests.browser.booking_page import (
    expect_booked,
    fill_in,
    pick_time,
    send,
)
from tests.browser.bookings import book, prove_address
from tests.browser.conftest import Site

COME_BACK = "dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))"


def test_a_form_that_an_account_filled_in_is_not_there_for_who_comes_back_to_it(
    page: Page, site: Site, context: BrowserContext
) -> None:
    book(email="ada@example.org")
    site.sign_in(context, prove_address("ada@example.org"))
    page.goto(f"{site.url}/book/calf-release?minutes=60")
    pick_time(page)
    expect(page.get_by_label("First name")).to_have_value("Ada")
    page.go_back()  # the form is still in the page, and a time would show it again
    expect(page.get_by_role("heading", name="When suits you?")).to_be_focused()
    context.clear_cookies()

    with page.expect_navigation():
        page.evaluate(COME_BACK)

    pick_time(page)
    expect(page.get_by_label("First name")).to_have_value("")
    expect(page.get_by_label("Email")).to_have_value("")


def test_what_a_visitor_typed_is_there_for_who_comes_back_to_it(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/book/calf-release?minutes=60")
    pick_time(page)
    fill_in(page)
    page.evaluate(COME_BACK)

    expect(page.get_by_label("First name")).to_have_value("Ada")
    send(page)
    expect_booked(page)


def test_a_booking_that_was_signed_out_of_is_not_there_for_who_comes_back_to_it(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/book/calf-release?minutes=60")
    pick_time(page)
    fill_in(page)
    send(page)
    expect_booked(page)
    with page.expect_navigation():
        page.evaluate(COME_BACK)
    expect(page.get_by_role("heading", name="You are booked")).to_be_visible()  # it is still this visitor's

    page.evaluate("sessionStorage.clear()")  # as signing out does
    with page.expect_navigation():
        page.evaluate(COME_BACK)

    expect(page.get_by_role("heading", name="Book a treatment")).to_be_visible()
    expect(page.get_by_text(Appointment.objects.get().reference)).to_have_count(0)


def test_after_signing_out_nothing_shows_the_booking(page: Page, site: Site, context: BrowserContext) -> None:
    page.goto(f"{site.url}/book/calf-release?minutes=60")
    pick_time(page)
    fill_in(page)
    send(page)
    expect_booked(page)
    page.reload()
    expect(page.get_by_role("heading", name="You are booked")).to_be_visible()
    site.sign_in(context, prove_address("ada@example.org"))

    page.goto(f"{site.url}/account/")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{site.url}/")
    page.evaluate("history.go(-2)")

    expect(page.get_by_role("heading", name="Book a treatment")).to_be_visible()
    assert "manage_token" not in page.evaluate("JSON.stringify([{...sessionStorage}, history.state])")
