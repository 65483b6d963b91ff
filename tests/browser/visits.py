"""Appointments as staff have made them, for the tests of the staff's screens."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from django.utils import timezone
from playwright.sync_api import BrowserContext, Locator, Page

from bookings.models import Appointment
from bookings.services.staff_booking import book_for_client
from clients.models import Client
from clinic.accounts.models import User
from clinic.practice.selectors import get_practice
from tests.browser.conftest import Site
from tests.factories import make_client
from treatments.selectors import get_option

MINUTES: Final = 60
_MOST_TABS: Final = 80


def make_visit(site: Site, starts_at: datetime, *, client: Client | None = None, minutes: int = MINUTES) -> Appointment:
    """Booked at that time, whatever the working hours."""
    return book_for_client(
        client or make_client(first_name="Ada", last_name="Example"),
        option=get_option(slug="calf-release", minutes=minutes),
        starts_at=starts_at,
        therapist_id=site.therapist.pk,
        actor=site.owner,
        now=timezone.now(),
        override_reason="As agreed",
    )


def half_an_hour_ago() -> datetime:
    return timezone.now().replace(second=0, microsecond=0) - timedelta(minutes=30)


def day_of(at: datetime) -> date:
    """Its day by the clinic's clock."""
    return at.astimezone(get_practice().zone).date()


def open_list(page: Page, context: BrowserContext, site: Site, user: User, on: date) -> None:
    site.sign_in(context, user)
    page.goto(f"{site.url}/staff/diary/?view=list&date={on}")
    page.get_by_role("table").wait_for()


def open_panel(page: Page, name: str = "Ada Example") -> Locator:
    page.get_by_role("button", name=f"{name}: open the appointment").click()
    panel = page.get_by_role("dialog", name=name)
    panel.get_by_text("Reference").wait_for()
    return panel


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until `wanted` has the focus, as somebody without a mouse would."""
    wanted.wait_for()
    for _ in range(_MOST_TABS):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{wanted} cannot be reached with the Tab key.")


def events_of(appointment: Appointment) -> list[str]:
    return [event.action for event in appointment.events.order_by("version")]
