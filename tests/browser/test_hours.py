"""Working hours and time off: changed as a whole, and never over a booking without being asked."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Dialog, Locator, Page, expect

from bookings.models import Appointment, TimeOff, WorkingHours
from tests.browser.bookings import book, free_times
from tests.browser.conftest import Site, assert_accessible
from tests.browser.diaries import add_colleague

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@pytest.fixture
def hours(page: Page, context: BrowserContext, site: Site) -> Page:
    site.sign_in(context, site.therapist_user)
    page.goto(f"{site.url}/staff/hours/")
    expect(page.get_by_role("group", name="Monday")).to_be_visible()
    return page


def booking_at(booked: dict[str, object]) -> Appointment:
    return Appointment.objects.get(reference=booked["reference"])


def day_of(page: Page, appointment: Appointment) -> Locator:
    return page.get_by_role("group", name=DAYS[timezone.localdate(appointment.starts_at).weekday()])


def remove_all(day: Locator) -> None:
    buttons = day.get_by_role("button", name="Remove these hours")
    for _ in range(buttons.count()):
        buttons.first.click()


def test_week_that_is_changed_is_what_clients_can_book(hours: Page) -> None:
    assert_accessible(hours)
    assert not any(at_hour(start) in range(8, 12) and is_sunday(start) for start in free_times())

    sunday = hours.get_by_role("group", name="Sunday")
    expect(sunday.get_by_text("Not working")).to_be_visible()
    sunday.get_by_role("button", name="Add hours on Sunday").click()
    sunday.get_by_label("Sunday, from").fill("08:00")
    sunday.get_by_label("Sunday, to").fill("12:00")
    hours.get_by_role("button", name="Save the week").click()

    expect(hours.get_by_text("The weekly hours are saved.")).to_be_visible()
    expect(hours.get_by_role("button", name="Save the week")).to_have_count(0)
    assert any(at_hour(start) == 8 and is_sunday(start) for start in free_times())


def at_hour(start: str) -> int:
    return int(start[11:13])


def is_sunday(start: str) -> bool:
    return datetime.fromisoformat(start).weekday() == 6


def test_faulty_hours_are_told_beside_their_field_and_kept(hours: Page) -> None:
    sunday = hours.get_by_role("group", name="Sunday")
    sunday.get_by_role("button", name="Add hours on Sunday").click()
    sunday.get_by_label("Sunday, from").fill("12:00")
    sunday.get_by_label("Sunday, to").fill("11:00")
    hours.get_by_role("button", name="Save the week").click()

    expect(sunday.get_by_text("The end must be later than the start.")).to_be_visible()
    ends = sunday.get_by_label("Sunday, to")
    expect(ends).to_be_focused()
    expect(ends).to_have_value("11:00")
    assert_accessible(hours)
    assert not WorkingHours.objects.filter(weekday=6).exists()


def test_stranded_bookings_are_listed_and_nothing_is_stored_until_accepted(hours: Page) -> None:
    appointment = booking_at(book())
    before = WorkingHours.objects.count()
    remove_all(day_of(hours, appointment))
    hours.get_by_role("button", name="Save the week").click()

    warning = hours.get_by_role("alert").filter(has_text="1 booking would lie outside")
    expect(warning).to_be_focused()
    expect(warning.get_by_role("listitem").get_by_text("Ada Example").first).to_be_visible()
    expect(warning.get_by_text(appointment.treatment_name)).to_be_visible()
    assert_accessible(hours)
    assert WorkingHours.objects.count() == before

    warning.get_by_role("button", name="Save anyway").click()

    expect(hours.get_by_text("The weekly hours are saved.")).to_be_visible()
    assert WorkingHours.objects.count() < before
    appointment.refresh_from_db()
    assert appointment.status == "booked"


def test_stranded_booking_opens_beside_the_list(hours: Page) -> None:
    appointment = booking_at(book())
    remove_all(day_of(hours, appointment))
    hours.get_by_role("button", name="Save the week").click()
    hours.get_by_role("alert").get_by_role("button", name="Open Ada Example").click()

    panel = hours.get_by_role("dialog", name="Ada Example")
    expect(panel.get_by_text(appointment.reference)).to_be_visible()

    hours.get_by_role("alert").get_by_role("button", name="Don’t save").click()
    expect(hours.get_by_text("Not saved yet")).to_be_visible()


def test_time_off_over_a_booking_is_taken_only_once_it_is_said_what_becomes_of_it(hours: Page) -> None:
    appointment = booking_at(book())
    day = timezone.localdate(appointment.starts_at)
    hours.get_by_role("button", name="Add time off").click()
    expect(hours.get_by_label("Whole days")).to_be_focused()
    hours.get_by_label("First day").fill(day.isoformat())
    hours.get_by_label("Last day").fill(day.isoformat())
    hours.get_by_label("Reason").fill("Course")
    hours.get_by_role("button", name="Save time off").click()

    warning = hours.get_by_role("alert").filter(has_text="1 booking")
    expect(warning.get_by_role("listitem").get_by_text("Ada Example").first).to_be_visible()
    expect(warning.get_by_role("button", name="Save time off")).to_be_disabled()
    assert_accessible(hours)
    assert not TimeOff.objects.exists()

    warning.get_by_label("Cancel it").check()
    warning.get_by_role("button", name="Save time off").click()

    expect(hours.get_by_text("The time off is saved.")).to_be_visible()
    expect(hours.get_by_role("region", name="Time off").get_by_text("Course", exact=True)).to_be_visible()
    appointment.refresh_from_db()
    assert (appointment.status, TimeOff.objects.get().reason) == ("cancelled", "Course")


def test_time_off_is_cancelled_and_taken_back(hours: Page) -> None:
    hours.get_by_role("button", name="Add time off").click()
    day = (timezone.localdate() + timedelta(days=20)).isoformat()
    hours.get_by_label("First day").fill(day)
    hours.get_by_label("Last day").fill(day)
    hours.get_by_role("button", name="Save time off").click()
    section = hours.get_by_role("region", name="Time off")
    expect(hours.get_by_text("The time off is saved.")).to_be_visible()
    section.get_by_role("button", name="Remove").click()

    expect(section.get_by_text("No time off coming up.")).to_be_visible()
    assert not TimeOff.objects.filter(is_cancelled=False).exists()
    hours.get_by_role("button", name="Undo").click()

    expect(section.get_by_role("button", name="Remove")).to_be_visible()
    assert TimeOff.objects.filter(is_cancelled=False).count() == 1


def test_single_day_is_added_and_removed(hours: Page) -> None:
    section = hours.get_by_role("region", name="Single days")
    section.get_by_role("button", name="Add a day").click()
    section.get_by_label("To").fill("08:00")
    section.get_by_role("button", name="Save the day").click()
    expect(section.get_by_text("The end must be later than the start.")).to_be_visible()

    section.get_by_label("To").fill("21:00")
    section.get_by_role("button", name="Save the day").click()
    expect(section.get_by_text("09:00 to 21:00")).to_be_visible()
    section.get_by_role("button", name="Remove").click()

    expect(section.get_by_text("No single days coming up.")).to_be_visible()


def test_hours_fit_a_phone(hours: Page) -> None:
    hours.set_viewport_size({"width": 375, "height": 812})

    assert hours.evaluate("document.documentElement.scrollWidth") <= 375
    assert_accessible(hours)


class Questions:
    """What the page asks before something is lost: heard, and answered with no until told otherwise."""

    def __init__(self, page: Page) -> None:
        self.heard: list[str] = []
        self.answer = False
        page.on("dialog", self._reply)

    def _reply(self, dialog: Dialog) -> None:
        self.heard.append(dialog.type)
        if self.answer:
            dialog.accept()
        else:
            dialog.dismiss()


def change_the_week(page: Page) -> Locator:
    """Hours on Sunday, not saved; the field that shows them."""
    sunday = page.get_by_role("group", name="Sunday")
    sunday.get_by_role("button", name="Add hours on Sunday").click()
    field = sunday.get_by_label("Sunday, from")
    field.fill("08:15")
    return field


def test_unsaved_week_is_not_lost_by_choosing_another_therapist(
    page: Page, context: BrowserContext, site: Site
) -> None:
    add_colleague()
    site.sign_in(context, site.owner)
    page.goto(f"{site.url}/staff/hours/")
    picker = page.get_by_label("Whose hours")
    shown = picker.input_value()
    questions = Questions(page)
    field = change_the_week(page)

    picker.select_option(label="Una Okafor")

    expect(picker).to_have_value(shown)
    expect(field).to_have_value("08:15")
    assert questions.heard == ["confirm"]

    questions.answer = True
    picker.select_option(label="Una Okafor")

    expect(field).to_have_count(0)
    expect(page.get_by_role("group", name="Monday").get_by_label("Monday, to")).to_have_value("19:00")


def test_unsaved_week_is_not_lost_by_going_back_or_forward(page: Page, context: BrowserContext, site: Site) -> None:
    site.sign_in(context, site.therapist_user)
    page.goto(f"{site.url}/staff/waitlist/")
    page.get_by_role("link", name="Hours", exact=True).click()
    page.get_by_role("link", name="Messages", exact=True).click()
    expect(page.get_by_role("heading", name="Messages", level=1)).to_be_visible()
    page.go_back()
    questions = Questions(page)
    field = change_the_week(page)

    page.evaluate("history.back()")
    expect(field).to_have_value("08:15")
    expect(page).to_have_url(f"{site.url}/staff/hours/")

    page.evaluate("history.forward()")
    expect(page).to_have_url(f"{site.url}/staff/hours/")
    expect(field).to_have_value("08:15")

    questions.answer = True
    page.evaluate("history.forward()")
    expect(page.get_by_role("heading", name="Messages", level=1)).to_be_visible()
    page.go_back()
    page.go_back()
    expect(page.get_by_role("heading", name="Waitlist", level=1)).to_be_visible()
    assert questions.heard == ["confirm"] * 3


def test_unsaved_week_is_not_lost_by_leaving_the_staff_pages(hours: Page) -> None:
    questions = Questions(hours)
    field = change_the_week(hours)

    hours.get_by_role("link", name="Account").click()

    expect(field).to_have_value("08:15")
    assert questions.heard == ["beforeunload"]


def take_time_off(page: Page, reason: str, days_ahead: int) -> None:
    page.get_by_role("button", name="Add time off").click()
    day = (timezone.localdate() + timedelta(days=days_ahead)).isoformat()
    page.get_by_label("First day").fill(day)
    page.get_by_label("Last day").fill(day)
    page.get_by_label("Reason").fill(reason)
    page.get_by_role("button", name="Save time off").click()
    expect(page.get_by_role("region", name="Time off").get_by_text(reason)).to_be_visible()


def test_what_is_typed_stays_when_the_list_is_looked_up_anew(hours: Page) -> None:
    take_time_off(hours, "Course", 20)
    take_time_off(hours, "Dentist", 30)
    section = hours.get_by_role("region", name="Time off")
    section.get_by_role("button", name="Change").first.click()
    section.get_by_label("Reason").fill("A longer course")

    section.get_by_role("button", name="Remove").last.click()

    expect(section.get_by_text("Dentist")).to_have_count(0)
    expect(section.get_by_label("Reason")).to_have_value("A longer course")

    hours.route("**/api/v1/time-off/?*", lambda route: route.abort())
    hours.get_by_role("button", name="Undo").click()

    expect(section.get_by_role("button", name="Try again")).to_be_visible()
    expect(section.get_by_label("Reason")).to_have_value("A longer course")


def test_what_is_typed_of_a_single_day_stays_when_the_list_cannot_be_looked_up(hours: Page) -> None:
    section = hours.get_by_role("region", name="Single days")
    section.get_by_role("button", name="Add a day").click()
    section.get_by_label("To").fill("21:00")
    section.get_by_role("button", name="Save the day").click()
    expect(section.get_by_text("09:00 to 21:00")).to_be_visible()
    section.get_by_role("button", name="Add a day").click()
    section.get_by_label("To").fill("20:00")

    hours.route("**/api/v1/one-off-hours/?*", lambda route: route.abort())
    section.get_by_role("button", name="Remove").click()

    expect(section.get_by_role("button", name="Try again")).to_be_visible()
    expect(section.get_by_label("To")).to_have_value("20:00")


def test_stretches_of_one_day_have_names_of_their_own_and_the_focus_is_kept(hours: Page) -> None:
    sunday = hours.get_by_role("group", name="Sunday")
    sunday.get_by_role("button", name="Add hours on Sunday").click()
    sunday.get_by_role("button", name="Add more hours on Sunday").click()
    expect(sunday.get_by_label("Sunday (2), from")).to_be_focused()

    sunday.get_by_role("button", name="Sunday (2): limit to certain dates").click()

    expect(sunday.get_by_label("From (blank: no start date)")).to_be_focused()
