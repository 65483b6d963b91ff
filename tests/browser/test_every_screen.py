"""Every address, on a phone, a tablet and a desk, in light and dark, with text at twice its size.

On each nothing is found by the rules of accessibility, and nothing is wider than the screen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from bookings.models import Appointment
from bookings.services.waitlist import add_to_waitlist
from clients.services.notes import NoteContent, draft_note
from tests.browser.bookings import book, link_to, prove_address
from tests.browser.conftest import Site, accessibility_faults, wait_until_quiet
from tests.browser.test_notes import SECTIONS, with_clinical_words


@dataclass(frozen=True)
class Sight:
    name: str
    width: int
    height: int
    scheme: Literal["light", "dark"]
    text_percent: int


SIGHTS: Final = (
    Sight("a phone in the dark with large text", 375, 740, "dark", 200),
    Sight("a tablet", 768, 1024, "light", 100),
    Sight("a desk in the dark", 1440, 900, "dark", 100),
)
PUBLIC: Final = (
    *("/", "/treatments/calf-release/", "/guide/", "/book/", "/book/calf-release?minutes=60", "/no-such-page/"),
    *("/sign-in/", "/set-password/#x-y", "/manage/AAAA1111#no-such-token", "/embed/book/calf-release"),
)


@pytest.fixture(params=SIGHTS, ids=lambda sight: sight.name)
def sight(request: pytest.FixtureRequest, page: Page) -> Sight:
    seen: Sight = request.param
    page.set_viewport_size({"width": seen.width, "height": seen.height})
    page.emulate_media(color_scheme=seen.scheme, reduced_motion="reduce")
    return seen


def faults_of(page: Page, sight: Sight, address: str) -> list[str]:
    page.goto(address)
    expect(page.locator("h1, h2").first).to_be_attached()
    wait_until_quiet(page)
    if sight.text_percent != 100:
        page.evaluate("percent => { document.documentElement.style.fontSize = percent + '%'; }", sight.text_percent)
    found = accessibility_faults(page)
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if wider > 0:
        found.append(f"wider than the screen by {wider}")
    return [f"{address}: {each}" for each in found]


def test_pages_for_everybody(page: Page, site: Site, sight: Sight) -> None:
    assert [fault for path in PUBLIC for fault in faults_of(page, sight, site.url + path)] == []


def test_pages_of_a_client(page: Page, context: BrowserContext, site: Site, sight: Sight) -> None:
    booked = book()
    found = faults_of(page, sight, link_to(site.url, booked))
    site.sign_in(context, prove_address("ada@example.org"))
    found += faults_of(page, sight, f"{site.url}/account/")
    for section in page.locator("summary").all():
        section.click()
    wait_until_quiet(page)
    assert found + accessibility_faults(page) == []


def test_screens_of_the_staff(page: Page, context: BrowserContext, site: Site, sight: Sight) -> None:
    appointment = Appointment.objects.get(reference=book()["reference"])
    client, today = appointment.client, timezone.localdate()
    client.care_team.add(site.therapist_user)
    signed = with_clinical_words(client, site.therapist_user)
    draft = draft_note(client, author=site.therapist_user, content=NoteContent("Better"), session_on=today, today=today)
    add_to_waitlist(
        client,
        treatment_slug="calf-release",
        minutes=60,
        therapist=None,
        from_on=today,
        until_on=today,
        note="Mornings",
        now=timezone.now(),
    )
    site.sign_in(context, site.therapist_user)
    on, record = appointment.starts_at.date(), f"/staff/clients/{client.pk}/"

    paths = (
        *("/staff/", "/staff/clients/", "/staff/hours/", "/staff/waitlist/", "/staff/messages/", "/account/"),
        *(f"/staff/diary/?view={view}&date={on}" for view in ("day", "week", "list")),
        *(f"{record}?section={section}" for section in SECTIONS),
        *(f"{record}?note={note}" for note in (signed.pk, draft.pk, "new")),
    )
    assert [fault for path in paths for fault in faults_of(page, sight, site.url + path)] == []
