"""Every screen in its states: where it is, who looks, and what is done before the picture is taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from tests.browser.screenshots import steps
from tests.browser.screenshots.steps import (
    Step,
    answer_with_failure,
    answer_with_nothing,
    click,
    fill,
    in_turn,
    never_answer,
)


@dataclass(frozen=True)
class Shot:
    """`before` the page is asked for, `step` once it is there."""

    name: str
    path: str
    role: str = ""
    step: Step | None = None
    before: Step | None = None


def states(name: str, path: str, pattern: str, role: str) -> list[Shot]:
    """A screen as it is, while it loads, and when it cannot."""
    return [
        Shot(name, path, role),
        Shot(f"{name}-loading", path, role, before=never_answer(pattern)),
        Shot(f"{name}-error", path, role, before=answer_with_failure(pattern)),
    ]


CALF: Final = "/book/calf-release?minutes=60"
DIARY: Final = "/staff/diary/?view="
NEXT_MONDAY: Final = date.today() + timedelta(days=7 - date.today().weekday())  # noqa: DTZ011  # of the second week
DETAILS: Final = in_turn(steps.hold_a_time, steps.fill_in_details)

PUBLIC: Final = [
    Shot("home", "/"),
    Shot("treatment", "/treatments/calf-release/"),
    Shot("nothing-there", "/no-such-page/"),
    Shot("book", "/book/"),
    Shot("book-times", CALF),
    Shot("book-loading", CALF, before=never_answer("**/api/v1/availability/**")),
    Shot("book-error", CALF, before=answer_with_failure("**/api/v1/availability/**")),
    Shot("book-details", CALF, step=steps.hold_a_time),
    Shot("book-details-yes", CALF, step=in_turn(steps.hold_a_time, click("radio", "Yes, at least one"))),
    Shot("book-faults", CALF, step=in_turn(steps.hold_a_time, steps.send)),
    Shot("book-lost", CALF, step=in_turn(DETAILS, steps.lose_the_time, steps.send)),
    Shot(
        "book-hold-ended",
        CALF,
        step=in_turn(DETAILS, steps.let_the_hold_end),
        before=lambda page: page.clock.install(),
    ),
    Shot("book-stopped", CALF, step=in_turn(DETAILS, steps.answer_a_safety_question, steps.send)),
    Shot("book-done", CALF, step=in_turn(DETAILS, steps.send)),
    Shot("guide", "/guide/"),
    Shot("guide-error", "/guide/", before=answer_with_failure("**/api/v1/guide/")),
    Shot("guide-questions", "/guide/", step=steps.answer_the_guide),
    Shot("guide-suggestions", "/guide/", step=in_turn(steps.answer_the_guide, click("button", "Show suggestions"))),
    Shot("guide-safety", "/guide/", step=steps.tick_a_warning),
    Shot("manage", "/book/", step=steps.open_own_booking),
    Shot("manage-move", "/book/", step=in_turn(steps.open_own_booking, click("button", "Move to another time"))),
    Shot("manage-cancel", "/book/", step=in_turn(steps.open_own_booking, click("button", "Cancel this booking"))),
    Shot(
        "manage-cancelled",
        "/book/",
        step=in_turn(steps.open_own_booking, click("button", "Cancel this booking"), click("button", "Yes, cancel it")),
    ),
    Shot("manage-closed", "/manage/AAAA-1111#no-such-token"),
    Shot("sign-in", "/sign-in/"),
    Shot(
        "sign-in-code",
        "/sign-in/",
        step=in_turn(fill("Email address", "ada@example.org"), click("button", "Send me a code")),
    ),
    Shot("set-password", "/set-password/#x-y"),
    Shot("embedded", "/embed/book/calf-release"),
]

STAFF: Final = [
    *states("today", "/staff/", "**/api/v1/today/**", "therapist"),
    Shot("today-reception", "/staff/", "receptionist"),
    *states("diary-day", f"{DIARY}day", "**/api/v1/diary/**", "therapist"),
    Shot("diary-week", f"{DIARY}week", "therapist"),
    Shot("diary-week-ahead", f"{DIARY}week&date={NEXT_MONDAY}", "therapist"),
    Shot("diary-list", f"{DIARY}list", "therapist"),
    Shot("diary-print", f"{DIARY}list", "therapist", step=steps.for_print),
    Shot("diary-visit", f"{DIARY}week&date={NEXT_MONDAY}", "therapist", step=steps.open_first_visit),
    Shot("diary-carried", f"{DIARY}week&date={NEXT_MONDAY}", "therapist", step=steps.carry_first_visit),
    Shot("diary-new", f"{DIARY}week", "receptionist", step=click("button", "New appointment")),
    Shot("diary-reception", f"{DIARY}day", "receptionist"),
    *states("clients", "/staff/clients/", "**/api/v1/clients/**", "therapist"),
    Shot("clients-none", f"/staff/clients/?q={'x' * 60}", "therapist"),
    Shot("clients-empty", "/staff/clients/", "therapist", before=answer_with_nothing("**/api/v1/clients/**")),
    Shot("client", "/staff/clients/1/", "therapist"),
    *(
        Shot(f"client-{section}", f"/staff/clients/1/?section={section}", "therapist")
        for section in ("notes", "measurements", "intake", "body-charts", "home-care", "details", "consents")
    ),
    Shot("client-long-name", "/staff/clients/11/", "therapist"),
    Shot("client-reception", "/staff/clients/1/", "receptionist"),
    Shot("note", "/staff/clients/2/?note=new", "therapist", step=steps.write_a_note),
    Shot(
        "note-offline",
        "/staff/clients/3/?note=new",
        "therapist",
        step=in_turn(steps.write_a_note, steps.lose_connection, fill("Plan", "Calf raises, twice a day.")),
    ),
    *states("hours", "/staff/hours/", "**/api/v1/working-hours/**", "therapist"),
    Shot("hours-time-off", "/staff/hours/", "therapist", step=click("button", "Add time off")),
    *states("waitlist", "/staff/waitlist/", "**/api/v1/waitlist/**", "therapist"),
    Shot("waitlist-new", "/staff/waitlist/", "therapist", step=click("button", "Add to the waitlist")),
    *states("messages", "/staff/messages/", "**/api/v1/messages/**", "owner"),
    Shot("account-staff", "/account/", "therapist"),
    Shot("admin", "/admin/", "owner"),
    Shot("admin-treatment", "/admin/treatments/treatment/1/change/", "owner"),
]

SHOTS: Final = [*PUBLIC, *STAFF]
