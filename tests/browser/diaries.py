"""What tests of the diary stand on: a day far enough ahead, appointments in it, and where things are drawn."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from playwright.sync_api import FloatRect, Locator, Page

from bookings.models import Appointment, Location, Therapist, WorkingHours
from bookings.selectors.rules import load_rules
from bookings.services.hours import change_hours
from bookings.services.places import add_therapist
from bookings.services.staff_booking import book_for_client
from clients.models import Client
from clinic.accounts.models import User
from tests.browser.conftest import Site
from tests.factories import make_client
from treatments.models import Treatment
from treatments.selectors import get_option

LONDON = ZoneInfo("Europe/London")


def next_tuesday() -> date:
    """A day of ordinary hours, 07:00 to 11:00 and 16:00 to 20:30, more than a week ahead, no bank holiday."""
    today = timezone.now().date()
    day = today + timedelta(days=7 + (1 - today.weekday()) % 7)
    rules = load_rules().clinic
    while rules.is_closed_on_bank_holidays and (day.month, day.day) in {(12, 25), (12, 26), (1, 1)}:
        day += timedelta(days=7)
    return day


def at(day: date, clock: str, *, fold: int = 0) -> datetime:
    """The moment when London's clocks show "09:30"."""
    return datetime.combine(day, time.fromisoformat(clock), tzinfo=LONDON).replace(fold=fold)


def book(
    site: Site,
    starts_at: datetime,
    *,
    client: Client | None = None,
    therapist: Therapist | None = None,
    minutes: int = 60,
    why: str = "",
) -> Appointment:
    """An appointment made by the owner. Its client is called Robin something unless one is given."""
    return book_for_client(
        client or make_client(),
        option=get_option(slug="calf-release", minutes=minutes),
        starts_at=starts_at,
        therapist_id=(therapist or site.therapist).pk,
        actor=site.owner,
        now=timezone.now(),
        override_reason=why,
    )


def add_colleague(name: str = "Una Okafor") -> Therapist:
    """A second therapist, at work on weekdays from 07:00 to 19:00, who needs no room."""
    colleague = add_therapist(Therapist(name=name, slug=name.split(maxsplit=1)[0].lower(), position=5))
    colleague.treatments.set(Treatment.objects.all())
    location = Location.objects.create(name="Next door")
    hours = [
        WorkingHours(therapist=colleague, location=location, weekday=day, starts=time(7), ends=time(19))
        for day in range(5)
    ]
    change_hours(colleague, store=hours, now=timezone.now())
    return colleague


def open_diary(page: Page, site: Site, user: User, **query: Any) -> None:
    site.sign_in(page.context, user)
    page.goto(f"{site.url}/staff/diary/?" + "&".join(f"{name}={value}" for name, value in query.items()))


def entry(page: Page, name: str) -> Locator:
    """The block of an appointment or of time off, as a button with that text in its name."""
    return page.locator("[data-block]").filter(has_text=name)


def box(locator: Locator) -> FloatRect:
    found = locator.bounding_box()
    assert found is not None
    return found


def minute_height(page: Page) -> float:
    """Pixels of one minute, measured between two lines of the scale that the eye measures by."""
    hours = page.locator(".scale .hour")
    return (box(hours.nth(3))["y"] - box(hours.nth(2))["y"]) / 60


def drag(page: Page, block: Locator, *, minutes: float = 0, columns: float = 0, drops: bool = True) -> None:
    """Take the block by its middle and carry it down by so many minutes and over by so many columns."""
    block.scroll_into_view_if_needed()
    start, height = box(block), minute_height(page)
    width = box(page.locator("[data-column]").first)["width"]
    x, y = start["x"] + start["width"] / 2, start["y"] + start["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + columns * width / 2, y + minutes * height / 2, steps=4)
    page.mouse.move(x + columns * width, y + minutes * height, steps=4)
    if drops:
        page.mouse.up()


def drag_edge(page: Page, block: Locator, *, minutes: float) -> None:
    """Pull the lower edge of the block down by so many minutes."""
    block.scroll_into_view_if_needed()
    start = box(block)
    x, y = start["x"] + start["width"] / 2, start["y"] + start["height"] - 4
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + minutes * minute_height(page), steps=5)
    page.mouse.up()
