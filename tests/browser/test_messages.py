"""The message log: what failed stands first, and filters stay in the address."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from clinic.messaging.models import MessageStatus
from tests.browser.conftest import Site, assert_accessible
from tests.factories import make_client
from tests.messaging.outbox import make_message


@pytest.fixture
def log(page: Page, context: BrowserContext, site: Site) -> Page:
    now = timezone.now()
    ada, bob = make_client(first_name="Ada", last_name="Adams"), make_client(first_name="Bob", last_name="Brown")
    make_message(kind="reminder-24h", client_id=ada.pk, due_at=now + timedelta(days=1))
    make_message(
        kind="confirmation",
        client_id=ada.pk,
        due_at=now,
        status=MessageStatus.SENT,
        recipient=ada.email,
        settled_at=now,
    )
    make_message(
        kind="moved",
        client_id=bob.pk,
        due_at=now - timedelta(days=2),
        status=MessageStatus.FAILED,
        reason="There is no such mailbox.",
        settled_at=now,
    )
    site.sign_in(context, site.receptionist)
    page.goto(f"{site.url}/staff/messages/")
    return page


def test_failed_messages_stand_first_with_their_reason(log: Page) -> None:
    failed = log.get_by_role("region", name="Failed")
    expect(failed.get_by_text("There is no such mailbox.")).to_be_visible()
    expect(failed.get_by_role("link", name="Bob Brown")).to_be_visible()
    rows = log.get_by_role("main").get_by_role("listitem")
    expect(rows).to_have_count(3)
    expect(rows.first).to_contain_text("Appointment moved")
    expect(log.get_by_text("The text of messages is never kept here.")).to_be_visible()
    assert_accessible(log)


def test_filters_narrow_the_log_and_stay_in_the_address(log: Page) -> None:
    rows = log.get_by_role("main").get_by_role("listitem")
    log.get_by_label("Status").select_option("Waiting")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Reminder, 24 hours before")

    log.reload()
    expect(log.get_by_label("Status")).to_have_value("pending")
    expect(rows).to_have_count(1)
    log.get_by_label("Status").select_option("")
    log.get_by_label("Type").select_option("Confirmation")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Sent")


def test_log_of_one_client(log: Page) -> None:
    rows = log.get_by_role("main").get_by_role("listitem")
    expect(rows).to_have_count(3)
    log.get_by_role("combobox", name="Client").fill("bob")
    log.get_by_role("option", name="Bob Brown").click()

    expect(rows).to_have_count(1)
    expect(log).to_have_url(re.compile(r"client=\d+"))
    expect(log.get_by_role("button", name=re.compile("Bob Brown"))).to_be_focused()
    log.get_by_role("button", name=re.compile("Bob Brown")).click()
    expect(log.get_by_role("combobox", name="Client")).to_be_focused()
    expect(rows).to_have_count(3)


def test_nothing_found_is_said(log: Page) -> None:
    log.get_by_label("Status").select_option("Not needed")

    expect(log.get_by_text("No messages match.")).to_be_visible()


def test_log_fits_a_phone(log: Page) -> None:
    log.set_viewport_size({"width": 375, "height": 812})

    expect(log.get_by_role("link", name="Bob Brown")).to_be_visible()
    assert log.evaluate("document.documentElement.scrollWidth") <= 375
    assert_accessible(log)
