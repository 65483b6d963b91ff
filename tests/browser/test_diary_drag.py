"""Moving, stretching and making appointments in the grid: told, undone, refused, by mouse, finger and keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from bookings.models import Appointment, TimeOff
from bookings.services.appointments import arrive
from bookings.services.moving import reschedule
from bookings.services.time_off import take_time_off
from clients.models import Client
from tests.browser.conftest import Site
from tests.browser.diaries import (
    add_colleague,
    at,
    book,
    box,
    drag,
    drag_edge,
    entry,
    minute_height,
    next_tuesday,
    open_diary,
)
from tests.factories import make_client


@pytest.fixture
def day(site: Site) -> date:
    return next_tuesday()


@pytest.fixture
def ada(site: Site) -> Client:
    return make_client(first_name="Ada", last_name="Example", email="ada@example.org")


@pytest.fixture
def bea(site: Site) -> Client:
    return make_client(first_name="Bea", last_name="Late")


def said(page: Page, words: str) -> Locator:
    return page.locator(".toast").filter(has_text=words)


def starts_at(appointment: Appointment) -> datetime:
    return Appointment.objects.get(pk=appointment.pk).starts_at


def stands_at(page: Page, block: Locator, clock: str) -> None:
    expect(block).to_contain_text(clock)
    expect(block).not_to_have_attribute("aria-busy", "true")


def test_therapist_drags_is_told_and_undoes(page: Page, site: Site, day: date, ada: Client) -> None:
    booked = book(site, at(day, "08:00"), client=ada)
    open_diary(page, site, site.therapist_user, date=day)
    block = entry(page, "Ada Example")

    drag(page, block, minutes=75)

    toast = said(page, "Ada Example has been moved to 09:15. They are told by email if we have their address.")
    expect(toast).to_be_visible()
    stands_at(page, block, "09:15–10:15")
    assert starts_at(booked) == at(day, "09:15")
    assert "09:15" in str(site.mail()[-1].body)

    toast.get_by_role("button", name="Undo").click()

    expect(said(page, "Ada Example is back at")).to_be_visible()
    stands_at(page, block, "08:00–09:00")
    assert starts_at(booked) == at(day, "08:00")
    assert Appointment.objects.get(pk=booked.pk).version == 3


def test_a_drag_snaps_to_the_grid(page: Page, site: Site, day: date, ada: Client) -> None:
    booked = book(site, at(day, "08:00"), client=ada)
    open_diary(page, site, site.therapist_user, date=day)

    drag(page, entry(page, "Ada Example"), minutes=34)

    expect(said(page, "moved to 08:30")).to_be_visible()
    assert starts_at(booked) == at(day, "08:30")


def test_onto_taken_time_is_refused_and_goes_back(page: Page, site: Site, day: date, ada: Client, bea: Client) -> None:
    booked = book(site, at(day, "07:00"), client=ada)
    book(site, at(day, "09:00"), client=bea)
    page.emulate_media(reduced_motion="reduce")  # it is back at once, and does not travel there
    open_diary(page, site, site.therapist_user, date=day)
    block = entry(page, "Ada Example")
    before = box(block)

    drag(page, block, minutes=105)

    toast = said(page, "Ada Example cannot be moved there: that time is taken.")
    expect(toast).to_contain_text("Free nearby:")
    stands_at(page, block, "07:00–08:00")
    assert box(block)["y"] == pytest.approx(before["y"], abs=1)
    assert starts_at(booked) == at(day, "07:00")

    toast.get_by_role("button", name=re.compile("^Take")).click()

    expect(said(page, "Ada Example has been moved to 07:45.")).to_be_visible()
    assert starts_at(booked) == at(day, "07:45")


def test_outside_hours_asks_why_and_then_does_it(page: Page, site: Site, day: date, ada: Client) -> None:
    booked = book(site, at(day, "10:00"), client=ada)
    open_diary(page, site, site.therapist_user, date=day)
    block = entry(page, "Ada Example")

    drag(page, block, minutes=120)
    dialog = page.get_by_role("dialog", name="Outside the usual hours")
    expect(dialog).to_contain_text("This is outside working hours.")
    dialog.get_by_role("button", name="Leave it where it was").click()
    stands_at(page, block, "10:00–11:00")
    assert starts_at(booked) == at(day, "10:00")

    drag(page, block, minutes=120)
    dialog.get_by_role("button", name="Move anyway").click()
    expect(dialog).to_contain_text("Please give a reason.")
    dialog.get_by_label("Reason").fill("Her only free hour")
    dialog.get_by_role("button", name="Move anyway").click()

    expect(said(page, "Ada Example has been moved to 12:00.")).to_be_visible()
    assert Appointment.objects.get(pk=booked.pk).override_reason == "Her only free hour"


def test_somebody_was_faster_and_is_not_overruled(page: Page, site: Site, day: date, ada: Client) -> None:
    booked = book(site, at(day, "08:00"), client=ada)
    open_diary(page, site, site.therapist_user, date=day)
    block = entry(page, "Ada Example")
    expect(block).to_be_visible()
    page.route("**/api/v1/diary/**", lambda route: route.abort())  # nothing is heard of what comes now
    reschedule(booked, starts_at=at(day, "16:00"), actor=site.owner, now=timezone.now())
    page.unroute("**/api/v1/diary/**")

    drag(page, block, minutes=60)

    expect(said(page, "Someone else has changed this.")).to_be_visible()
    stands_at(page, block, "16:00–17:00")
    assert starts_at(booked) == at(day, "16:00")


def test_escape_leaves_it_where_it_is(page: Page, site: Site, day: date, ada: Client) -> None:
    booked = book(site, at(day, "08:00"), client=ada)
    open_diary(page, site, site.therapist_user, date=day)

    drag(page, entry(page, "Ada Example"), minutes=60, drops=False)
    expect(page.locator(".target")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".target")).to_have_count(0)
    page.mouse.up()

    expect(page.get_by_role("dialog")).to_have_count(0)
    assert Appointment.objects.get(pk=booked.pk).version == 1


def test_owner_moves_it_to_another_therapist(page: Page, site: Site, day: date, ada: Client) -> None:
    colleague = add_colleague()
    booked = book(site, at(day, "08:00"), client=ada)
    open_diary(page, site, site.owner, date=day)

    drag(page, entry(page, "Ada Example"), columns=1)

    expect(said(page, "with Una Okafor")).to_be_visible()
    expect(page.get_by_role("group", name="Una Okafor,").get_by_role("button", name="Ada Example")).to_be_visible()
    assert Appointment.objects.get(pk=booked.pk).therapist_id == colleague.pk


def test_it_moves_to_another_day_of_the_week(page: Page, site: Site, day: date, ada: Client) -> None:
    booked = book(site, at(day, "08:00"), client=ada)
    open_diary(page, site, site.therapist_user, date=day, view="week")

    drag(page, entry(page, "Ada Example"), columns=1, minutes=30)

    wednesday = day + timedelta(days=1)
    expect(said(page, f"moved to Wed {wednesday.day}")).to_be_visible()
    assert starts_at(booked) == at(wednesday, "08:30")


def test_the_lower_edge_stretches_to_a_length_on_offer(page: Page, site: Site, day: date, ada: Client) -> None:
    booked = book(site, at(day, "08:00"), client=ada, minutes=60)
    open_diary(page, site, site.therapist_user, date=day)
    block = entry(page, "Ada Example")

    drag_edge(page, block, minutes=25)  # nearer to 90 minutes than to 60

    expect(said(page, "Ada Example now has 90 minutes, until 09:30.")).to_be_visible()
    stands_at(page, block, "08:00–09:30")
    stretched = Appointment.objects.get(pk=booked.pk)
    assert (stretched.minutes, stretched.starts_at) == (90, at(day, "08:00"))

    said(page, "now has 90 minutes").get_by_role("button", name="Undo").click()
    stands_at(page, block, "08:00–09:00")
    assert Appointment.objects.get(pk=booked.pk).minutes == 60


def test_time_off_moves_and_stretches_freely(page: Page, site: Site, day: date) -> None:
    off = take_time_off(
        site.therapist.resource_id,
        starts_at=at(day, "12:00"),
        ends_at=at(day, "13:00"),
        reason="Dentist",
        actor=site.owner,
        now=timezone.now(),
    )
    open_diary(page, site, site.therapist_user, date=day)
    block = entry(page, "Dentist")

    drag(page, block, minutes=60)
    expect(block).to_contain_text("13:00–14:00")
    expect(said(page, "Time off is now")).to_have_count(1)
    drag_edge(page, block, minutes=45)
    expect(block).to_contain_text("13:00–14:45")
    expect(said(page, "Time off is now")).to_have_count(2)

    stored = TimeOff.objects.get(pk=off.pk)
    assert (stored.starts_at, stored.ends_at) == (at(day, "13:00"), at(day, "14:45"))


def test_what_has_begun_cannot_be_dragged(page: Page, site: Site, day: date, ada: Client) -> None:
    booked = book(site, at(day, "08:00"), client=ada)
    arrive(booked, actor=site.owner, now=timezone.now())
    open_diary(page, site, site.therapist_user, date=day)

    drag(page, entry(page, "Ada Example"), minutes=60, drops=False)

    expect(page.locator(".target")).to_have_count(0)
    page.mouse.up()
    assert starts_at(booked) == at(day, "08:00")


def test_a_click_on_free_time_begins_an_appointment_there(page: Page, site: Site, day: date) -> None:
    open_diary(page, site, site.therapist_user, date=day)
    column = page.locator("[data-column]")
    expect(column).to_be_visible()

    column.click(position={"x": 80, "y": 2 * 60 * minute_height(page) + 3})

    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    assert fields(dialog) >= {str(day), "09:00"}


def test_drawing_over_free_time_begins_an_appointment_of_that_length(page: Page, site: Site, day: date) -> None:
    open_diary(page, site, site.therapist_user, date=day)
    column, height = page.locator("[data-column]"), minute_height(page)
    top = box(column)
    page.mouse.move(top["x"] + 50, top["y"] + 60 * height + 4)
    page.mouse.down()
    page.mouse.move(top["x"] + 50, top["y"] + 100 * height, steps=5)
    expect(page.locator(".target")).to_contain_text("08:00–08:45")
    page.mouse.up()

    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    assert fields(dialog) >= {str(day), "08:00", "45"}


def fields(dialog: Locator) -> set[str]:
    values: Any = dialog.locator("input, select").evaluate_all("fields => fields.map(field => field.value)")
    return set(values)


def test_everything_by_keyboard(page: Page, site: Site, day: date, ada: Client, bea: Client) -> None:
    booked = book(site, at(day, "08:00"), client=ada)
    book(site, at(day, "16:00"), client=bea)
    open_diary(page, site, site.therapist_user, date=day, view="week")
    block = entry(page, "Ada Example")
    block.focus()
    page.keyboard.press("ArrowDown")
    expect(entry(page, "Bea Late")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(block).to_be_focused()

    page.keyboard.down("Alt")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.up("Alt")

    wednesday = day + timedelta(days=1)
    expect(said(page, f"moved to Wed {wednesday.day}")).to_be_visible()
    expect(block).to_be_focused()
    assert starts_at(booked) == at(wednesday, "08:30")

    page.keyboard.press("Alt+Shift+ArrowDown")
    expect(said(page, "now has 90 minutes")).to_be_visible()
    page.keyboard.down("Alt")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    page.keyboard.up("Alt")
    expect(page.locator(".target")).to_have_count(0)

    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Ada Example")).to_be_visible()
    assert starts_at(booked) == at(wednesday, "08:30")


def fingers(page: Page) -> Callable[..., None]:
    """Play touch events: their kind, and where the fingers are."""
    touch = page.context.new_cdp_session(page)

    def send(kind: str, *points: tuple[float, float]) -> None:
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": px, "y": py} for px, py in points]})

    return send


def test_a_finger_that_drags_does_not_turn_the_day(page: Page, site: Site, day: date, ada: Client) -> None:
    book(site, at(day, "08:00"), client=ada)
    page.set_viewport_size({"width": 375, "height": 667})
    open_diary(page, site, site.therapist_user, date=day, view="week")
    block = entry(page, "Ada Example")
    block.scroll_into_view_if_needed()
    start, height = box(block), minute_height(page)
    x, y = start["x"] + 60, start["y"] + 30
    heading = page.get_by_role("heading", level=1)
    send = fingers(page)

    send("touchStart", (x, y))
    expect(page.locator(".target")).to_be_visible()
    send("touchMove", (x + 60, y + 10 * height))
    send("touchMove", (x + 150, y + 30 * height))
    send("touchEnd")

    expect(said(page, "moved to 08:30")).to_be_visible()
    expect(heading).to_contain_text(f"Tuesday {day.day}")

    send("touchStart", (x + 150, y - 20))
    send("touchMove", (x + 80, y - 20))
    send("touchMove", (x, y - 20))
    send("touchEnd")
    expect(heading).to_contain_text("Wednesday")


def test_a_finger_scrolls_until_it_has_held_still(page: Page, site: Site, day: date, ada: Client) -> None:
    booked = book(site, at(day, "08:00"), client=ada)
    page.set_viewport_size({"width": 375, "height": 667})
    open_diary(page, site, site.therapist_user, date=day)
    block = entry(page, "Ada Example")
    block.scroll_into_view_if_needed()
    start, height = box(block), minute_height(page)
    x, y = start["x"] + 60, start["y"] + 30
    send = fingers(page)

    send("touchStart", (x, y))
    expect(page.locator(".target")).to_be_visible()
    send("touchMove", (x, y + 15 * height))
    send("touchMove", (x, y + 30 * height))
    send("touchEnd")
    expect(said(page, "moved to 08:30")).to_be_visible()
    assert starts_at(booked) == at(day, "08:30")

    send("touchStart", (x, y + 30 * height))
    for step in range(1, 6):
        send("touchMove", (x, y + 30 * height - 20 * step))
    expect(page.locator(".target")).to_have_count(0)
    page.wait_for_function("document.querySelector('[data-scroller]').scrollTop > 20")
    send("touchEnd")
    assert Appointment.objects.get(pk=booked.pk).version == 2
