"""Hostile words stay words on every screen that a script draws: none of them becomes part of the page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from bookings.models import Appointment
from clients.models import Client, TreatmentNote
from clients.services.entries import Kind, record_entry
from clients.services.notes import NoteContent, add_addendum, draft_note, sign_note
from tests.browser.bookings import book, free_times, link_to, prove_address
from tests.browser.conftest import Site, wait_until_quiet
from tests.browser.test_notes import SECTIONS
from tests.security.test_hostile_texts import HOSTILE, ONE_ROW, TEXTS

INJECTED: Final = 'img[src="x"]'
ENTRIES: Final = {
    Kind.INTAKE: {"answers": {"presenting_complaint": HOSTILE}},
    Kind.MEASUREMENT: {"test": "knee-to-wall", "side": "left", "value": 9, "note": HOSTILE},
    Kind.HOME_CARE: {"items": [{"title": HOSTILE, "instructions": HOSTILE}]},
    Kind.BODY_CHART: {
        "marks": [{"view": "anterior", "points": [[0.5, 0.5]], "kind": "pain", "author": "client", "note": HOSTILE}]
    },
}


@pytest.fixture
def booked(site: Site) -> Appointment:
    """A booking of Ada's, and a record full of hostile words; then every other text in the clinic is one too."""
    answer = book()
    appointment = Appointment.objects.get(reference=answer["reference"])
    write_record(appointment.client, site)
    for model, names in TEXTS.items():
        for name in names:
            model.objects.update(**{name: HOSTILE})
    for model, name in ONE_ROW:
        model.objects.filter(pk=model.objects.earliest("pk").pk).update(**{name: HOSTILE})
    return appointment


def write_record(client: Client, site: Site) -> TreatmentNote:
    author, now, today = site.therapist_user, timezone.now(), timezone.localdate()
    client.care_team.add(author)
    words = NoteContent(HOSTILE, HOSTILE, HOSTILE, HOSTILE)
    note = draft_note(client, author=author, content=words, session_on=today, today=today)
    sign_note(note.pk, author=author, version=1, now=now)
    add_addendum(note.pk, author=author, text=HOSTILE, now=now)
    for kind, content in ENTRIES.items():
        record_entry(client, kind=kind, content=content, author=author, today=today, now=now)
    return note


def visit(page: Page, addresses: Iterable[str]) -> list[str]:
    """The addresses in which words became elements; and that hostile words were there to be seen at all."""
    injected = []
    seen = ""
    for address in addresses:
        page.goto(address)
        expect(page.locator("h1, h2, main").first).to_be_attached()
        wait_until_quiet(page)
        seen += page.locator("body").inner_text()
        if page.locator(INJECTED).count():
            injected.append(address)
    assert HOSTILE in seen
    return injected


def test_on_the_screens_of_the_staff(page: Page, context: BrowserContext, site: Site, booked: Appointment) -> None:
    on = booked.starts_at.date()
    client = f"{site.url}/staff/clients/{booked.client_id}/"
    note = TreatmentNote.objects.get()
    site.sign_in(context, site.owner)

    screens = [
        *(f"/staff/diary/?view={view}&date={on}" for view in ("day", "week", "list")),
        *("/staff/", "/staff/clients/", "/staff/hours/", "/staff/waitlist/", "/staff/messages/", "/account/"),
    ]
    sections = [f"{client}?section={section}" for section in SECTIONS]
    assert visit(page, [*(site.url + path for path in screens), *sections, f"{client}?note={note.pk}"]) == []

    page.goto(f"{site.url}/staff/diary/?view=list&date={on}")
    page.get_by_role("table").get_by_role("button").first.click()
    page.get_by_role("dialog").get_by_text(booked.reference).wait_for()
    assert page.locator(INJECTED).count() == 0


def test_on_the_pages_for_clients(page: Page, context: BrowserContext, site: Site, booked: Appointment) -> None:
    own = book(starts_at=free_times()[-1], email="bea@example.org")
    public = ("/", "/treatments/calf-release/", "/guide/", "/book/", "/book/calf-release?minutes=60")
    assert visit(page, [*(site.url + path for path in public), link_to(site.url, own)]) == []

    site.sign_in(context, prove_address("ada@example.org"))
    assert visit(page, [f"{site.url}/account/", f"{site.url}/manage/{booked.reference}"]) == []


def test_words_that_become_part_of_a_page_are_found_out(page: Page, site: Site, faults: list[str]) -> None:
    """The control: what a careless screen would do is seen by the same look."""
    page.goto(f"{site.url}/book/")
    page.evaluate("words => { document.body.innerHTML = words; }", HOSTILE)

    assert page.locator(INJECTED).count() == 1
    faults.clear()  # the content policy has refused to run what is in it, and said so
