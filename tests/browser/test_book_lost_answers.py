"""Booking while answers are slow or lost: nothing is booked twice, nothing typed is lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from bookings.models import Allocation, Appointment, Hold
from tests.browser.booking_page import (
    expect_booked,
    fill_in,
    pick_time,
    send,
    times,
)
from tests.browser.conftest import Site, assert_accessible


@pytest.mark.parametrize("arrives", [True, False])
def test_a_booking_without_an_answer_is_sent_again_and_made_once(page: Page, site: Site, arrives: bool) -> None:
    keys: list[str] = []

    def lose_the_first_answer(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) > 1:
            return route.continue_()
        if arrives:
            route.fetch()
        return route.abort("connectionreset")

    page.route("**/api/v1/bookings/", lose_the_first_answer)
    page.goto(f"{site.url}/book/calf-release?minutes=60")
    pick_time(page)
    fill_in(page)
    send(page)

    expect(page.get_by_text("It is safe to try again")).to_be_visible()
    expect(page.get_by_label("First name")).to_be_disabled()
    assert Appointment.objects.count() == int(arrives)
    assert_accessible(page)
    page.get_by_role("button", name="Try again").click()
    expect_booked(page)
    assert Appointment.objects.count() == 1
    assert len(set(keys)) == 1


def test_back_and_forward_lead_nowhere_while_nobody_knows_whether_it_is_booked(page: Page, site: Site) -> None:
    lose_first_answer(page)
    page.goto(f"{site.url}/book/")
    page.get_by_role("button", name="Choose").first.click()
    pick_time(page)
    fill_in(page)
    send(page)
    expect(page.get_by_text("It is safe to try again")).to_be_visible()

    for turn in (page.go_back, page.go_back, page.go_forward):
        turn()
        expect(page.get_by_text("It is safe to try again")).to_be_visible()
        expect(times(page)).to_have_count(0)
        expect(page.get_by_role("timer")).to_have_count(0)
        expect(page.get_by_role("button", name="Change")).to_have_count(3)
        for change in page.get_by_role("button", name="Change").all():
            expect(change).to_be_disabled()

    page.get_by_role("button", name="Try again").click()
    expect_booked(page)
    assert Appointment.objects.count() == 1
    assert not Allocation.objects.filter(kind=Allocation.Kind.HOLD, is_active=True).exists()


def test_back_while_it_is_sent_does_not_let_the_time_go(page: Page, site: Site) -> None:
    sent: list[Route] = []
    page.route("**/api/v1/bookings/", lambda route: sent.append(route))  # noqa: PLW0108  # Playwright wants a function
    page.goto(f"{site.url}/book/")
    page.get_by_role("button", name="Choose").first.click()
    pick_time(page)
    fill_in(page)
    send(page)
    expect(page.get_by_role("button", name="Booking…")).to_be_visible()

    page.go_back()
    expect(page.get_by_label("First name")).to_have_value("Ada")
    assert Allocation.objects.filter(kind=Allocation.Kind.HOLD, is_active=True).exists()
    sent[0].continue_()

    expect_booked(page)
    assert Appointment.objects.count() == 1


def test_who_has_to_wait_before_trying_again_may_still_have_booked(page: Page, site: Site) -> None:
    tries = lose_first_answer(page, then_too_many=True)
    page.goto(f"{site.url}/book/calf-release?minutes=60")
    pick_time(page)
    fill_in(page)
    send(page)
    expect(page.get_by_text("It is safe to try again")).to_be_visible()

    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    expect(page.get_by_label("First name")).to_be_disabled()
    page.get_by_role("button", name="Try again").click()

    expect_booked(page)
    assert (len(tries), Appointment.objects.count()) == (3, 1)


def lose_first_answer(page: Page, *, then_too_many: bool = False) -> list[Route]:
    """The first booking arrives, and its answer does not. What was tried, in order."""
    tries: list[Route] = []

    def answer(route: Route) -> None:
        tries.append(route)
        if len(tries) == 1:
            route.fetch()
            return route.abort("connectionreset")
        if len(tries) == 2 and then_too_many:
            return route.fulfill(status=429, json={"code": "throttled", "detail": "Too many."})
        return route.continue_()

    page.route("**/api/v1/bookings/", answer)
    return tries


def test_nothing_else_can_be_chosen_while_a_time_is_being_taken(page: Page, site: Site) -> None:
    asked = delay_holds(page)
    page.goto(f"{site.url}/book/calf-release?minutes=60")
    expect(times(page).first).to_be_enabled()
    times(page).first.click()

    expect(page.get_by_label("90 minutes")).to_be_disabled()
    expect(page.get_by_role("button", name="Change")).to_be_disabled()
    asked[0].continue_()

    expect(page.get_by_role("heading", name="Who is coming?")).to_be_focused()
    assert Hold.objects.get().minutes == 60


def test_back_while_a_time_is_being_taken_gives_it_back(page: Page, site: Site) -> None:
    asked = delay_holds(page)
    page.goto(f"{site.url}/book/")
    page.get_by_role("button", name="Choose").first.click()
    expect(times(page).first).to_be_enabled()
    times(page).first.click()
    expect(times(page).first).to_be_disabled()

    page.go_back()
    expect(page.get_by_role("heading", name="Book a treatment")).to_be_focused()
    with page.expect_response(lambda answer: answer.request.method == "DELETE"):
        asked[0].continue_()

    expect(page.get_by_role("heading", name="Book a treatment")).to_be_visible()
    assert not Allocation.objects.filter(kind=Allocation.Kind.HOLD, is_active=True).exists()


def delay_holds(page: Page) -> list[Route]:
    """What is asked for waits until it is let through."""
    asked: list[Route] = []
    page.route("**/api/v1/holds/", lambda route: asked.append(route))  # noqa: PLW0108  # Playwright wants a function
    return asked
