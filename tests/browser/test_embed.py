"""The clinic's booking pages and free times within a page of another site."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from bookings.models import Appointment, WorkingHours
from clinic.practice.models import Practice
from tests.browser.conftest import Site, assert_accessible

PAGE = """<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>Another site</title>
<meta name="viewport" content="width=device-width"><style>button, a {{ background: red; font-size: 3rem }}</style>
<script src="{clinic}/embed.js" defer></script></head><body><main><h1>Another site</h1><h2>Book</h2>
{elements}
</main></body></html>"""
BOOKING = '<groundwork-booking treatment="calf-release" minutes="60"></groundwork-booking>'
TIMES = '<groundwork-times treatment="calf-release" minutes="60"></groundwork-times>'
A_TIME = re.compile(r"^\d\d:\d\d$")


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # its name in the library
        """The suite's output is for the suite."""


class OtherSite:
    """A site of its own origin: 127.0.0.1 where the clinic is localhost, and another port."""

    def __init__(self, folder: Path, port: int, clinic: str) -> None:
        self.origin = f"http://127.0.0.1:{port}"
        self._folder = folder
        self._clinic = clinic

    def with_elements(self, elements: str) -> str:
        """The address of a page with these elements."""
        (self._folder / "index.html").write_text(PAGE.format(clinic=self._clinic, elements=elements))
        return f"{self.origin}/index.html"


@pytest.fixture
def other_site(tmp_path: Path, site: Site) -> Iterator[OtherSite]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield OtherSite(tmp_path, server.server_port, site.url)
    server.shutdown()
    server.server_close()


@pytest.fixture
def allowed(other_site: OtherSite) -> OtherSite:
    Practice.objects.update(embed_origins=other_site.origin)
    return other_site


def frame_height(page: Page) -> float:
    box = page.locator("groundwork-booking iframe").bounding_box()
    assert box is not None
    return box["height"]


def content_height(page: Page) -> float:
    """How tall the page in the frame is, told by that page itself."""
    inner = next(frame for frame in page.frames if "/embed/book/" in frame.url)
    return float(inner.evaluate("document.documentElement.getBoundingClientRect().height"))


def fill_in(frame: FrameLocator) -> None:
    for label, text in {"First name": "Ada", "Last name": "Example", "Email": "ada@example.org"}.items():
        frame.get_by_label(label).fill(text)
    frame.get_by_label("No, none of these").check()
    frame.get_by_label("I accept this cancellation policy").check()


def test_visitor_of_another_site_books_in_a_frame_that_is_as_tall_as_what_is_in_it(
    page: Page, site: Site, allowed: OtherSite
) -> None:
    page.goto(allowed.with_elements(BOOKING))
    frame = page.frame_locator("groundwork-booking iframe")
    first = frame.get_by_role("button", name=A_TIME).first
    expect(first).to_be_enabled()
    assert frame_height(page) >= content_height(page) - 1
    at_times = frame_height(page)
    first.click()
    expect(frame.get_by_label("First name")).to_be_visible()
    page.wait_for_function(
        "before => Math.abs(document.querySelector('groundwork-booking').getBoundingClientRect().height - before) > 20",
        arg=at_times,
    )
    assert frame_height(page) >= content_height(page) - 1
    fill_in(frame)
    frame.get_by_role("button", name="Book this time").click()

    expect(frame.get_by_role("heading", name="You are booked")).to_be_visible()
    booked = Appointment.objects.get()
    assert booked.ends_at - booked.starts_at == timedelta(minutes=60)
    assert page.url.startswith(allowed.origin)


def test_messages_of_others_do_not_change_the_frame(page: Page, site: Site, allowed: OtherSite) -> None:
    page.goto(allowed.with_elements(BOOKING))
    frame = page.frame_locator("groundwork-booking iframe")
    expect(frame.get_by_role("button", name=A_TIME).first).to_be_enabled()
    before = frame_height(page)

    page.evaluate("postMessage({type: 'groundwork:height', height: 7777}, '*')")
    page.evaluate(
        """() => new Promise(done => {
            const other = document.createElement('iframe');
            other.srcdoc = "<script>parent.postMessage({type: 'groundwork:height', height: 8888}, '*')</script>";
            addEventListener('message', event => event.data.height === 8888 && setTimeout(done, 100));
            document.body.append(other);
        })"""
    )

    assert frame_height(page) == before


def test_free_times_are_links_to_the_clinic_s_booking_page(page: Page, site: Site, allowed: OtherSite) -> None:
    page.goto(allowed.with_elements(TIMES))

    expect(page.get_by_role("heading", name="Calf Muscle Release, 60 minutes: next free times")).to_be_visible()
    links = page.get_by_role("link", name=re.compile("^Book Calf Muscle Release on "))
    expect(links).to_have_count(6)
    expect(links.first).to_have_text(A_TIME)
    assert_accessible(page)
    colour = links.first.evaluate("link => getComputedStyle(link).backgroundColor")
    assert colour == "rgba(0, 0, 0, 0)"  # the site's own red for links does not reach in
    links.first.click()
    page.wait_for_url(re.compile(rf"{re.escape(site.url)}/book/calf-release\?minutes=60&date=\d{{4}}-\d\d-\d\d"))


def test_times_without_a_length_are_those_of_the_usual_one(page: Page, site: Site, allowed: OtherSite) -> None:
    page.goto(allowed.with_elements('<groundwork-times treatment="calf-release" minutes=""></groundwork-times>'))

    expect(page.get_by_role("heading", name=re.compile(r"^Calf Muscle Release, \d+ minutes"))).to_be_visible()
    links = page.get_by_role("link", name=re.compile("^Book Calf Muscle Release on .+, for example at "))
    expect(links).to_have_count(6)  # each leads to the day, and the time is taken there


def test_visitor_elsewhere_is_told_whose_clock_it_is(page: Page, site: Site, allowed: OtherSite) -> None:
    browser = page.context.browser
    assert browser is not None
    elsewhere = browser.new_context(timezone_id="Asia/Tokyo").new_page()
    elsewhere.goto(allowed.with_elements(TIMES))

    expect(elsewhere.get_by_text("Times are in the clinic’s time zone (Europe/London).")).to_be_visible()
    elsewhere.context.close()


@pytest.mark.parametrize(
    ("elements", "words"),
    [
        ('<groundwork-times treatment="no-such"></groundwork-times>', "Free times can’t be shown at the moment."),
        ('<groundwork-times treatment="calf-release" minutes="7"></groundwork-times>', "can’t be shown at the moment."),
        ("<groundwork-times></groundwork-times>", "Free times can’t be shown at the moment."),
    ],
)
def test_times_that_cannot_be_found_are_said_so(
    page: Page, site: Site, allowed: OtherSite, elements: str, words: str
) -> None:
    page.goto(allowed.with_elements(elements))

    expect(page.get_by_role("status")).to_contain_text(words)
    expect(page.get_by_role("link", name="Go to the booking page")).to_have_attribute(
        "href", re.compile(rf"^{re.escape(site.url)}/book/")
    )


def test_no_free_time_is_said_so(page: Page, site: Site, allowed: OtherSite) -> None:
    WorkingHours.objects.all().delete()

    page.goto(allowed.with_elements(TIMES))

    expect(page.get_by_role("status")).to_contain_text("Calf Muscle Release has no free times in the coming weeks.")


def test_site_that_is_not_allowed_gets_neither(
    page: Page, site: Site, other_site: OtherSite, faults: list[str]
) -> None:
    """The control: the same page, but for the owner's list."""
    page.goto(other_site.with_elements(BOOKING + TIMES))

    expect(page.get_by_text("Free times can’t be shown at the moment.")).to_be_visible()
    expect(page.get_by_text("The booking form can’t be shown on this page at the moment.")).to_be_visible(
        timeout=15_000
    )
    links = page.get_by_role("link", name="Go to the booking page")
    expect(links).to_have_count(2)
    expect(links.first).to_have_attribute("href", f"{site.url}/book/calf-release?minutes=60")
    assert faults
    assert all("CORS policy" in fault or "frame-ancestors" in fault for fault in faults)
    faults.clear()
