"""The page behind the link: see, move and cancel a booking without an account."""

from __future__ import annotations

from datetime import datetime

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from bookings.models import Appointment
from bookings.services.appointments import NO_FEE
from bookings.status import AppointmentStatus
from tests.browser.bookings import book, free_times, link_to, prove_address
from tests.browser.conftest import Site, assert_accessible, skip_to_main

LONG_NOTICE_HOURS = 24 * 60


def make_late(reference: str) -> None:
    """As if more notice had been agreed: the free time is over by now."""
    Appointment.objects.filter(reference=reference).update(cancellation_notice_hours=LONG_NOTICE_HOURS)


def status_of(reference: str) -> str:
    return Appointment.objects.get(reference=reference).status


def pick_first_time(page: Page) -> None:
    page.get_by_role("region", name="Move to another time").locator("ul button").first.click()


def test_link_shows_what_was_booked_and_what_cancelling_costs(page: Page, site: Site) -> None:
    booked = book()

    page.goto(link_to(site.url, booked))

    start = datetime.fromisoformat(booked["starts_at"])
    expect(page.get_by_role("heading", name=f"{start:%H:%M} to")).to_be_visible()
    expect(page.get_by_text("Calf Muscle Release, 60 minutes")).to_be_visible()
    expect(page.get_by_text("£55", exact=True)).to_be_visible()
    expect(page.get_by_text("Shorts, or trousers")).to_be_visible()
    expect(page.get_by_text("You can move or cancel free of charge until")).to_be_visible()
    assert_accessible(page)


def test_token_stays_in_the_address_and_out_of_every_request(page: Page, site: Site) -> None:
    booked = book()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.goto(link_to(site.url, booked))
    page.get_by_role("button", name="Cancel this booking").click()
    page.get_by_role("button", name="Yes, cancel it").click()

    expect(page.get_by_text("Your booking is cancelled. We’ll send a message to confirm.").first).to_be_visible()
    assert page.url.endswith(booked["manage_token"])
    # The page's own address is reported with its fragment, which browsers never send.
    assert [url for url in asked if booked["manage_token"] in url.partition("#")[0]] == []


def test_client_moves_by_link(page: Page, site: Site) -> None:
    booked = book()
    before = Appointment.objects.get(reference=booked["reference"]).starts_at
    page.goto(link_to(site.url, booked))

    page.get_by_role("button", name="Move to another time").click()
    expect(page.get_by_role("heading", name="Move to another time")).to_be_focused()
    assert_accessible(page)
    pick_first_time(page)
    expect(page.get_by_role("heading", name="Move your booking?")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Yes, move it").click()

    expect(page.get_by_text("Your booking has been moved. We’ll send a message to confirm.").first).to_be_visible()
    expect(page.get_by_role("heading", name="Your booking")).to_be_focused()
    moved = Appointment.objects.get(reference=booked["reference"])
    assert moved.starts_at != before
    assert moved.status == AppointmentStatus.BOOKED
    assert str(site.mail()[-1].subject).startswith("Changed: your appointment")


def test_time_taken_meanwhile_offers_the_nearest_others(page: Page, site: Site) -> None:
    booked = book()
    page.goto(link_to(site.url, booked))
    page.get_by_role("button", name="Move to another time").click()
    pick_first_time(page)
    expect(page.get_by_role("heading", name="Move your booking?")).to_be_visible()
    book(starts_at=free_times(from_days=0)[0], email="first@example.org")

    page.get_by_role("button", name="Yes, move it").click()

    expect(page.get_by_text("has just been taken")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("alert").get_by_role("list").get_by_role("button").first.click()
    page.get_by_role("button", name="Yes, move it").click()
    expect(page.get_by_text("Your booking has been moved. We’ll send a message to confirm.").first).to_be_visible()


@pytest.mark.parametrize("arrives", [True, False])
def test_move_without_an_answer_is_looked_up(page: Page, site: Site, arrives: bool) -> None:
    def lose_the_answer(route: Route) -> None:
        if arrives:
            route.fetch()
        route.abort("connectionreset")

    booked = book()
    page.route("**/reschedule/", lose_the_answer)
    page.goto(link_to(site.url, booked))
    page.get_by_role("button", name="Move to another time").click()
    pick_first_time(page)
    page.get_by_role("button", name="Yes, move it").click()

    if arrives:
        expect(page.get_by_text("Your booking has been moved. We’ll send a message to confirm.").first).to_be_visible()
        expect(page.get_by_role("button", name="Move to another time")).to_be_visible()
    else:
        expect(page.get_by_role("alert")).to_contain_text("can’t reach the site")
        expect(page.get_by_role("heading", name="Move to another time")).to_be_focused()


def test_move_that_came_too_late_shows_what_can_still_be_done(page: Page, site: Site) -> None:
    booked = book()
    page.goto(link_to(site.url, booked))
    page.get_by_role("button", name="Move to another time").click()
    pick_first_time(page)
    make_late(booked["reference"])

    page.get_by_role("button", name="Yes, move it").click()

    expect(page.get_by_text("It is too late to move this booking online.")).to_be_visible()
    expect(page.get_by_role("heading", name="Your booking", exact=True)).to_be_focused()
    expect(page.get_by_role("button", name="Cancel this booking")).to_be_visible()


def test_client_cancels_free_of_charge(page: Page, site: Site) -> None:
    booked = book()
    page.goto(link_to(site.url, booked))

    page.get_by_role("button", name="Cancel this booking").click()
    expect(page.get_by_role("heading", name="Cancel this booking?")).to_be_focused()
    expect(page.get_by_text("Cancelling now is free of charge.")).to_be_visible()
    assert_accessible(page)
    page.get_by_label("Would you like to tell us why?").fill("A cold")
    page.get_by_role("button", name="Yes, cancel it").click()

    expect(page.get_by_text("Your booking is cancelled. We’ll send a message to confirm.").first).to_be_visible()
    assert_accessible(page)
    cancelled = Appointment.objects.get(reference=booked["reference"])
    assert (cancelled.status, cancelled.ended_reason, cancelled.fee_due) == ("cancelled", "A cold", NO_FEE)


def test_fee_is_shown_before_cancelling_late_and_moving_is_for_the_telephone(page: Page, site: Site) -> None:
    booked = book()
    make_late(booked["reference"])
    page.goto(link_to(site.url, booked))

    expect(page.get_by_text("Cancelling now costs £27.50.")).to_be_visible()
    expect(page.get_by_text("It is too late to move this booking online.")).to_be_visible()
    expect(page.get_by_role("main").get_by_role("link", name="020")).to_be_visible()
    expect(page.get_by_role("button", name="Move to another time")).to_have_count(0)
    page.get_by_role("button", name="Cancel this booking").click()
    page.get_by_role("button", name="Yes, cancel it for £27.50").click()

    expect(page.get_by_text("A cancellation fee of £27.50 is due.")).to_be_visible()


def test_fee_that_changed_meanwhile_is_refused_and_shown_anew(page: Page, site: Site) -> None:
    booked = book()
    page.goto(link_to(site.url, booked))
    page.get_by_role("button", name="Cancel this booking").click()
    expect(page.get_by_text("Cancelling now is free of charge.")).to_be_visible()
    page.get_by_label("Would you like to tell us why?").fill("A cold")
    make_late(booked["reference"])

    page.get_by_role("button", name="Yes, cancel it").click()

    expect(page.get_by_text("The fee changed while this page was open.")).to_be_visible()
    expect(page.get_by_role("button", name="Yes, cancel it for £27.50")).to_be_visible()
    expect(page.get_by_label("Would you like to tell us why?")).to_have_value("A cold")
    assert status_of(booked["reference"]) == AppointmentStatus.BOOKED
    assert_accessible(page)


@pytest.mark.parametrize("kind", ["wrong token", "unknown reference"])
def test_wrong_link_and_unknown_booking_are_told_alike(page: Page, site: Site, kind: str) -> None:
    booked = book()
    reference = booked["reference"] if kind == "wrong token" else "ZZZZZZZZ"

    page.goto(f"{site.url}/manage/{reference}#not-the-token")

    expect(page.get_by_role("heading", name="This link doesn’t open a booking")).to_be_visible()
    expect(page.get_by_text("Calf Muscle Release")).to_have_count(0)
    assert_accessible(page)


def test_link_of_a_booking_that_is_over_says_so(page: Page, site: Site) -> None:
    booked = book()
    row = Appointment.objects.get(reference=booked["reference"])
    year = row.starts_at.year - 1
    over = {"starts_at": row.starts_at.replace(year=year), "ends_at": row.ends_at.replace(year=year)}
    Appointment.objects.filter(pk=row.pk).update(**over)

    page.goto(link_to(site.url, booked))

    expect(page.get_by_role("heading", name="This booking is over")).to_be_visible()


def test_without_the_token_the_signed_in_client_gets_in(page: Page, context: BrowserContext, site: Site) -> None:
    booked = book()
    page.goto(f"{site.url}/manage/{booked['reference']}")
    expect(page.get_by_role("heading", name="The link is incomplete")).to_be_visible()
    expect(page.get_by_role("main").get_by_role("link", name="Sign in")).to_have_attribute(
        "href", f"/sign-in/?next=%2Fmanage%2F{booked['reference']}"
    )

    site.sign_in(context, prove_address("ada@example.org"))
    page.reload()

    expect(page.get_by_role("button", name="Cancel this booking")).to_be_visible()


def test_way_past_the_menu_keeps_the_token(page: Page, site: Site) -> None:
    page.goto(link_to(site.url, book()))
    expect(page.get_by_role("button", name="Cancel this booking")).to_be_visible()

    skip_to_main(page)

    expect(page.get_by_role("button", name="Cancel this booking")).to_be_visible()


def test_calendar_file_is_saved(page: Page, site: Site) -> None:
    booked = book()
    page.goto(link_to(site.url, booked))

    with page.expect_download() as download:
        page.get_by_role("button", name="Add to calendar").click()

    assert download.value.suggested_filename == f"{booked['reference']}.ics"
    assert "BEGIN:VEVENT" in download.value.path().read_text()


def test_everything_fits_a_small_screen(page: Page, site: Site) -> None:
    booked = book()
    page.set_viewport_size({"width": 375, "height": 740})
    page.goto(link_to(site.url, booked))

    page.get_by_role("button", name="Move to another time").click()
    pick_first_time(page)
    expect(page.get_by_role("button", name="Yes, move it")).to_be_visible()

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
