"""The panel of an appointment and the dialogue for a new one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from bookings.models import Appointment
from bookings.services import appointments as steps
from tests.browser.bookings import free_times
from tests.browser.conftest import Site, assert_accessible
from tests.browser.diaries import at
from tests.browser.visits import (
    day_of,
    events_of,
    half_an_hour_ago,
    make_visit,
    open_list,
    open_panel,
    tab_to,
)
from tests.factories import make_client


def first_free_time() -> datetime:
    return datetime.fromisoformat(free_times()[0])


def test_whole_day_by_keyboard_alone(page: Page, context: BrowserContext, site: Site) -> None:
    make_client(first_name="Grace", last_name="Hopper")
    today = day_of(timezone.now())
    open_list(page, context, site, site.receptionist, today)
    button = page.get_by_role("button", name="New appointment")

    # A new appointment at noon, when the clinic is closed.
    tab_to(page, button)
    page.keyboard.press("Enter")
    form = page.get_by_role("dialog", name="New appointment")
    tab_to(page, form.get_by_role("combobox", name="Client"))
    page.keyboard.type("Hopper")
    page.get_by_role("option", name="Grace Hopper").wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(form.get_by_role("button", name="Change client (currently Grace Hopper)")).to_be_focused()
    tab_to(page, form.get_by_label("Time", exact=True))
    page.keyboard.type("1200P")  # The letter is for browsers whose clock has but twelve hours.
    tab_to(page, form.get_by_label("Reason for booking outside the rules"))
    page.keyboard.type("She asked for it")
    tab_to(page, form.get_by_role("button", name="Book", exact=True))
    page.keyboard.press("Enter")
    expect(form).to_be_hidden()

    # She comes, is checked in, is treated.
    for step in ("Arrived", "Check in", "Done"):
        taken = page.get_by_role("button", name=f"{step}: Grace Hopper")
        expect(taken).to_have_attribute("aria-disabled", "false")
        tab_to(page, taken)
        page.keyboard.press("Enter")
        expect(taken).to_be_hidden()
    expect(page.get_by_role("row", name="Grace Hopper")).to_contain_text("Done")

    visit = Appointment.objects.get()
    assert events_of(visit) == ["book", "arrive", "check-in", "fulfil"]
    assert visit.override_reason == "She asked for it"


def test_moving_and_cancelling_by_keyboard_alone(page: Page, context: BrowserContext, site: Site) -> None:
    visit = make_visit(site, first_free_time())
    open_list(page, context, site, site.receptionist, day_of(visit.starts_at))

    tab_to(page, page.get_by_role("button", name="Ada Example: open the appointment"))
    page.keyboard.press("Enter")
    panel = page.get_by_role("dialog", name="Ada Example")
    tab_to(page, panel.get_by_role("button", name="Move"))
    page.keyboard.press("Enter")
    tab_to(page, panel.get_by_role("group", name="Free times that day").get_by_role("button").last)
    page.keyboard.press("Enter")
    tab_to(page, panel.get_by_role("button", name="Move"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("The appointment was moved.")).to_be_visible()
    expect(panel.get_by_role("button", name="Move")).to_be_focused()

    tab_to(page, panel.get_by_role("button", name="Cancel"))
    page.keyboard.press("Enter")
    expect(panel.get_by_text("In time: no fee if cancelled by")).to_be_visible()
    tab_to(page, panel.get_by_role("button", name="Cancel the appointment"))
    page.keyboard.press("Enter")
    expect(panel.get_by_text("Nothing is due.")).to_be_visible()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()

    moved = Appointment.objects.get()
    assert (moved.status, events_of(moved)) == ("cancelled", ["book", "reschedule", "cancel"])
    assert moved.starts_at > visit.starts_at


def test_who_did_not_come_owes_the_fee_until_they_came_after_all(
    page: Page, context: BrowserContext, site: Site
) -> None:
    visit = make_visit(site, half_an_hour_ago())
    assert visit.no_show_fee > 0
    open_list(page, context, site, site.owner, day_of(visit.starts_at))
    panel = open_panel(page)

    panel.get_by_role("button", name="Did not attend", exact=True).click()
    expect(
        page.get_by_text(f"Ada Example did not attend. £{visit.no_show_fee:.2f}".removesuffix(".00") + " is due.")
    ).to_be_visible()
    visit.refresh_from_db()
    assert (visit.status, visit.fee_due) == ("noshow", visit.no_show_fee)

    page.get_by_role("log").get_by_role("button", name="Attended after all").click()
    expect(panel.get_by_text("Arrived", exact=True).first).to_be_visible()
    visit.refresh_from_db()
    assert (visit.status, visit.fee_due) == ("arrived", Decimal(0))


def test_fee_for_not_coming_can_be_waived(page: Page, context: BrowserContext, site: Site) -> None:
    visit = make_visit(site, half_an_hour_ago())
    open_list(page, context, site, site.owner, day_of(visit.starts_at))

    open_panel(page).get_by_role("button", name="Did not attend, waive the fee").click()

    expect(page.get_by_text("Ada Example did not attend. Nothing is due.")).to_be_visible()
    visit.refresh_from_db()
    assert (visit.status, visit.fee_due) == ("noshow", Decimal(0))


def test_late_cancelling_shows_the_fee_first(page: Page, context: BrowserContext, site: Site) -> None:
    visit = make_visit(site, half_an_hour_ago())
    open_list(page, context, site, site.owner, day_of(visit.starts_at))
    panel = open_panel(page)
    panel.get_by_role("button", name="Cancel", exact=True).click()

    expect(panel.get_by_text("is due.")).to_contain_text(f"£{visit.late_cancellation_fee:.2f}")
    assert_accessible(page)
    panel.get_by_role("radio", name="The clinic").check()
    expect(panel.get_by_text("The clinic is cancelling: no fee is due.")).to_be_visible()
    panel.get_by_role("radio", name="The client").check()
    panel.get_by_label("Reason").fill("Has a cold")
    panel.get_by_role("button", name="Cancel the appointment").click()

    expect(panel.get_by_text("Has a cold").first).to_be_visible()
    visit.refresh_from_db()
    assert (visit.status, visit.fee_due) == ("cancelled", visit.late_cancellation_fee)


def test_step_on_what_somebody_changed_meanwhile_shows_how_it_stands(
    page: Page, context: BrowserContext, site: Site
) -> None:
    visit = make_visit(site, half_an_hour_ago())
    open_list(page, context, site, site.owner, day_of(visit.starts_at))
    panel = open_panel(page)
    steps.arrive(visit, actor=site.receptionist, now=timezone.now())

    panel.get_by_role("button", name="Did not attend", exact=True).click()

    expect(page.get_by_role("log")).to_contain_text("This has changed since you opened it.")
    expect(panel.get_by_role("button", name="Check in")).to_be_visible()
    assert events_of(visit) == ["book", "arrive"]


def test_cancelling_what_somebody_moved_meanwhile_sends_nothing(
    page: Page, context: BrowserContext, site: Site
) -> None:
    visit = make_visit(site, half_an_hour_ago())
    open_list(page, context, site, site.owner, day_of(visit.starts_at))
    panel = open_panel(page)
    panel.get_by_role("button", name="Cancel", exact=True).click()
    steps.arrive(visit, actor=site.receptionist, now=timezone.now())

    panel.get_by_role("button", name="Cancel the appointment").click()

    expect(panel.get_by_role("alert")).to_contain_text("Someone else changed this.")
    assert events_of(visit) == ["book", "arrive"]


def test_double_click_takes_one_step(page: Page, context: BrowserContext, site: Site) -> None:
    visit = make_visit(site, half_an_hour_ago())
    open_list(page, context, site, site.owner, day_of(visit.starts_at))
    panel = open_panel(page)

    panel.get_by_role("button", name="Arrived").dblclick()

    expect(panel.get_by_role("button", name="Check in")).to_have_attribute("aria-disabled", "false")
    assert events_of(visit) == ["book", "arrive"]


def test_taken_time_offers_the_nearest_and_keeps_what_was_typed(
    page: Page, context: BrowserContext, site: Site
) -> None:
    taken = make_visit(site, first_free_time())
    make_client(first_name="Grace", last_name="Hopper")
    open_list(page, context, site, site.owner, day_of(taken.starts_at))
    page.get_by_role("button", name="New appointment").click()
    form = page.get_by_role("dialog", name="New appointment")
    form.get_by_role("button", name="Book", exact=True).click()
    expect(form.get_by_role("combobox", name="Client")).to_be_focused()
    assert_accessible(page)
    form.get_by_role("combobox", name="Client").fill("Hopper")
    page.get_by_role("option", name="Grace Hopper").click()
    form.get_by_label("Length and price").select_option("60")
    form.get_by_label("Time", exact=True).fill(f"{taken.starts_at:%H:%M}")
    form.get_by_label("Reason for booking outside the rules").fill("Between the others")
    form.get_by_role("button", name="Book", exact=True).click()

    expect(form.get_by_role("alert")).to_contain_text("has just been taken")
    expect(form.get_by_label("Reason for booking outside the rules")).to_have_value("Between the others")
    assert_accessible(page)
    form.get_by_role("list", name="Nearest free times").get_by_role("button").first.click()
    form.get_by_role("button", name="Book", exact=True).dblclick()
    expect(form).to_be_hidden()

    made = Appointment.objects.exclude(pk=taken.pk).get()
    assert (made.client.last_name, made.minutes) == ("Hopper", 60)


def test_next_visit_is_filled_in_from_this_one(page: Page, context: BrowserContext, site: Site) -> None:
    visit = steps.arrive(make_visit(site, half_an_hour_ago()), actor=site.owner, now=timezone.now())
    open_list(page, context, site, site.owner, day_of(visit.starts_at))

    open_panel(page).get_by_role("button", name="In 2 weeks").click()

    form = page.get_by_role("dialog", name="New appointment")
    expect(form.get_by_text("Ada Example")).to_be_visible()
    in_two_weeks = day_of(visit.starts_at) + timedelta(days=14)
    expect(form.get_by_label("Day", exact=True)).to_have_value(f"{in_two_weeks}")
    expect(form.get_by_label("Length and price")).to_have_value("60")


def test_what_was_a_mistake_is_taken_out_with_a_reason(page: Page, context: BrowserContext, site: Site) -> None:
    visit = make_visit(site, half_an_hour_ago())
    open_list(page, context, site, site.owner, day_of(visit.starts_at))
    panel = open_panel(page)
    panel.get_by_role("button", name="Entered by mistake").click()

    panel.get_by_role("button", name="Remove it").click()
    expect(panel.get_by_label("Reason")).to_be_focused()
    expect(panel.get_by_label("Reason")).to_have_attribute("aria-invalid", "true")
    panel.get_by_label("Reason").fill("Wrong client")
    panel.get_by_role("button", name="Remove it").click()

    expect(page.get_by_text("The appointment was removed from the diary.")).to_be_visible()
    visit.refresh_from_db()
    assert (visit.status, visit.ended_reason) == ("entered-in-error", "Wrong client")


@pytest.mark.parametrize("is_clinical", [True, False])
def test_front_desk_sees_nothing_of_the_safety_answers(
    page: Page, context: BrowserContext, site: Site, *, is_clinical: bool
) -> None:
    visit = make_visit(site, half_an_hour_ago())
    Appointment.objects.filter(pk=visit.pk).update(needs_review=True)
    reader = site.therapist_user if is_clinical else site.receptionist
    open_list(page, context, site, reader, day_of(visit.starts_at))
    panel = open_panel(page)

    seen = 1 if is_clinical else 0
    expect(panel.get_by_text("A safety answer needs checking")).to_have_count(seen)
    expect(panel.get_by_role("link", name="Write a note")).to_have_count(seen)
    expect(page.get_by_role("table").get_by_text("Check a safety answer first")).to_have_count(seen)
    assert_accessible(page)


def test_move_without_a_day_or_a_time_is_told_at_the_field(page: Page, context: BrowserContext, site: Site) -> None:
    visit = make_visit(site, first_free_time())
    open_list(page, context, site, site.owner, day_of(visit.starts_at))
    panel = open_panel(page)
    panel.get_by_role("button", name="Move", exact=True).click()
    panel.get_by_label("Time", exact=True).fill("")
    panel.get_by_role("button", name="Move", exact=True).click()
    expect(panel.get_by_text("Choose or type a time.")).to_be_visible()
    expect(panel.get_by_label("Time", exact=True)).to_be_focused()

    panel.get_by_label("Time", exact=True).fill("12:00")
    panel.get_by_label("Day", exact=True).fill("")
    panel.get_by_role("button", name="Move", exact=True).click()

    expect(panel.get_by_text("Choose a day.")).to_be_visible()
    expect(panel.get_by_label("Day", exact=True)).to_be_focused()
    assert events_of(visit) == ["book"]


def test_new_appointment_without_a_day_is_told_at_the_field(page: Page, context: BrowserContext, site: Site) -> None:
    make_client(first_name="Grace", last_name="Hopper")
    open_list(page, context, site, site.owner, day_of(timezone.now()))
    page.get_by_role("button", name="New appointment").click()
    form = page.get_by_role("dialog", name="New appointment")
    form.get_by_role("combobox", name="Client").fill("Hopper")
    page.get_by_role("option", name="Grace Hopper").click()
    form.get_by_label("Time", exact=True).fill("12:00")
    form.get_by_label("Day", exact=True).fill("")

    form.get_by_role("button", name="Book", exact=True).click()

    expect(form.get_by_text("Choose a day.")).to_be_visible()
    expect(form.get_by_label("Day", exact=True)).to_be_focused()


def test_second_of_two_equal_times_can_be_chosen(page: Page, context: BrowserContext, site: Site) -> None:
    night = date(2027, 10, 31)
    visit = make_visit(site, at(night, "09:00"))
    open_list(page, context, site, site.owner, night)
    panel = open_panel(page)
    panel.get_by_role("button", name="Move", exact=True).click()
    expect(panel.get_by_label("Which one?")).to_have_count(0)
    panel.get_by_label("Time", exact=True).fill("01:30")
    panel.get_by_label("Which one?").select_option("01:30 GMT")
    panel.get_by_label("Reason for booking outside the rules").fill("Night shift")
    assert_accessible(page)

    panel.get_by_role("button", name="Move", exact=True).click()

    expect(page.get_by_text("The appointment was moved.")).to_be_visible()
    expect(panel.get_by_text("01:30 GMT")).to_be_visible()
    visit.refresh_from_db()
    assert visit.starts_at == datetime(2027, 10, 31, 1, 30, tzinfo=UTC)  # half past one for the second time


def test_panel_that_is_left_open_follows_the_clock(page: Page, context: BrowserContext, site: Site) -> None:
    in_ten_minutes = timezone.now().replace(second=0, microsecond=0) + timedelta(minutes=10)
    visit = make_visit(site, in_ten_minutes)
    page.clock.install(time=visit.starts_at - timedelta(minutes=10))
    open_list(page, context, site, site.owner, day_of(visit.starts_at))
    panel = open_panel(page)
    expect(panel.get_by_role("button", name="Did not attend")).to_have_count(0)

    page.clock.fast_forward("11:00")

    expect(panel.get_by_role("button", name="Did not attend", exact=True)).to_be_visible()
