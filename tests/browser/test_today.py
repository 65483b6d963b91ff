"""The work of the day: who is next, what is left, what failed, and what could be filled."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from bookings.models import Appointment, WaitlistEntry
from bookings.services.staff_booking import book_for_client
from clients.models import Client
from clinic.accounts.models import User
from clinic.messaging.models import Message, MessageStatus
from tests.browser.bookings import MINUTES, TREATMENT
from tests.browser.conftest import Site, assert_accessible
from tests.factories import make_client
from treatments.selectors import get_option


def book_hours_from_now(site: Site, client: Client, hours: int) -> Appointment:
    """By staff, at whatever hour it is while the test runs."""
    return book_for_client(
        client,
        option=get_option(slug=TREATMENT, minutes=MINUTES),
        starts_at=timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=hours),
        therapist_id=site.therapist.pk,
        actor=site.owner,
        now=timezone.now(),
        override_reason="Made for a test",
    )


@pytest.fixture
def nora(site: Site) -> Client:
    """Was here three hours ago, and nobody wrote a note."""
    client = make_client(first_name="Nora", last_name="Note", care_team=(site.therapist_user,))
    Appointment.objects.filter(pk=book_hours_from_now(site, client, -3).pk).update(status="fulfilled")
    return client


def open_today(page: Page, context: BrowserContext, site: Site, user: User) -> None:
    site.sign_in(context, user)
    page.goto(f"{site.url}/staff/")
    expect(page.get_by_role("region", name="Next")).to_be_visible()


def test_day_without_work_is_calm(page: Page, context: BrowserContext, site: Site) -> None:
    open_today(page, context, site, site.therapist_user)

    expect(page.get_by_text("No one is booked.")).to_be_visible()
    expect(page.get_by_text("Nothing needs your attention")).to_be_visible()
    assert_accessible(page)


def test_next_client_is_shown_with_the_alert_line_and_opens(page: Page, context: BrowserContext, site: Site) -> None:
    appointment = book_hours_from_now(site, make_client(first_name="Ada", last_name="Next", alert_line="Ring first"), 2)
    open_today(page, context, site, site.therapist_user)

    following = page.get_by_role("region", name="Next")
    expect(following.get_by_role("link", name="Ada Next")).to_be_visible()
    expect(following.get_by_text("Ring first")).to_be_visible()
    expect(following.get_by_text("First visit")).to_be_visible()
    following.get_by_role("button", name="Open Ada Next").click()
    expect(page.get_by_role("dialog", name="Ada Next").get_by_text(appointment.reference)).to_be_visible()


def test_client_who_is_here_is_taken_through_the_steps_in_one_tap_each(
    page: Page, context: BrowserContext, site: Site
) -> None:
    appointment = book_hours_from_now(site, make_client(first_name="Ada", last_name="Next"), 0)
    open_today(page, context, site, site.therapist_user)
    following = page.get_by_role("region", name="Next")

    following.get_by_role("button", name="Arrived").click()
    expect(following.get_by_role("button", name="Check in")).to_be_enabled()

    appointment.refresh_from_db()
    assert appointment.status == "arrived"


@pytest.mark.usefixtures("nora")
def test_sessions_without_a_note_lead_to_the_note(page: Page, context: BrowserContext, site: Site) -> None:
    open_today(page, context, site, site.therapist_user)
    work = page.get_by_role("region", name="1 session without a note")
    assert_accessible(page)
    appointment = Appointment.objects.get()

    expect(work.get_by_role("link", name="Write Nora Note")).to_have_attribute(
        "href", f"/staff/clients/{appointment.client_id}/?note=new&appointment={appointment.reference}"
    )


@pytest.mark.usefixtures("nora")
def test_receptionist_is_told_of_no_notes(page: Page, context: BrowserContext, site: Site) -> None:
    open_today(page, context, site, site.receptionist)

    expect(page.get_by_text("No one is booked.")).to_be_visible()
    for word in ("note", "draft", "Safety"):
        expect(page.get_by_role("main").get_by_text(word)).to_have_count(0)


def test_message_that_failed_is_told_with_its_reason(page: Page, context: BrowserContext, site: Site) -> None:
    appointment = book_hours_from_now(site, make_client(first_name="Ada", last_name="Next"), 30)
    Message.objects.filter(topic_id=str(appointment.pk), kind="confirmation").update(
        status=MessageStatus.FAILED, reason="There is no such mailbox.", settled_at=timezone.now()
    )
    open_today(page, context, site, site.receptionist)

    failed = page.get_by_role("region", name="1 message failed")
    expect(failed.get_by_text("There is no such mailbox.")).to_be_visible()
    failed.get_by_role("link", name="See the message log").click()
    expect(page.get_by_role("combobox", name="Status")).to_have_value("failed")


def test_free_time_is_given_to_somebody_who_waits(page: Page, context: BrowserContext, site: Site) -> None:
    today = timezone.localdate()
    entry = WaitlistEntry.objects.create(
        client=make_client(first_name="Wanda", last_name="Waiting", care_team=(site.therapist_user,)),
        treatment=get_option(slug=TREATMENT, minutes=MINUTES).treatment,
        minutes=MINUTES,
        from_on=today,
        until_on=today + timedelta(days=20),
    )
    open_today(page, context, site, site.therapist_user)
    gaps = page.get_by_role("region", name="Free times someone is waiting for")
    gaps.get_by_role("button", name="Book Wanda Waiting").last.click()

    dialogue = page.get_by_role("dialog", name="New appointment")
    expect(dialogue.get_by_text("Wanda Waiting")).to_be_visible()
    dialogue.get_by_role("button", name="Book", exact=True).click()

    expect(page.get_by_role("region", name="Next").get_by_role("link", name="Wanda Waiting")).to_be_visible()
    entry.refresh_from_db()
    assert entry.state == "booked"


def test_booking_made_by_another_appears_without_reload(page: Page, context: BrowserContext, site: Site) -> None:
    open_today(page, context, site, site.therapist_user)
    expect(page.get_by_text("No one is booked.")).to_be_visible()
    book_hours_from_now(site, make_client(first_name="Ada", last_name="Next"), 2)

    expect(page.get_by_role("region", name="Next").get_by_role("link", name="Ada Next")).to_be_visible(timeout=15_000)


@pytest.mark.usefixtures("nora")
def test_today_fits_a_phone(page: Page, context: BrowserContext, site: Site) -> None:
    name = "Wolfeschlegelsteinhausenbergerdorff"
    book_hours_from_now(site, make_client(first_name="Maximiliana", last_name=name), 2)
    page.set_viewport_size({"width": 375, "height": 812})
    open_today(page, context, site, site.therapist_user)

    expect(page.get_by_role("link", name=name)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    assert_accessible(page)
