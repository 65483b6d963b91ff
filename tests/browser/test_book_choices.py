"""Booking where there is a choice of therapists, and how much a stranger has to do."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Locator, Page, expect

from bookings.models import Appointment
from tests.browser.booking_page import DETAILS, expect_booked, fill_in, pick_time, send, times
from tests.browser.conftest import Site
from tests.browser.diaries import add_colleague

PERSON_SECONDS_A_STEP = 4.0  # to read a line and to answer it


@pytest.fixture
def colleague_id(site: Site) -> int:
    return add_colleague().pk


def summary(page: Page) -> Locator:
    return page.get_by_role("complementary")


def test_first_free_is_somebody_and_the_form_says_who(page: Page, site: Site, colleague_id: int) -> None:
    page.goto(f"{site.url}/book/calf-release?minutes=60")
    choice = page.get_by_label("With")
    expect(choice.get_by_role("option")).to_have_text(["First available", "Tom", "Una Okafor"])
    pick_time(page)

    expect(summary(page)).to_contain_text(re.compile("Tom|Una Okafor"))
    named = "Tom" if "Tom" in summary(page).inner_text() else "Una Okafor"
    fill_in(page)
    send(page)

    expect_booked(page)
    assert Appointment.objects.get().therapist.name == named


def test_a_therapist_who_is_asked_for_is_the_one(page: Page, site: Site, colleague_id: int) -> None:
    page.goto(f"{site.url}/book/calf-release?minutes=60")
    expect(times(page).first).to_be_enabled()
    page.get_by_label("With").select_option("Una Okafor")
    expect(times(page).first).to_be_enabled()
    pick_time(page)
    expect(summary(page)).to_contain_text("Una Okafor")
    fill_in(page)
    send(page)

    expect_booked(page)
    expect(page.get_by_text("Una Okafor is looking forward to seeing you.")).to_be_visible()
    assert Appointment.objects.get().therapist_id == colleague_id


def test_where_there_is_one_therapist_nothing_is_asked(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/book/calf-release?minutes=60")
    expect(times(page).first).to_be_enabled()

    expect(page.get_by_label("With")).to_have_count(0)


def test_a_stranger_books_within_a_minute(page: Page, site: Site) -> None:
    """A person's steps, counted, at four seconds each, and what the pages took on top."""
    steps = 0
    started = time.monotonic()
    page.goto(f"{site.url}/book/")
    page.get_by_role("article", name="Calf Muscle Release").get_by_role("button", name="Choose").click()
    steps += 1
    pick_time(page)
    steps += 1
    for label, text in DETAILS.items():
        page.get_by_label(label).fill(text)
        steps += 1
    page.get_by_label("No, none of these").check()
    page.get_by_label("I accept this cancellation policy").check()
    send(page)
    steps += 3
    expect_booked(page)
    waited = time.monotonic() - started

    assert steps == 8
    assert steps * PERSON_SECONDS_A_STEP + waited < 60
