"""Booking, as a stranger does it in a browser."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from bookings.models import Allocation, Appointment, Hold
from clients.models import Client
from tests.browser.booking_page import (
    DETAILS,
    LONDON,
    book_as_somebody_else,
    expect_booked,
    fill_in,
    let_hold_lapse,
    pick_time,
    send,
    times,
)
from tests.browser.conftest import Site, assert_accessible, skip_to_main, wait_until_quiet


def test_a_stranger_books_from_the_treatment_to_the_end(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/book/")
    expect(page.get_by_role("article")).to_have_count(5)
    assert_accessible(page)
    page.get_by_role("article", name="Calf Muscle Release").get_by_role("button", name="Choose").click()

    expect(page.get_by_role("heading", name="When suits you?")).to_be_focused()
    expect(page.get_by_label("60 minutes")).to_be_checked()
    expect(times(page).first).to_be_enabled()
    assert_accessible(page)
    pick_time(page)

    expect(page.get_by_role("timer")).to_have_text(re.compile(r"^(10:00|9:5\d)$"))
    assert_accessible(page)
    assert page.get_by_role("textbox").count() + page.get_by_role("radiogroup").count() + 1 <= 6
    fill_in(page)
    send(page)

    expect_booked(page)
    assert_accessible(page)
    booked = Appointment.objects.get()
    expect(page.get_by_text(booked.reference)).to_be_visible()
    expect(page.get_by_text("Shorts, or trousers that roll up above the knee.")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Add to my calendar").click()
    assert "BEGIN:VEVENT" in download.value.path().read_text()
    page.get_by_role("link", name="View, move or cancel it").click()
    page.wait_for_url(f"**/manage/{booked.reference}#*")
    assert Allocation.objects.filter(kind=Allocation.Kind.HOLD, is_active=True).count() == 0
    assert site.mail()[-1].to == ["ada@example.org"]


def test_a_link_to_a_length_starts_there_and_what_is_chosen_survives_a_reload(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/book/calf-release?minutes=90")
    expect(page.get_by_label("90 minutes")).to_be_checked()
    expect(times(page).first).to_be_enabled()
    page.get_by_role("button", name="Next month").click()  # this one may be all but over
    second = page.get_by_role("gridcell").get_by_role("button", name=re.compile("free time")).nth(1)
    day = str(second.get_attribute("aria-label")).split(",")[0]
    second.click()
    expect(page.get_by_role("heading", name=day)).to_be_visible()

    page.reload()

    expect(page.get_by_label("90 minutes")).to_be_checked()
    expect(page.get_by_role("heading", name=day)).to_be_visible()
    pick_time(page)
    page.reload()
    expect(page.get_by_role("timer")).to_be_visible()
    assert Hold.objects.count() == 1


def test_back_goes_one_step_back_and_lets_the_time_go(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/book/")
    page.get_by_role("button", name="Choose").first.click()
    taken = pick_time(page)
    page.get_by_label("First name").fill("Ada")

    page.go_back()
    expect(page.get_by_role("heading", name="When suits you?")).to_be_focused()
    expect(times(page).first).to_have_text(taken)
    page.go_back()
    expect(page.get_by_role("heading", name="Book a treatment")).to_be_focused()
    page.go_forward()
    pick_time(page)

    expect(page.get_by_label("First name")).to_have_value("Ada")
    assert Allocation.objects.filter(kind=Allocation.Kind.HOLD, is_active=True).count() == 2  # therapist and room


def test_a_time_lost_while_typing_is_replaced_by_the_nearest_and_nothing_typed_is_lost(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/book/calf-release?minutes=60")
    pick_time(page)
    fill_in(page)
    hold = Hold.objects.get()
    let_hold_lapse()
    book_as_somebody_else(page, site, hold.starts_at.isoformat())

    send(page)

    expect(page.get_by_role("alert")).to_contain_text("has just been taken")
    expect(page.get_by_role("button", name="Book this time")).to_be_disabled()
    assert_accessible(page)
    page.get_by_role("list", name="Nearest free times").get_by_role("button").first.click()
    expect(page.get_by_role("timer")).to_be_visible()
    expect(page.get_by_label("First name")).to_have_value("Ada")
    expect(page.get_by_label("I accept this cancellation policy")).to_be_checked()
    send(page)
    expect_booked(page)
    assert Appointment.objects.exclude(starts_at=hold.starts_at).get().client.first_name == "Ada"


def test_a_time_lost_before_it_was_held_shows_the_nearest(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/book/calf-release?minutes=60")
    first = times(page).first
    expect(first).to_be_enabled()
    page.wait_for_url("**date=*")
    shown = datetime.fromisoformat(f"{page.url[-10:]}T{first.inner_text()}").replace(tzinfo=LONDON)
    book_as_somebody_else(page, site, shown.isoformat())

    first.click()

    expect(page.get_by_role("alert")).to_contain_text("has just been taken")
    page.get_by_role("list", name="Nearest free times").get_by_role("button").first.click()
    fill_in(page)
    send(page)
    expect_booked(page)


def test_a_hold_that_ends_says_so_and_can_be_taken_again(page: Page, site: Site) -> None:
    page.clock.install()
    page.goto(f"{site.url}/book/calf-release?minutes=60")
    pick_time(page)
    fill_in(page)

    page.clock.fast_forward("11:00")
    expect(page.get_by_role("alert")).to_contain_text("no longer holding this time")
    assert_accessible(page)
    let_hold_lapse()
    page.get_by_role("button", name="Hold it again").click()

    expect(page.get_by_role("timer")).to_be_visible()
    assert Hold.objects.count() == 2
    expect(page.get_by_label("Email")).to_have_value("ada@example.org")
    send(page)
    expect_booked(page)


def test_what_is_missing_or_wrong_is_told_beside_its_field(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/book/calf-release?minutes=60")
    pick_time(page)

    send(page)
    expect(page.get_by_label("First name")).to_be_focused()
    expect(page.get_by_text("Please accept the cancellation policy.")).to_be_visible()
    assert_accessible(page)

    fill_in(page, Email="ada at example", Telephone="12")
    send(page)
    expect(page.get_by_label("Email")).to_be_focused()
    expect(page.get_by_label("Email")).to_have_accessible_description(re.compile("valid email"))
    expect(page.get_by_label("Telephone")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("First name")).to_have_value("Ada")
    assert not Appointment.objects.exists()


def test_last_minutes_are_told_even_where_seconds_are_passed_over(page: Page, site: Site) -> None:
    page.clock.install()
    page.goto(f"{site.url}/book/calf-release?minutes=60")
    pick_time(page)

    page.clock.fast_forward("08:15")
    page.clock.run_for(100)

    expect(page.locator("body > [role=status]")).to_have_text("We’ll hold your time for 2 more minutes.")


def test_days_are_not_told_to_be_closed_before_they_are_known(page: Page, site: Site) -> None:
    asked: list[Route] = []
    page.route("**/api/v1/availability/**", lambda route: asked.append(route))  # noqa: PLW0108  # as above
    page.goto(f"{site.url}/book/calf-release?minutes=60")
    grid = page.get_by_role("grid")

    expect(grid).to_have_attribute("aria-busy", "true")
    expect(grid.get_by_role("button", name="not bookable online")).to_have_count(0)
    asked[0].abort()

    expect(page.get_by_role("alert")).to_contain_text("can’t reach the site")
    expect(grid).to_have_attribute("aria-busy", "false")
    assert_accessible(page)


def test_the_whole_way_by_keyboard(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/book/")
    choose = page.get_by_role("article", name="Calf Muscle Release").get_by_role("button", name="Choose")
    expect(choose).to_be_visible()
    tab_to(page, choose)
    page.keyboard.press("Enter")
    expect(times(page).first).to_be_enabled()

    day = page.locator("[role=grid] [tabindex='0']")
    tab_to(page, day)
    page.keyboard.press("PageDown")
    expect(page.locator("[role=grid] [tabindex='0']")).to_be_focused()
    expect(times(page).first).to_be_enabled()
    reached = page.evaluate("document.activeElement.getAttribute('aria-label')")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") != reached
    while "free time" not in page.evaluate("document.activeElement.getAttribute('aria-label')"):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    chosen = page.evaluate("document.activeElement.getAttribute('aria-label')").split(",")[0]
    expect(page.get_by_role("heading", name=chosen)).to_be_visible()
    tab_to(page, times(page).first)
    page.keyboard.press("Space")

    expect(page.get_by_role("heading", name="Who is coming?")).to_be_focused()
    for label, text in DETAILS.items():
        tab_to(page, page.get_by_label(label))
        page.keyboard.type(text)
    tab_to(page, page.get_by_label("No, none of these"))
    page.keyboard.press("Space")
    tab_to(page, page.get_by_label("I accept this cancellation policy"))
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect_booked(page)


def test_way_past_the_menu_leaves_what_was_booked_on_the_page(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/book/calf-release?minutes=60")
    pick_time(page)
    fill_in(page)
    send(page)
    expect_booked(page)

    skip_to_main(page)

    expect(page.get_by_text(Appointment.objects.get().reference)).to_be_visible()


def tab_to(page: Page, target: Locator) -> None:
    for _ in range(60):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"Tab never reached {target}.")


@pytest.mark.browser_context_args(timezone_id="America/New_York")
def test_times_are_the_clinics_for_a_visitor_in_another_zone(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/book/calf-release?minutes=60")
    expect(page.get_by_text("These times are in the clinic’s time zone (London)")).to_be_visible()
    shown = pick_time(page)

    assert Hold.objects.get().starts_at.astimezone(LONDON).strftime("%H:%M") == shown


@pytest.mark.browser_context_args(viewport={"width": 375, "height": 700})
def test_on_a_small_phone_nothing_is_wider_than_the_screen(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/book/calf-release?minutes=60")
    expect(times(page).first).to_be_enabled()
    expect_no_sideways(page)
    pick_time(page)
    expect_no_sideways(page)
    assert_accessible(page)
    fill_in(page)
    send(page)
    expect_booked(page)
    expect_no_sideways(page)


def expect_no_sideways(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def test_a_signed_in_client_finds_the_form_filled_in(page: Page, site: Site, context: Any) -> None:
    page.goto(f"{site.url}/book/calf-release?minutes=60")
    pick_time(page)
    fill_in(page)
    send(page)
    expect_booked(page)
    own = Client.objects.get()
    user = site.owner.__class__.objects.get(email="ada@example.org")
    Client.objects.filter(pk=own.pk).update(user=user)
    site.sign_in(context, user)

    page.goto(f"{site.url}/book/calf-release?minutes=60")
    pick_time(page)

    expect(page.get_by_label("First name")).to_have_value("Ada")
    expect(page.get_by_label("Email")).to_have_value("ada@example.org")
    expect(page.get_by_label("Email")).not_to_be_editable()


def test_when_the_catalogue_cannot_be_fetched_it_can_be_asked_for_again(page: Page, site: Site) -> None:
    page.route("**/api/v1/treatments/", lambda route: route.abort())
    page.goto(f"{site.url}/book/")
    expect(page.get_by_role("alert")).to_contain_text("can’t reach the site")
    assert_accessible(page)
    page.unroute("**/api/v1/treatments/")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("article")).to_have_count(5)


def test_on_another_site_the_frame_is_told_its_height_and_nothing_else(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/robots.txt")
    page.set_content("")
    page.evaluate(
        """address => {
            window.told = [];
            addEventListener("message", event => told.push(event.data));
            const frame = document.createElement("iframe");
            frame.src = address; frame.width = 600; frame.height = 300;
            document.body.append(frame);
        }""",
        f"{site.url}/embed/book/calf-release?minutes=60",
    )
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("button", name=re.compile(r"^\d\d:\d\d$")).first).to_be_enabled()
    page.wait_for_function("told.at(-1)?.height > 600")
    assert page.evaluate("told.every(each => Object.keys(each).sort().join() === 'height,type')")
    wait_until_quiet(page)
    assert page.url == f"{site.url}/robots.txt"
