"""Booking: the safety questions, and answers of the guide that travel with it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from bookings.models import Appointment
from clients.models import Client
from tests.browser.booking_page import (
    DETAILS,
    LEAVE_ANSWERS,
    expect_booked,
    fill_in,
    pick_time,
    send,
)
from tests.browser.conftest import Site, assert_accessible


def test_safety_questions_come_after_the_answer_that_asks_for_them(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/book/calf-release?minutes=60")
    pick_time(page)
    yes = page.get_by_label("Yes, at least one")
    yes.scroll_into_view_if_needed()
    before = yes.bounding_box()

    yes.click()

    expect(page.get_by_role("checkbox")).not_to_have_count(1)
    assert_accessible(page)
    after = yes.bounding_box()
    assert before is not None
    assert after is not None
    assert abs(before["y"] - after["y"]) < 2
    page.keyboard.press("Tab")
    expect(page.get_by_role("group", name="Please tick what applies.").get_by_role("checkbox").first).to_be_focused()


@pytest.mark.parametrize("is_taken_back", [False, True])
def test_answer_is_looked_at_unless_it_was_taken_back(page: Page, site: Site, is_taken_back: bool) -> None:
    page.goto(f"{site.url}/book/calf-release?minutes=60")
    pick_time(page)
    fill_in(page)
    page.get_by_label("Yes, at least one").check()
    page.get_by_label("Do any of these apply to you").check()
    if is_taken_back:
        page.get_by_label("No, none of these").check()
    send(page)

    expect_booked(page)
    expect(page.get_by_text("look at your safety answer first")).to_have_count(int(not is_taken_back))


def test_answers_of_the_guide_go_with_one_booking_alone(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/book/")
    page.evaluate(LEAVE_ANSWERS, 0)
    page.reload()
    page.get_by_role("button", name="Choose").first.click()
    pick_time(page)
    for label, text in DETAILS.items():
        page.get_by_label(label).fill(text)
    page.get_by_label("I accept this cancellation policy").check()
    send(page)
    expect_booked(page)

    page.go_back()
    pick_time(page)

    expect(page.get_by_label("No, none of these")).to_be_visible()
    expect(page.get_by_text("Your answers from the guide")).to_have_count(0)


def test_a_safety_answer_shows_advice_instead_of_booking(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/book/calf-release?minutes=60")
    pick_time(page)
    fill_in(page)
    page.get_by_label("Yes, at least one").check()
    page.get_by_label(re.compile("short of breath")).check()
    send(page)

    expect(page.get_by_role("heading", name="Please read this first")).to_be_focused()
    expect(page.get_by_role("link", name="Ring 999")).to_have_attribute("href", "tel:999")
    expect(page.get_by_role("link", name="Ring 111")).to_have_count(0)
    expect(page.get_by_text("Nothing has been booked.")).to_be_visible()
    assert_accessible(page)
    assert not Appointment.objects.exists()
    assert not Client.objects.exists()
    assert page.evaluate("JSON.stringify({...sessionStorage})") == "{}"


def test_answers_of_the_guide_travel_with_the_booking_or_are_left_out(page: Page, site: Site) -> None:
    sent: list[Any] = []
    page.on("request", lambda request: sent.append(request.post_data_json) if request.method == "POST" else None)
    page.goto(f"{site.url}/book/calf-release?from=guide&minutes=60")
    page.evaluate(LEAVE_ANSWERS, 29)
    page.reload()
    pick_time(page)
    expect(page.get_by_text("Your answers from the guide will be sent with this booking.")).to_be_visible()
    assert_accessible(page)
    expect(page.get_by_label("No, none of these")).to_have_count(0)
    page.get_by_role("button", name="Leave them out").click()
    expect(page.get_by_label("No, none of these")).to_be_visible()

    page.evaluate(LEAVE_ANSWERS, 0)
    page.reload()
    for label, text in DETAILS.items():
        page.get_by_label(label).fill(text)
    page.get_by_label("I accept this cancellation policy").check()
    send(page)

    expect_booked(page)
    assert sent[-1]["guide"]["answers"] == {"knee-feels-twisted": 2}
    assert page.evaluate("sessionStorage.getItem('guide')") is None


def test_answers_of_an_earlier_visitor_go_with_no_booking(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/book/calf-release?minutes=60")
    page.evaluate(LEAVE_ANSWERS, 31)
    page.reload()
    pick_time(page)

    expect(page.get_by_label("No, none of these")).to_be_visible()
    assert page.evaluate("sessionStorage.getItem('guide')") is None


def test_answers_that_grow_old_on_an_open_page_go_with_no_booking(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/book/calf-release?minutes=60")
    page.evaluate(LEAVE_ANSWERS, 29)
    page.reload()
    pick_time(page)
    expect(page.get_by_text("Your answers from the guide will be sent with this booking.")).to_be_visible()
    for label, text in DETAILS.items():
        page.get_by_label(label).fill(text)
    page.get_by_label("I accept this cancellation policy").check()
    page.evaluate(LEAVE_ANSWERS, 31)
    send(page)

    expect(page.get_by_text("Please say whether any of these applies to you.")).to_be_visible()
    assert not Appointment.objects.exists()
    page.get_by_label("No, none of these").check()
    send(page)
    expect_booked(page)


# --- Come back to from the browser's own copy of the page ------------------------------------------
