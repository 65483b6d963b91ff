"""The waitlist: who is put on it, and who leaves it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from bookings.models import WaitlistEntry
from tests.browser.bookings import MINUTES, TREATMENT
from tests.browser.conftest import Site, assert_accessible
from tests.factories import make_client
from treatments.selectors import get_option


@pytest.fixture
def waitlist(page: Page, context: BrowserContext, site: Site) -> Page:
    make_client(first_name="Wanda", last_name="Waiting")
    site.sign_in(context, site.receptionist)
    page.goto(f"{site.url}/staff/waitlist/")
    expect(page.get_by_role("heading", name="Waitlist", level=1)).to_be_focused()
    return page


def put_on_the_list() -> WaitlistEntry:
    today = timezone.localdate()
    return WaitlistEntry.objects.create(
        client=make_client(first_name="Peter", last_name="Patient"),
        treatment=get_option(slug=TREATMENT, minutes=MINUTES).treatment,
        minutes=MINUTES,
        from_on=today,
        until_on=today + timedelta(days=9),
    )


def test_client_is_put_on_the_list(waitlist: Page) -> None:
    expect(waitlist.get_by_text("No one is waiting.")).to_be_visible()
    assert_accessible(waitlist)
    waitlist.get_by_role("button", name="Add to the waitlist").click()
    form = waitlist.get_by_role("dialog", name="Add to the waitlist")
    form.get_by_role("button", name="Add to the list").click()
    expect(form.get_by_text("Please choose a client.")).to_be_visible()
    expect(form.get_by_role("combobox", name="Client")).to_be_focused()

    form.get_by_role("combobox", name="Client").fill("wanda")
    form.get_by_role("option", name="Wanda Waiting").click()
    expect(form.get_by_role("button", name="Change client (currently Wanda Waiting)")).to_be_focused()
    form.get_by_label("Last day").fill("2020-01-01")
    form.get_by_label("Note").fill("Mornings")
    form.get_by_role("button", name="Add to the list").click()
    expect(form.get_by_text("The last day must not be before the first.").first).to_be_visible()
    expect(form.get_by_label("Last day")).to_be_focused()
    expect(form.get_by_label("Note")).to_have_value("Mornings")
    assert_accessible(waitlist)

    form.get_by_label("Last day").fill((timezone.localdate() + timedelta(days=5)).isoformat())
    form.get_by_role("button", name="Add to the list").click()

    row = waitlist.get_by_role("main").get_by_role("listitem").filter(has_text="Wanda Waiting")
    expect(row.get_by_text("Mornings")).to_be_visible()
    assert WaitlistEntry.objects.get().note == "Mornings"


def test_client_is_taken_off_the_list_once_it_is_confirmed(waitlist: Page) -> None:
    entry = put_on_the_list()
    waitlist.reload()
    waitlist.get_by_role("button", name="Remove Peter Patient").click()
    question = waitlist.get_by_role("dialog", name="Remove Peter Patient from the waitlist?")
    assert_accessible(waitlist)
    question.get_by_role("button", name="Keep on the list").click()
    expect(waitlist.get_by_role("link", name="Peter Patient")).to_be_visible()

    waitlist.get_by_role("button", name="Remove Peter Patient").click()
    question.get_by_role("button", name="Remove from the list").click()

    expect(waitlist.get_by_role("link", name="Peter Patient")).to_have_count(0)
    entry.refresh_from_db()
    assert entry.state == "withdrawn"
    waitlist.get_by_role("link", name="Removed").click()
    expect(waitlist.get_by_role("link", name="Peter Patient")).to_be_visible()


def test_booking_from_the_list_starts_with_what_is_waited_for(waitlist: Page) -> None:
    put_on_the_list()
    waitlist.reload()
    waitlist.get_by_role("button", name="Book Peter Patient").click()

    dialogue = waitlist.get_by_role("dialog", name="New appointment")
    expect(dialogue.get_by_text("Peter Patient")).to_be_visible()
    expect(dialogue.get_by_role("combobox", name="Treatment")).to_have_value(TREATMENT)


def test_waitlist_fits_a_phone(waitlist: Page) -> None:
    put_on_the_list()
    waitlist.set_viewport_size({"width": 375, "height": 812})
    waitlist.reload()

    expect(waitlist.get_by_role("link", name="Peter Patient")).to_be_visible()
    assert waitlist.evaluate("document.documentElement.scrollWidth") <= 375
    assert_accessible(waitlist)


def test_dialogue_gives_the_focus_back(waitlist: Page) -> None:
    opener = waitlist.get_by_role("button", name="Add to the waitlist")
    opener.click()
    expect(waitlist.get_by_role("dialog")).to_be_visible()

    waitlist.keyboard.press("Escape")

    expect(waitlist.get_by_role("dialog")).to_have_count(0)
    expect(opener).to_be_focused()


def test_last_of_a_page_taken_off_leads_to_the_page_before(waitlist: Page, site: Site) -> None:
    first = put_on_the_list()
    for _ in range(50):
        WaitlistEntry.objects.create(
            client=first.client,
            treatment=first.treatment,
            minutes=MINUTES,
            from_on=first.from_on,
            until_on=first.until_on,
        )
    waitlist.goto(f"{site.url}/staff/waitlist/?page=2")
    rows = waitlist.get_by_role("main").get_by_role("listitem")
    expect(rows).to_have_count(1)
    waitlist.get_by_role("button", name="Remove Peter Patient").click()
    waitlist.get_by_role("button", name="Remove from the list").click()

    expect(rows).to_have_count(50)
    expect(waitlist.get_by_role("alert")).to_have_count(0)
    expect(waitlist).to_have_url(f"{site.url}/staff/waitlist/")
