"""What is done to a page before its picture is taken: answers withheld, and the ways people take through a screen."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any, Final, Literal

from playwright.sync_api import Locator, Page, Route

Step = Callable[[Page], object]
Role = Literal["button", "checkbox", "combobox", "link", "option", "radio"]

BUSY: Final = (
    '{"type": "about:blank", "title": "Busy", "status": 503, "code": "busy",'
    ' "detail": "The clinic is busy just now. Please try again in a moment."}'
)
NOTHING: Final = '{"count": 0, "next": null, "previous": null, "results": []}'


def never_answer(pattern: str) -> Step:
    return lambda page: page.route(pattern, lambda route: None)


def answer_with_failure(pattern: str) -> Step:
    def fail(route: Route) -> None:
        route.fulfill(status=503, content_type="application/problem+json", body=BUSY)

    return lambda page: page.route(pattern, fail)


def answer_with_nothing(pattern: str) -> Step:
    def empty(route: Route) -> None:
        route.fulfill(status=200, content_type="application/json", body=NOTHING)

    return lambda page: page.route(pattern, empty)


def lose_connection(page: Page) -> None:
    page.context.set_offline(True)


def in_turn(*steps: Step) -> Step:
    def run(page: Page) -> None:
        for step in steps:
            step(page)

    return run


def click(role: Role, name: str) -> Step:
    return lambda page: page.get_by_role(role, name=name).first.click()


def fill(label: str, text: str) -> Step:
    return lambda page: page.get_by_label(label).first.fill(text)


# --- Booking ---------------------------------------------------------------------------------------


def free_times(page: Page) -> Locator:
    return page.get_by_role("button", name=re.compile(r"^\d\d:\d\d$"))


def hold_a_time(page: Page) -> None:
    free_times(page).last.click()
    page.get_by_role("heading", name="Who is coming?").wait_for()


def fill_in_details(page: Page) -> None:
    for label, text in {
        "First name": "Ada",
        "Last name": "Example",
        "Email": f"ada.{uuid.uuid4().hex[:4]}@example.org",
    }.items():
        page.get_by_label(label).fill(text)
    page.get_by_label("No, none of these").check()
    page.get_by_label("I accept this cancellation policy").check()


def send(page: Page) -> None:
    page.get_by_role("button", name="Book this time").click()


def lose_the_time(page: Page) -> None:
    """Somebody else books it while the visitor types."""
    if starts_at := give_back(page):
        _book(page, page.evaluate("location.origin"), starts_at)


def give_back(page: Page) -> str:
    """Free the time that is held, if one is, behind the page's back: nobody may hold many. Its start."""
    held = page.evaluate("JSON.parse(sessionStorage.getItem('held-time'))")
    if not held:
        return ""
    origin = page.evaluate("location.origin")
    page.request.delete(f"{origin}/api/v1/holds/{held['token']}/", headers=_allowed(page))
    return str(held["starts_at"])


def let_the_hold_end(page: Page) -> None:
    page.clock.fast_forward("15:00")


def answer_a_safety_question(page: Page) -> None:
    page.get_by_label("Yes, at least one").check()
    page.get_by_label(re.compile("short of breath")).check()


def open_own_booking(page: Page) -> None:
    """A stranger's booking, opened by the link of its confirmation."""
    origin = page.evaluate("location.origin")
    booked = _book(page, origin, _free_starts(page, origin)[-1])
    page.goto(f"{origin}/manage/{booked['reference']}#{booked['manage_token']}")
    page.get_by_role("heading", name="Your booking").wait_for()


def _free_starts(page: Page, origin: str) -> Sequence[str]:
    tomorrow = date.today() + timedelta(days=1)  # noqa: DTZ011  # any of the coming days will do
    wanted = {"treatment": "calf-release", "minutes": 60, "from": tomorrow, "to": tomorrow + timedelta(days=20)}
    answer = page.request.get(
        f"{origin}/api/v1/availability/", params={name: str(value) for name, value in wanted.items()}
    )
    return [slot["starts_at"] for day in answer.json()["days"] for slot in day["slots"]]


def _book(page: Page, origin: str, starts_at: str) -> Any:
    body = {
        "treatment": "calf-release",
        "minutes": 60,
        "starts_at": starts_at,
        "client": {"first_name": "Grace", "last_name": "Sample", "email": f"grace.{uuid.uuid4().hex[:4]}@example.org"},
        "accepts_policy": True,
    }
    headers = {"Idempotency-Key": uuid.uuid4().hex, **_allowed(page)}
    answer = page.request.post(f"{origin}/api/v1/bookings/", data=body, headers=headers)
    assert answer.ok, answer.text()
    return answer.json()


def _allowed(page: Page) -> dict[str, str]:
    """What makes a call from this browser one of its own page."""
    cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    return {"X-CSRFToken": cookies.get("csrftoken", ""), "Referer": page.url}


# --- The guide -------------------------------------------------------------------------------------


def answer_the_guide(page: Page) -> None:
    page.get_by_role("button", name="None of these, continue").click()
    for question, choice in (("How often do your calves", "always"), ("How often do your shoes", "often")):
        page.get_by_role("group", name=question).get_by_role("radio", name=choice).check()


def tick_a_warning(page: Page) -> None:
    page.get_by_role("checkbox", name=re.compile("calf or leg newly swollen")).check()
    page.get_by_role("button", name="Show me what to do").click()


# --- The clinic's work -----------------------------------------------------------------------------


def open_first_visit(page: Page) -> None:
    page.locator("[data-block]").first.click()
    page.get_by_role("dialog").get_by_text("Reference").wait_for()


def carry_first_visit(page: Page) -> None:
    """Taken up with the mouse, and not yet put down."""
    block = page.locator("[data-block]").first
    block.scroll_into_view_if_needed()
    stands = block.bounding_box()
    assert stands is not None
    x, y = stands["x"] + stands["width"] / 2, stands["y"] + stands["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 30, steps=4)
    page.mouse.move(x, y + 90, steps=4)


def write_a_note(page: Page) -> None:
    page.get_by_label("Subjective").fill("Knee less sore on stairs; the calf is tight after running.")
    page.get_by_label("Objective").fill("Ankle moves 8 degrees further on the right than on the left.")
    page.get_by_text(re.compile(r"^Saved \d\d:\d\d$")).wait_for()


def for_print(page: Page) -> None:
    page.emulate_media(media="print")
