"""The guide: from what somebody notices to a booking, and where it ends with advice instead."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, Request, Route, expect

from bookings.models import Appointment
from clients.models import Screening
from tests.browser.conftest import Site, assert_accessible, skip_to_main

CALF = "Is one calf or leg newly swollen, warm, tender or changed in colour?"
REVIEW = "Do any of these apply to you"
SHOES = "How often do your shoes wear down"
TIGHT = "How often do your calves or the soles"


@pytest.fixture
def sent(page: Page) -> list[dict[str, Any]]:
    """What the page sends to the guide, in order."""
    bodies: list[dict[str, Any]] = []

    def heed(request: Request) -> None:
        if request.method == "POST":
            bodies.append(json.loads(request.post_data or "{}"))

    page.on("request", heed)
    return bodies


def open_guide(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/guide/")
    expect(page.get_by_role("heading", name="Before anything else")).to_be_visible()


def answer(page: Page, question: str, choice: str) -> None:
    page.get_by_role("group", name=question).get_by_role("radio", name=choice).check()


def reach_suggestions(page: Page, site: Site) -> None:
    open_guide(page, site)
    page.get_by_role("button", name="None of these, continue").click()
    answer(page, TIGHT, "always")
    answer(page, SHOES, "often")
    page.get_by_label("Worn more along the inner edge").check()
    page.get_by_role("button", name="Show suggestions").click()
    expect(page.get_by_role("heading", name="What may suit you")).to_be_focused()


def kept(page: Page) -> Any:
    """The answers that go along, without when they were given."""
    text = page.evaluate("sessionStorage.getItem('guide')")
    answers = json.loads(text) if text else None
    if answers:
        assert answers.pop("at") > 0
    return answers


def test_answers_lead_to_suggestions_with_their_reasons(page: Page, site: Site, sent: list[dict[str, Any]]) -> None:
    reach_suggestions(page, site)

    assert sent == [
        {
            "answers": {"tight-calves-or-plantar-fascia": 3, "uneven-shoe-wear": 2},
            "safety": [],
            "follow_ups": {"uneven-shoe-wear": ["inner-edge"]},
        }
    ]
    first = page.get_by_role("listitem").filter(has_text="Closest to your answers")
    expect(first).to_contain_text("You answered “always” to “Tight calves or soles of the feet”.")
    expect(page.get_by_role("heading", name="What else may help")).to_be_visible()
    expect(page.get_by_role("heading", name="What the therapist may look at first")).to_be_visible()
    expect(page.get_by_text("This is not a diagnosis")).to_be_visible()
    assert_accessible(page)


def test_each_step_is_accessible_and_fits_a_phone_in_light_and_dark(page: Page, site: Site) -> None:
    page.set_viewport_size({"width": 375, "height": 800})
    open_guide(page, site)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        assert_accessible(page)
    page.get_by_role("button", name="None of these, continue").click()
    answer(page, SHOES, "always")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        assert_accessible(page)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_nothing_is_sent_or_kept_before_the_visitor_asks(page: Page, site: Site, sent: list[dict[str, Any]]) -> None:
    open_guide(page, site)
    page.get_by_role("checkbox", name=CALF).check()
    page.get_by_role("checkbox", name=CALF).uncheck()
    page.get_by_role("button", name="None of these, continue").click()
    answer(page, TIGHT, "often")

    assert sent == []
    assert kept(page) is None


def test_safety_answer_ends_with_advice_and_numbers_to_ring(page: Page, site: Site, sent: list[dict[str, Any]]) -> None:
    open_guide(page, site)
    page.get_by_role("checkbox", name=CALF).check()
    page.get_by_role("button", name="Show me what to do").click()

    expect(page.get_by_role("heading", name="Please do this first")).to_be_focused()
    assert sent == [{"answers": {}, "safety": ["swollen-warm-calf"], "follow_ups": {}}]
    expect(page.get_by_role("link", name="Ring 111", exact=True)).to_have_attribute("href", "tel:111")
    expect(page.get_by_role("link", name="Ring 999", exact=True)).to_have_attribute("href", "tel:999")
    expect(page.get_by_role("main")).to_contain_text("Do not rub or massage the leg.")
    expect(page.get_by_role("main").get_by_role("link", name="020 7946 0958")).to_be_visible()
    expect(page.get_by_role("main").get_by_role("link", name="Book")).to_have_count(0)
    assert_accessible(page)
    page.emulate_media(color_scheme="dark")
    assert_accessible(page)


def test_answer_for_review_shows_suggestions_below_what_is_said_of_it(page: Page, site: Site) -> None:
    open_guide(page, site)
    page.get_by_role("checkbox", name=REVIEW).check()
    page.get_by_role("button", name="Continue").click()
    answer(page, TIGHT, "always")
    page.get_by_role("button", name="Show suggestions").click()

    expect(page.get_by_text("The therapist will look at your answer first")).to_be_visible()
    expect(page.get_by_text("Closest to your answers")).to_be_visible()


def test_back_and_forth_keeps_the_answers(page: Page, site: Site) -> None:
    reach_suggestions(page, site)

    page.get_by_role("button", name="Change my answers").click()
    expect(page.get_by_role("heading", name="What do you notice?")).to_be_focused()
    expect(page.get_by_role("group", name=TIGHT).get_by_role("radio", name="always")).to_be_checked()
    expect(page.get_by_label("Worn more along the inner edge")).to_be_checked()
    page.go_back()
    expect(page.get_by_role("heading", name="Before anything else")).to_be_focused()
    page.go_forward()
    page.go_forward()
    expect(page.get_by_role("heading", name="What may suit you")).to_be_focused()


def test_way_past_the_menu_stays_at_the_step(page: Page, site: Site) -> None:
    reach_suggestions(page, site)

    skip_to_main(page)

    expect(page.get_by_role("heading", name="What may suit you")).to_be_visible()


def test_no_answer_at_all_is_asked_for_and_the_first_question_gets_the_focus(
    page: Page, site: Site, sent: list[dict[str, Any]]
) -> None:
    open_guide(page, site)
    page.get_by_role("button", name="None of these, continue").click()
    page.get_by_role("button", name="Show suggestions").click()

    expect(page.get_by_role("alert")).to_contain_text("at least one question")
    expect(page.get_by_role("radio").first).to_be_focused()
    assert sent == []


def test_lost_connection_keeps_the_answers_and_says_so(page: Page, site: Site) -> None:
    open_guide(page, site)
    page.get_by_role("button", name="None of these, continue").click()
    answer(page, TIGHT, "always")
    page.route("**/api/v1/guide/", lambda route: route.abort())
    page.get_by_role("button", name="Show suggestions").click()
    expect(page.get_by_role("alert")).to_contain_text("can’t reach the site")
    page.unroute("**/api/v1/guide/")
    page.get_by_role("button", name="Show suggestions").click()

    expect(page.get_by_text("Closest to your answers")).to_be_visible()


def test_guide_that_cannot_be_loaded_says_so_and_is_loaded_again(page: Page, site: Site) -> None:
    page.route("**/api/v1/guide/", lambda route: route.abort())
    page.goto(f"{site.url}/guide/")
    expect(page.get_by_role("alert")).to_contain_text("can’t reach the site")
    assert_accessible(page)
    page.unroute("**/api/v1/guide/")
    page.get_by_role("button", name="Try again").click()

    expect(page.get_by_role("heading", name="Before anything else")).to_be_visible()


def test_second_press_while_waiting_asks_once(page: Page, site: Site, sent: list[dict[str, Any]]) -> None:
    held: list[Route] = []
    open_guide(page, site)
    page.get_by_role("button", name="None of these, continue").click()
    answer(page, TIGHT, "always")
    page.route("**/api/v1/guide/", lambda route: held.append(route))  # noqa: PLW0108  # Playwright wants a function
    page.get_by_role("button", name="Show suggestions").click()
    page.get_by_role("button", name="Just a moment").click(force=True)
    expect(page.get_by_role("button", name="Just a moment")).to_be_visible()
    held[0].continue_()

    expect(page.get_by_text("Closest to your answers")).to_be_visible()
    assert len(sent) == 1


def test_answers_go_along_only_when_ticked_and_are_left_behind_when_unticked(page: Page, site: Site) -> None:
    reach_suggestions(page, site)
    box = page.get_by_role("checkbox", name="Send my answers with the booking")
    expect(box).not_to_be_checked()
    assert kept(page) is None

    box.check()
    assert kept(page) == {
        "answers": {"tight-calves-or-plantar-fascia": 3, "uneven-shoe-wear": 2},
        "safety": [],
        "follow_ups": {"uneven-shoe-wear": ["inner-edge"]},
    }
    box.uncheck()
    assert kept(page) is None


def test_whole_guide_by_keyboard(page: Page, site: Site) -> None:
    open_guide(page, site)
    page.get_by_role("button", name="None of these, continue").press("Enter")
    expect(page.get_by_role("heading", name="What do you notice?")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio").nth(1)).to_be_checked()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="What may suit you")).to_be_focused()


def test_answers_that_go_along_are_kept_with_the_booking(page: Page, site: Site) -> None:
    reach_suggestions(page, site)
    page.get_by_role("checkbox", name="Send my answers with the booking").check()
    page.get_by_role("listitem").filter(has_text="Closest to your answers").get_by_role("link", name="Book").click()

    first = page.get_by_role("button", name=re.compile(r"^\d\d:\d\d$")).first
    expect(first).to_be_enabled()
    first.click()
    expect(page.get_by_text("Your answers from the guide will be sent with this booking")).to_be_visible()
    for label, text in {"First name": "Ada", "Last name": "Example", "Email": "ada@example.org"}.items():
        page.get_by_label(label).fill(text)
    page.get_by_label("I accept this cancellation policy").check()
    page.get_by_role("button", name="Book this time").click()

    expect(page.get_by_role("heading", name="You are booked")).to_be_visible()
    assert Screening.objects.get().appointment_reference == Appointment.objects.get().reference
    assert kept(page) is None
