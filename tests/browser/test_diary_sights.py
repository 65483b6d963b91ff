"""What can be seen in the grid, and that it follows what others do."""

from __future__ import annotations

import time
import uuid
from datetime import date, timedelta

import pytest
from django.test import Client as Visitor
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from bookings.models import Appointment
from bookings.services.appointments import arrive
from bookings.services.moving import reschedule
from bookings.services.time_off import take_time_off
from tests.browser.conftest import Site
from tests.browser.diaries import at, book, box, drag_edge, entry, minute_height, next_tuesday, open_diary
from tests.factories import make_client

# Wholly within its block, and in no part that is kept for screen readers alone.
IS_SEEN = """word => {
    const [inner, outer] = [word, word.closest("[data-block]")].map((each) => each.getBoundingClientRect());
    const isClipped = getComputedStyle(word.closest(".what, .more, .marks")).clipPath !== "none";
    return !isClipped && inner.width > 20 && inner.right <= outer.right && inner.bottom <= outer.bottom + 1;
}"""


@pytest.fixture
def day(site: Site) -> date:
    return next_tuesday()


@pytest.fixture
def ada(site: Site, day: date) -> Appointment:
    return book(site, at(day, "09:00"), client=make_client(first_name="Ada", last_name="Example"))


def leave(site: Site, starts: str, ends: str, *, day: date, until: date | None = None, room: bool = False) -> None:
    resource = site.therapist.rooms.get().resource_id if room else site.therapist.resource_id
    take_time_off(
        resource,
        starts_at=at(day, starts),
        ends_at=at(until or day, ends),
        reason="Away",
        actor=site.owner,
        now=timezone.now(),
    )


@pytest.mark.parametrize(("view", "width"), [("day", 1280), ("week", 1280), ("day", 375)])
def test_the_state_is_seen_as_a_word(
    page: Page, site: Site, day: date, ada: Appointment, view: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    open_diary(page, site, site.therapist_user, date=day, view=view)

    word = entry(page, "Ada Example").locator(".state:visible")
    expect(word).to_have_text("Booked")
    assert word.evaluate(IS_SEEN)
    arrive(ada, actor=site.owner, now=timezone.now())
    expect(word).to_have_text("Arrived", timeout=15_000)


def test_the_room_is_seen_where_the_column_is_narrow(page: Page, site: Site, day: date, ada: Appointment) -> None:
    open_diary(page, site, site.therapist_user, date=day, view="week")

    room = entry(page, "Ada Example").locator(".room")
    expect(room).to_have_text("Therapy room")
    assert room.evaluate(IS_SEEN)


def test_a_visitors_hold_is_drawn_with_how_long_it_lasts(page: Page, site: Site, day: date) -> None:
    wish = {"treatment": "calf-release", "minutes": 60, "starts_at": at(day, "09:00").isoformat()}
    held = Visitor().post("/api/v1/holds/", wish, content_type="application/json")
    assert held.status_code == 201

    open_diary(page, site, site.therapist_user, date=day)

    hold = page.locator(".hold")
    expect(hold).to_contain_text("Held for")
    expect(hold).to_contain_text("09:00–10:00 Calf Muscle Release")
    assert box(hold)["height"] == pytest.approx(60 * minute_height(page), abs=4)
    Visitor().delete(f"/api/v1/holds/{held.json()['token']}/", headers={"X-Request-Id": uuid.uuid4().hex})
    expect(hold).to_have_count(0, timeout=15_000)


def test_the_buffer_is_drawn_as_long_as_it_is(page: Page, site: Site, day: date, ada: Appointment) -> None:
    open_diary(page, site, site.therapist_user, date=day)
    block = entry(page, "Ada Example")

    after = block.locator("xpath=..").locator(".buffer.after")
    assert box(after)["height"] == pytest.approx(15 * minute_height(page), abs=2)
    assert box(after)["y"] == pytest.approx(box(block)["y"] + box(block)["height"], abs=3)


def test_the_line_of_now_stands_where_it_is(page: Page, site: Site, day: date) -> None:
    page.clock.install(time=at(day, "09:30"))
    open_diary(page, site, site.therapist_user, date=day)

    line, hours = page.locator(".now"), page.locator(".scale .hour")
    expect(line).to_be_attached()
    nine = next(hour for hour in hours.all() if hour.inner_text().startswith("09:00"))
    assert box(line)["y"] - box(nine)["y"] == pytest.approx(30 * minute_height(page), abs=12)


@pytest.mark.parametrize("view", ["day", "list"])
def test_days_off_are_told_as_days(page: Page, site: Site, day: date, view: str) -> None:
    leave(site, "16:00", "12:00", day=day, until=day + timedelta(days=2))
    for on, words in (
        (day, "from 16:00"),
        (day + timedelta(days=1), "all day"),
        (day + timedelta(days=2), "until 12:00"),
    ):
        open_diary(page, site, site.therapist_user, date=on, view=view)
        where = entry(page, "Away") if view == "day" else page.get_by_role("row", name="Away")
        expect(where).to_contain_text(words)


def test_a_therapist_sees_a_closed_room_and_is_offered_no_change(page: Page, site: Site, day: date) -> None:
    leave(site, "12:00", "13:00", day=day, room=True)
    words = "Therapy room: 12:00–13:00, Away"

    open_diary(page, site, site.therapist_user, date=day)
    expect(page.get_by_text(words)).to_be_visible()
    expect(page.get_by_role("button", name=words)).to_have_count(0)
    open_diary(page, site, site.therapist_user, date=day, view="list")
    expect(page.get_by_role("row", name="Therapy room, Away")).to_be_visible()
    expect(page.get_by_role("button", name="Edit the time off")).to_have_count(0)

    open_diary(page, site, site.owner, date=day)
    page.get_by_role("button", name=words).click()
    page.get_by_role("dialog", name="Time off").get_by_role("button", name="Remove").click()
    expect(page.get_by_role("button", name=words)).to_have_count(0)


def test_an_open_panel_follows_what_others_change(page: Page, site: Site, day: date, ada: Appointment) -> None:
    open_diary(page, site, site.therapist_user, date=day)
    entry(page, "Ada Example").click()
    panel = page.get_by_role("dialog", name="Ada Example")
    expect(panel).to_contain_text("09:00 to 10:00")

    reschedule(ada, starts_at=at(day, "16:00"), actor=site.owner, now=timezone.now())

    expect(panel).to_contain_text("16:00 to 17:00", timeout=15_000)


def test_on_a_slow_line_the_diary_comes_all_the_same(page: Page, site: Site, day: date, ada: Appointment) -> None:
    def answer_slowly(route: Route) -> None:
        answer = route.fetch()
        time.sleep(8)  # longer than from one look to the next
        route.fulfill(response=answer)

    page.route("**/api/v1/diary/**", answer_slowly)
    open_diary(page, site, site.therapist_user, date=day)

    expect(entry(page, "Ada Example")).to_be_visible(timeout=25_000)
    page.unroute_all(behavior="ignoreErrors")


def test_a_client_is_found_from_the_diary(page: Page, site: Site, day: date) -> None:
    sought = make_client(first_name="Grace", last_name="Hopper", phone="+442079460123")
    open_diary(page, site, site.receptionist, date=day)

    page.get_by_role("button", name="Find a client").click()
    page.get_by_role("combobox").fill("7946 0123")
    page.get_by_role("option", name="Grace Hopper").click()

    page.wait_for_url(f"**/staff/clients/{sought.pk}/*")
    expect(page.get_by_role("heading", name="Grace Hopper")).to_be_visible()


def test_stretching_is_told_with_what_it_costs_in_time(page: Page, site: Site, day: date, ada: Appointment) -> None:
    open_diary(page, site, site.therapist_user, date=day)

    drag_edge(page, entry(page, "Ada Example"), minutes=-25)

    expect(page.locator(".toast")).to_contain_text("Ada Example now has 30 minutes, until 09:30.")
    assert Appointment.objects.get(pk=ada.pk).price == 35
