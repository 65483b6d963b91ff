"""The diary as a list, on the screen and on paper."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from bookings.services import appointments as steps
from bookings.services.time_off import take_time_off
from tests.browser.conftest import Site, assert_accessible
from tests.browser.visits import day_of, half_an_hour_ago, make_visit, open_list
from tests.factories import make_client

A_DAYS_WORK = 14


def pages_of(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page[^s]", pdf))


def test_list_tells_who_comes_when_and_how_it_stands(page: Page, context: BrowserContext, site: Site) -> None:
    client = make_client(first_name="Ada", last_name="Example", phone="+442079460018", alert_line="Ring on arrival")
    visit = make_visit(site, half_an_hour_ago(), client=client)
    open_list(page, context, site, site.owner, day_of(visit.starts_at))

    row = page.get_by_role("row", name="Ada Example")
    for words in ("Ring on arrival", "020 7946 0018", "First visit", "Calf Muscle Release", "Therapy room", "Booked"):
        expect(row).to_contain_text(words)
    expect(page.get_by_role("rowheader", name="Ada Example")).to_be_visible()
    expect(row).to_have_attribute("aria-current", "time")
    assert_accessible(page)


def test_step_keeps_the_focus_in_its_line(page: Page, context: BrowserContext, site: Site) -> None:
    visit = make_visit(site, half_an_hour_ago())
    open_list(page, context, site, site.owner, day_of(visit.starts_at))

    page.get_by_role("button", name="Arrived: Ada Example").press("Enter")

    expect(page.get_by_role("button", name="Check in: Ada Example")).to_be_focused()
    expect(page.get_by_role("log")).to_contain_text("Ada Example has arrived.")


def test_change_by_somebody_else_appears_by_itself(page: Page, context: BrowserContext, site: Site) -> None:
    visit = make_visit(site, half_an_hour_ago())
    open_list(page, context, site, site.owner, day_of(visit.starts_at))

    steps.arrive(visit, actor=site.receptionist, now=timezone.now())

    expect(page.get_by_role("row", name="Ada Example")).to_contain_text("Arrived", timeout=15_000)
    expect(page.get_by_role("button", name="Check in: Ada Example")).to_be_visible()


def test_cancelled_ones_are_shown_when_asked_for(page: Page, context: BrowserContext, site: Site) -> None:
    visit = make_visit(site, half_an_hour_ago())
    steps.cancel(visit, actor=site.owner, now=timezone.now(), by_clinic=True)
    open_list(page, context, site, site.owner, day_of(visit.starts_at))

    expect(page.get_by_role("cell", name="No appointments.")).to_be_visible()
    page.get_by_role("checkbox", name="Show cancelled").check()

    expect(page.get_by_role("row", name="Ada Example")).to_contain_text("Cancelled")


def test_what_is_ahead_takes_no_step_yet(page: Page, context: BrowserContext, site: Site) -> None:
    visit = make_visit(site, timezone.now().replace(second=0, microsecond=0) + timedelta(days=2))
    open_list(page, context, site, site.owner, day_of(visit.starts_at))

    row = page.get_by_role("row", name="Ada Example")
    expect(row.get_by_role("button")).to_have_count(1)  # the one that opens it


def test_time_off_stands_in_the_list(page: Page, context: BrowserContext, site: Site) -> None:
    starts_at = half_an_hour_ago()
    take_time_off(
        site.therapist.resource_id,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        reason="Dentist",
        actor=site.owner,
        now=timezone.now(),
    )
    open_list(page, context, site, site.owner, day_of(starts_at))

    page.get_by_role("row", name="Time off: Tom, Dentist").get_by_role("button", name="Edit the time off").click()

    expect(page.get_by_role("dialog")).to_be_visible()


@pytest.mark.parametrize(("visits", "minutes_apart"), [(A_DAYS_WORK, 75), (26, 45)])
def test_a_days_work_prints_on_one_page(
    page: Page, context: BrowserContext, site: Site, visits: int, minutes_apart: int
) -> None:
    first = timezone.now().replace(hour=3, minute=0, second=0, microsecond=0)
    for number in range(visits):
        name = "Featherstonehaugh-Konstantinopolitanska" if number % 5 == 0 else f"Client{number}"
        client = make_client(last_name=name, phone="+442079460018", alert_line="Ring on arrival, the gate sticks")
        make_visit(site, first + number * timedelta(minutes=minutes_apart), client=client, minutes=30)
    open_list(page, context, site, site.owner, day_of(first))

    pdf = page.pdf(prefer_css_page_size=True)
    page.emulate_media(media="print")

    assert pages_of(pdf) == 1
    sheet = page.get_by_role("table")
    expect(sheet).to_have_count(1)
    expect(sheet.get_by_role("row")).to_have_count(visits + 1)
    expect(sheet.get_by_role("columnheader")).to_have_text(
        ["Time", "Client", "Telephone", "Treatment", "Room", "Notes"]
    )
    expect(page.get_by_role("navigation")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_list_fits_a_phone(page: Page, context: BrowserContext, site: Site, scheme: str) -> None:
    page.set_viewport_size({"width": 375, "height": 800})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    client = make_client(first_name="Maximiliana", last_name="Featherstonehaugh-Konstantinopolitanska")
    visit = make_visit(site, half_an_hour_ago(), client=client)
    open_list(page, context, site, site.owner, day_of(visit.starts_at))

    assert page.evaluate("document.scrollingElement.scrollWidth <= document.scrollingElement.clientWidth")
    assert_accessible(page)
    page.get_by_role("button", name="open the appointment").click()
    page.get_by_role("dialog").get_by_text("Reference").wait_for()
    assert page.evaluate("document.scrollingElement.scrollWidth <= document.scrollingElement.clientWidth")
    assert_accessible(page)
