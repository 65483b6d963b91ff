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
from tests.browser.diaries import add_colleague, at, book, box, entry, minute_height, next_tuesday, open_diary
from tests.factories import make_client

EVERYTHING_CLINICAL = ("needs_review", "Answers to look at", "Note", "SOAP", "Indicator")


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

    expect(page.get_by_text("Not up to date.")).to_be_visible(timeout=15_000)
    expect(entry(page, "Ada Example")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text("Not up to date.")).to_be_hidden(timeout=15_000)


def test_reception_reads_nothing_clinical(page: Page, site: Site, day: date) -> None:
    booked = book(site, at(day, "09:00"), client=make_client(first_name="Ada", last_name="Example"))
    type(booked).objects.filter(pk=booked.pk).update(needs_review=True)
    open_diary(page, site, site.receptionist, date=day)
    expect(entry(page, "Ada Example")).to_be_visible()
    read = page.locator("main").inner_text() + page.content()

    open_diary(page, site, site.owner, date=day)

    expect(entry(page, "Ada Example")).to_contain_text("Answers to look at")
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
    dialog.get_by_label("To: time").fill("11:00")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_contain_text("The end must be later than the start.")
    dialog.get_by_label("To: time").fill("14:00")
    dialog.get_by_role("button", name="Save").click()
    expect(entry(page, "Dentist")).to_contain_text("12:00–14:00")

    entry(page, "Dentist").click()
    dialog.get_by_role("button", name="Remove").click()

    expect(entry(page, "Dentist")).to_have_count(0)


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
