"""The diary as it is drawn: days, weeks, clock changes, and what others change meanwhile."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from bookings.services.appointments import arrive, cancel
from bookings.services.time_off import take_time_off
from clinic.accounts.roles import Role
from tests.browser.conftest import Site, assert_accessible
from tests.browser.diaries import (
    add_colleague,
    at,
    book,
    box,
    drag,
    entry,
    minute_height,
    next_tuesday,
    open_diary,
)
from tests.factories import make_client

EVERYTHING_CLINICAL = ("needs_review", "Answers to check", "Note", "SOAP", "Indicator")


@pytest.fixture
def day(site: Site) -> date:
    return next_tuesday()


def test_day_shows_who_comes_when_and_where(page: Page, site: Site, day: date) -> None:
    client = make_client(first_name="Ada", last_name="Example", alert_line="Latex allergy")
    book(site, at(day, "09:00"), client=client)
    add_colleague()

    open_diary(page, site, site.owner, date=day)

    block = entry(page, "Ada Example")
    for words in ("09:00–10:00", "Calf", "Therapy room", "First visit", "Latex allergy", "Booked"):
        expect(block).to_contain_text(words)
    expect(page.get_by_role("group", name=f"Tom, Tuesday {day.day}").get_by_role("listitem")).to_have_count(1)
    expect(page.get_by_role("group", name=f"Una Okafor, Tuesday {day.day}").get_by_role("listitem")).to_have_count(0)
    assert_accessible(page)


def test_week_of_one_therapist_has_a_column_for_each_day(page: Page, site: Site, day: date) -> None:
    book(site, at(day, "09:00"))
    book(site, at(day + timedelta(days=1), "09:00"))

    open_diary(page, site, site.therapist_user, date=day, view="week")

    expect(page.locator("[data-column]")).to_have_count(7)
    first, second = (box(page.locator("[data-block]").nth(index)) for index in (0, 1))
    assert first["y"] == pytest.approx(second["y"], abs=1)
    assert first["x"] < second["x"]
    assert_accessible(page)


def test_a_block_stands_at_its_time_and_is_as_high_as_it_is_long(page: Page, site: Site, day: date) -> None:
    book(site, at(day, "07:00"), minutes=30)
    book(site, at(day, "09:00"), minutes=60)

    open_diary(page, site, site.therapist_user, date=day)

    expect(page.locator("[data-block]")).to_have_count(2)
    minute = minute_height(page)
    early, late = (box(page.locator("[data-block]").nth(index)) for index in (0, 1))
    assert late["y"] - early["y"] == pytest.approx(120 * minute, abs=2)
    assert late["height"] - early["height"] == pytest.approx(30 * minute, abs=2)


@pytest.mark.parametrize(
    ("sunday", "before"),
    [(date(2027, 10, 31), date(2027, 10, 30)), (date(2027, 3, 28), date(2027, 3, 27))],
    ids=["clock goes back", "clock goes forward"],
)
def test_in_a_week_of_a_clock_change_a_wall_time_is_on_one_line(
    page: Page, site: Site, sunday: date, before: date
) -> None:
    """A visit in the small hours makes the hour visible in which the clock changes."""
    for day, clock in ((before, "00:15"), (before, "09:30"), (sunday, "09:30"), (sunday, "00:15")):
        book(site, at(day, clock), minutes=30, why="Comes from far away")

    open_diary(page, site, site.therapist_user, date=sunday, view="week")

    expect(page.locator("[data-block]")).to_have_count(4)
    saturday_night, saturday, sunday_night, sunday_morning = (
        box(page.locator("[data-block]").nth(index))["y"] for index in range(4)
    )
    assert sunday_morning == pytest.approx(saturday, abs=1)
    assert sunday_night == pytest.approx(saturday_night, abs=1)
    rows = page.locator(".scale .hour").all_inner_texts()
    assert [" ".join(row.split()) for row in rows[:4]] == (
        ["00:00", "01:00", "01:00 again", "02:00"] if sunday.month == 10 else ["00:00", "01:00", "02:00", "03:00"]
    )
    wall_minutes = 9 * 60 + 15 + (60 if sunday.month == 10 else 0)
    assert sunday_morning - sunday_night == pytest.approx(wall_minutes * minute_height(page) / 1, rel=0.01)


def test_the_hour_that_comes_twice_has_two_rows(page: Page, site: Site) -> None:
    sunday = date(2027, 10, 31)
    first = book(site, at(sunday, "01:00"), minutes=30, why="Night shift")
    book(site, at(sunday, "01:30", fold=1), minutes=30, why="Night shift")
    assert first.starts_at.hour == 0

    open_diary(page, site, site.therapist_user, date=sunday)

    one, other = page.locator("[data-block]").nth(0), page.locator("[data-block]").nth(1)
    expect(one).to_contain_text("01:00 BST")
    expect(other).to_contain_text("01:30 GMT")
    assert box(other)["y"] - box(one)["y"] == pytest.approx(90 * minute_height(page), rel=0.02)


def test_changes_by_others_appear_within_fifteen_seconds(page: Page, site: Site, day: date) -> None:
    booked = book(site, at(day, "09:00"), client=make_client(first_name="Ada", last_name="Example"))
    open_diary(page, site, site.owner, date=day)
    expect(entry(page, "Ada Example")).to_contain_text("Booked")

    arrive(booked, actor=site.owner, now=timezone.now())
    book(site, at(day, "16:00"), client=make_client(first_name="Bea", last_name="Late"))

    expect(entry(page, "Bea Late")).to_be_attached(timeout=15_000)
    expect(entry(page, "Ada Example")).to_contain_text("Arrived")


def test_what_is_cancelled_is_not_in_the_grid(page: Page, site: Site, day: date) -> None:
    booked = book(site, at(day, "09:00"), client=make_client(first_name="Ada", last_name="Example"))
    book(site, at(day, "16:00"), client=make_client(first_name="Bea", last_name="Late"))
    cancel(booked, actor=site.owner, now=timezone.now())

    open_diary(page, site, site.owner, date=day)

    expect(entry(page, "Bea Late")).to_be_visible()
    expect(entry(page, "Ada Example")).to_have_count(0)


def test_a_lost_connection_is_told_and_what_was_shown_stays(page: Page, site: Site, day: date) -> None:
    book(site, at(day, "09:00"), client=make_client(first_name="Ada", last_name="Example"))
    open_diary(page, site, site.owner, date=day)
    expect(entry(page, "Ada Example")).to_be_visible()

    page.context.set_offline(True)

    expect(page.get_by_text("Out of date.")).to_be_visible(timeout=15_000)
    expect(entry(page, "Ada Example")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text("Out of date.")).to_be_hidden(timeout=15_000)


def test_reception_reads_nothing_clinical(page: Page, site: Site, day: date) -> None:
    booked = book(site, at(day, "09:00"), client=make_client(first_name="Ada", last_name="Example"))
    type(booked).objects.filter(pk=booked.pk).update(needs_review=True)
    open_diary(page, site, site.receptionist, date=day)
    expect(entry(page, "Ada Example")).to_be_visible()
    read = page.locator("main").inner_text() + page.content()

    open_diary(page, site, site.owner, date=day)

    expect(entry(page, "Ada Example")).to_contain_text("Answers to check")
    assert [words for words in EVERYTHING_CLINICAL if words in read] == []
    assert site.receptionist.role == Role.RECEPTIONIST


def test_days_are_reached_by_arrows_today_and_date(page: Page, site: Site, day: date) -> None:
    open_diary(page, site, site.owner, date=day)
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_contain_text(f"Tuesday {day.day}")

    page.get_by_role("button", name="Next day").click()
    expect(heading).to_contain_text("Wednesday")
    page.get_by_role("button", name="Week", exact=True).click()
    expect(page.locator("[data-column]")).to_have_count(7)
    page.get_by_role("button", name="Today", exact=True).click()
    page.get_by_role("button", name="Day", exact=True).click()
    expect(heading).to_contain_text(f"{timezone.now().year}")
    page.get_by_label("Go to date").fill(str(day))
    expect(heading).to_contain_text(f"Tuesday {day.day}")


def test_time_off_is_edited_and_removed(page: Page, site: Site, day: date) -> None:
    take_time_off(
        site.therapist.resource_id,
        starts_at=at(day, "12:00"),
        ends_at=at(day, "13:00"),
        reason="Dentist",
        actor=site.owner,
        now=timezone.now(),
    )
    open_diary(page, site, site.therapist_user, date=day)
    entry(page, "Dentist").click()
    dialog = page.get_by_role("dialog", name="Time off")
    assert_accessible(page)
    dialog.get_by_label("To", exact=True).fill("11:00")
    dialog.get_by_role("button", name="Save the change").click()
    expect(dialog).to_contain_text("The end must be later than the start.")
    expect(dialog.get_by_label("Last day")).to_be_focused()
    dialog.get_by_label("To", exact=True).fill("14:00")
    dialog.get_by_role("button", name="Save the change").click()
    expect(entry(page, "Dentist")).to_contain_text("12:00–14:00")

    entry(page, "Dentist").click()
    dialog.get_by_role("button", name="Remove").click()

    expect(entry(page, "Dentist")).to_have_count(0)
    page.get_by_role("log").get_by_role("button", name="Undo").click()
    expect(entry(page, "Dentist")).to_contain_text("12:00–14:00")


def test_days_off_are_edited_as_days(page: Page, site: Site, day: date) -> None:
    take_time_off(
        site.therapist.resource_id,
        starts_at=at(day, "00:00"),
        ends_at=at(day + timedelta(days=2), "00:00"),
        reason="Course",
        actor=site.owner,
        now=timezone.now(),
    )
    open_diary(page, site, site.therapist_user, date=day)

    entry(page, "Course").click()

    dialog = page.get_by_role("dialog", name="Time off")
    expect(dialog.get_by_label("Whole days")).to_be_checked()
    expect(dialog.get_by_label("First day")).to_have_value(str(day))
    expect(dialog.get_by_label("Last day")).to_have_value(str(day + timedelta(days=1)))


def test_a_week_on_a_phone_shows_one_day_at_a_time(page: Page, site: Site, day: date) -> None:
    book(site, at(day, "09:00"), client=make_client(first_name="Ada", last_name="Example"))
    page.set_viewport_size({"width": 375, "height": 667})

    open_diary(page, site, site.therapist_user, date=day, view="week")

    expect(page.locator("[data-column]")).to_have_count(1)
    expect(entry(page, "Ada Example")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert_accessible(page)
    wednesday = day + timedelta(days=1)
    page.get_by_role("group", name="Days of the week").get_by_role("button", name="Wednesday").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"Wednesday {wednesday.day}")
    expect(entry(page, "Ada Example")).to_have_count(0)


def test_a_year_that_is_being_typed_does_not_break_the_diary(page: Page, site: Site, day: date) -> None:
    """A date field tells of the years 0002, 0020 and 0202 while somebody types 2026."""
    open_diary(page, site, site.owner, date=f"0002-{day:%m-%d}")
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_contain_text(f"{timezone.now().year}")

    field = page.get_by_label("Go to date")
    for year in ("0002", "0020", "0202", str(day.year)):
        field.fill(f"{year}-{day:%m-%d}")

    expect(heading).to_contain_text(f"Tuesday {day.day}")
    expect(page.locator("[data-column]").first).to_be_visible()


def test_a_part_that_is_gone_after_an_update_is_told(page: Page, site: Site, day: date, faults: list[str]) -> None:
    book(site, at(day, "09:00"), client=make_client(first_name="Ada", last_name="Example"))
    open_diary(page, site, site.owner, date=day)
    expect(entry(page, "Ada Example")).to_be_visible()
    page.route("**/AppointmentPanel-*.js", lambda route: route.fulfill(status=404))

    entry(page, "Ada Example").click()

    told = page.get_by_role("log").get_by_text("There may be a newer version")
    expect(told).to_be_visible()
    assert any("Failed to fetch dynamically imported module" in fault for fault in faults)
    faults.clear()
    page.unroute("**/AppointmentPanel-*.js")
    page.get_by_role("log").get_by_role("button", name="Try again").click()
    expect(page.get_by_role("dialog", name="Ada Example")).to_be_visible()


def test_in_narrow_columns_nothing_stands_over_anything_else(page: Page, site: Site, day: date) -> None:
    long_name = make_client(first_name="Wilhelmina-Alexandrina", last_name="Featherstonehaugh", alert_line="Ring first")
    book(site, at(day, "08:00"), client=long_name, minutes=90)
    page.set_viewport_size({"width": 768, "height": 1024})

    open_diary(page, site, site.therapist_user, date=day, view="week")

    block = entry(page, "Wilhelmina")
    parts = [box(block.locator(f".{name}")) for name in ("time", "marks", "who")]
    for index, one in enumerate(parts):
        for other in parts[index + 1 :]:
            beside = one["x"] + one["width"] <= other["x"] or other["x"] + other["width"] <= one["x"]
            above = one["y"] + one["height"] <= other["y"] + 1 or other["y"] + other["height"] <= one["y"] + 1
            assert beside or above
    assert parts[2]["height"] < 30  # one line


def test_undo_can_be_reached_with_a_dialogue_open(page: Page, site: Site, day: date) -> None:
    booked = book(site, at(day, "08:00"), client=make_client(first_name="Ada", last_name="Example"))
    open_diary(page, site, site.therapist_user, date=day)
    drag(page, entry(page, "Ada Example"), minutes=60)
    undo = page.get_by_role("log").get_by_role("button", name="Undo")
    expect(undo).to_be_visible()

    page.get_by_role("button", name="New appointment").click()
    expect(page.get_by_role("dialog", name="New appointment")).to_be_visible()
    undo.click()

    expect(page.get_by_role("log")).to_contain_text("Ada Example is back at")
    booked.refresh_from_db()
    assert booked.starts_at == at(day, "08:00")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="New appointment")).to_have_count(0)
    expect(page.get_by_role("log")).to_contain_text("Ada Example is back at")


def test_a_message_stays_while_somebody_is_at_it_and_covers_no_menu(page: Page, site: Site, day: date) -> None:
    book(site, at(day, "08:00"), client=make_client(first_name="Ada", last_name="Example"))
    page.clock.install()
    open_diary(page, site, site.therapist_user, date=day)
    expect(page.get_by_role("log")).to_be_attached()  # before there is anything to say: or the first is not heard
    drag(page, entry(page, "Ada Example"), minutes=60)
    page.clock.fast_forward(1000)
    undo = page.get_by_role("log").get_by_role("button", name="Undo")
    page.set_viewport_size({"width": 375, "height": 667})
    menu = box(page.get_by_role("navigation", name="Main"))
    message = box(page.locator(".toast"))
    assert message["y"] + message["height"] <= menu["y"]

    undo.focus()
    page.clock.fast_forward(30_000)
    expect(undo).to_be_visible()
    undo.blur()
    page.clock.fast_forward(30_000)
    expect(undo).to_have_count(0)
