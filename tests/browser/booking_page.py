"""The booking page as a visitor uses it: its times, its form, and what others do meanwhile."""

from __future__ import annotations

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from bookings.models import Allocation, Hold
from tests.browser.conftest import Site

# What the guide's page leaves, so many minutes ago.
LEAVE_ANSWERS = """minutes => sessionStorage.setItem("guide", JSON.stringify({
    answers: {"knee-feels-twisted": 2}, safety: [], follow_ups: {}, at: Date.now() - minutes * 60_000,
}))"""
LONDON = ZoneInfo("Europe/London")
DETAILS = {"First name": "Ada", "Last name": "Example", "Email": "ada@example.org"}


def times(page: Page) -> Locator:
    return page.get_by_role("button", name=re.compile(r"^\d\d:\d\d$"))


def pick_time(page: Page) -> str:
    """Take the first time of the day that is shown; its text."""
    first = times(page).first
    expect(first).to_be_enabled()
    text = first.inner_text()
    first.click()
    expect(page.get_by_role("heading", name="Who is coming?")).to_be_focused()
    return text


def fill_in(page: Page, **changes: str) -> None:
    for label, text in (DETAILS | changes).items():
        page.get_by_label(label).fill(text)
    page.get_by_label("No, none of these").check()
    page.get_by_label("I accept this cancellation policy").check()


def send(page: Page) -> None:
    page.get_by_role("button", name="Book this time").click()


def expect_booked(page: Page) -> None:
    expect(page.get_by_role("heading", name="You are booked")).to_be_focused()


def let_hold_lapse() -> None:
    Hold.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    Allocation.objects.filter(kind=Allocation.Kind.HOLD).update(is_active=False)


def book_as_somebody_else(page: Page, site: Site, starts_at: str) -> None:
    body = {
        "treatment": "calf-release",
        "minutes": 60,
        "starts_at": starts_at,
        "client": {"first_name": "Grace", "last_name": "Faster", "email": "grace@example.org"},
        "accepts_policy": True,
    }
    answer = page.request.post(f"{site.url}/api/v1/bookings/", data=body, headers={"Idempotency-Key": starts_at})
    assert answer.status == 201
