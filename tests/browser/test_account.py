"""What signed-in clients see and change of their own."""

from __future__ import annotations

import json

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Locator, Page, expect

from bookings.models import Appointment
from clients.models import Client, ConsentRecord
from clients.services.consents import record_consent
from clients.services.entries import Kind, record_entry
from clients.services.preferences import may_contact
from clinic.accounts.models import User
from tests.browser.bookings import book, prove_address
from tests.browser.conftest import Site, assert_accessible


@pytest.fixture
def ada(site: Site) -> User:
    """Somebody with one booking, who has signed in by a code before."""
    book(email="ada@example.org")
    return prove_address("ada@example.org")


def open_account(page: Page, context: BrowserContext, site: Site, user: User) -> None:
    site.sign_in(context, user)
    page.goto(f"{site.url}/account/")


def open_section(page: Page, title: str) -> Locator:
    page.get_by_role("heading", name=title).click()
    return page.get_by_role("group").filter(has=page.get_by_role("heading", name=title))


def test_stranger_is_sent_to_sign_in_and_comes_back(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/account/")

    expect(page).to_have_url(f"{site.url}/sign-in/?next=/account/")


def test_next_and_past_bookings_lead_to_their_pages(page: Page, context: BrowserContext, site: Site, ada: User) -> None:
    ahead = Appointment.objects.get()
    cancelled = book(email=ada.email)
    Appointment.objects.filter(reference=cancelled["reference"]).update(status="cancelled")
    prove_address(ada.email)
    open_account(page, context, site, ada)

    expect(page.get_by_role("region", name="Past and cancelled").get_by_text("cancelled", exact=True)).to_be_visible()
    assert_accessible(page)
    coming = page.get_by_role("region", name="Upcoming").get_by_role("listitem")
    expect(coming).to_have_count(1)
    coming.get_by_role("link").click()

    expect(page).to_have_url(f"{site.url}/manage/{ahead.reference}")
    expect(page.get_by_role("button", name="Cancel this booking")).to_be_visible()


def test_client_changes_telephone_and_keeps_what_was_refused(
    page: Page, context: BrowserContext, site: Site, ada: User
) -> None:
    open_account(page, context, site, ada)
    details = open_section(page, "My details")

    details.get_by_label("Telephone", exact=False).first.fill("12")
    details.get_by_role("button", name="Save").click()
    expect(details.get_by_label("Telephone").first).to_be_focused()
    expect(details.get_by_label("Telephone").first).to_have_value("12")
    assert_accessible(page)
    details.get_by_label("Telephone").first.fill("07700 900456")
    details.get_by_role("button", name="Save").click()

    expect(details.get_by_text("Your details are saved.")).to_be_visible()
    expect(page.locator("body > [role=status]")).to_have_text("Your details are saved.")  # what readers listen to
    assert str(Client.objects.get(user=ada).phone) == "+447700900456"


def test_address_keeps_its_lines(page: Page, context: BrowserContext, site: Site, ada: User) -> None:
    Client.objects.filter(user=ada).update(address="1 Mill Lane\nLondon")
    open_account(page, context, site, ada)
    details = open_section(page, "My details")

    expect(details.get_by_label("Postal address")).to_have_value("1 Mill Lane\nLondon")
    details.get_by_label("Who to ring").fill("Grace")
    details.get_by_role("button", name="Save").click()
    expect(details.get_by_text("Your details are saved.")).to_be_visible()

    assert Client.objects.get(user=ada).address == "1 Mill Lane\nLondon"


def test_details_changed_at_the_clinic_meanwhile_meet_what_was_typed(
    page: Page, context: BrowserContext, site: Site, ada: User
) -> None:
    open_account(page, context, site, ada)
    details = open_section(page, "My details")
    details.get_by_label("Who to ring").fill("Grace")
    client = Client.objects.get(user=ada)
    Client.objects.filter(pk=client.pk).update(version=client.version + 1, address="2 New Road")

    details.get_by_role("button", name="Save").click()
    expect(details.get_by_role("alert")).to_contain_text("The clinic has changed your details in the meantime.")
    expect(details.get_by_label("Postal address")).to_have_value("2 New Road")
    assert_accessible(page)
    details.get_by_role("button", name="Save").click()
    expect(details.get_by_text("Your details are saved.")).to_be_visible()

    client.refresh_from_db()
    assert (client.address, client.emergency_contact_name) == ("2 New Road", "Grace")


def test_client_says_how_to_be_reached(page: Page, context: BrowserContext, site: Site, ada: User) -> None:
    open_account(page, context, site, ada)
    contact = open_section(page, "How the clinic may contact me")

    reminders = contact.get_by_role("group", name="Reminders")
    expect(reminders.get_by_label("Email")).to_be_checked()
    reminders.get_by_label("Text message").check()
    reminders.get_by_label("Email").uncheck()
    assert_accessible(page)
    contact.get_by_role("button", name="Save").click()

    expect(contact.get_by_text("Your choices are saved.")).to_be_visible()
    client = Client.objects.get(user=ada)
    assert (may_contact(client, "reminder", "email"), may_contact(client, "reminder", "sms")) == (False, True)


def test_client_who_changes_their_mind_is_heard_each_time(
    page: Page, context: BrowserContext, site: Site, ada: User
) -> None:
    open_account(page, context, site, ada)
    contact = open_section(page, "How the clinic may contact me")
    news = contact.get_by_role("group", name="News and offers").get_by_label("Email")
    client = Client.objects.get(user=ada)

    for is_allowed in (True, False):
        news.set_checked(is_allowed)
        with page.expect_response("**/api/v1/me/contact-preferences/"):
            contact.get_by_role("button", name="Save").click()
        expect(contact.get_by_text("Your choices are saved.")).to_be_visible()
        assert may_contact(client, "marketing", "email") is is_allowed


def test_client_withdraws_a_consent(page: Page, context: BrowserContext, site: Site, ada: User) -> None:
    client = Client.objects.get(user=ada)
    record_consent(
        client.pk, purpose="marketing", is_given=True, wording_version="2026-1", actor=ada, now=timezone.now()
    )
    open_account(page, context, site, ada)
    consents = open_section(page, "What I agreed to")

    expect(consents.get_by_text("Agreed by Ada Example")).to_be_visible()
    assert_accessible(page)
    consents.get_by_role("button", name="Withdraw").click()

    expect(consents.get_by_text("Declined or withdrawn by Ada Example")).to_be_visible()
    latest = ConsentRecord.objects.filter(client=client).order_by("-recorded_at").first()
    assert latest is not None
    assert latest.is_given is False
    expect(consents.get_by_role("button", name="Agree")).to_be_focused()


def test_client_fills_in_the_intake_form_and_sees_it_again(
    page: Page, context: BrowserContext, site: Site, ada: User
) -> None:
    open_account(page, context, site, ada)
    intake = open_section(page, "Before your visit: health form")
    intake.get_by_role("button", name="Send to my therapist").click()
    expect(intake.get_by_role("alert")).to_be_visible()
    intake.get_by_label("What brings you here?").fill("Tight calves")
    intake.get_by_role("button", name="Send to my therapist").click()
    expect(intake.get_by_text("Your answers have been sent to your therapist.")).to_be_visible()
    assert_accessible(page)

    page.reload()
    intake = open_section(page, "Before your visit: health form")

    expect(intake.get_by_label("What brings you here?")).to_have_value("Tight calves")


def test_client_reads_the_exercises_for_home(page: Page, context: BrowserContext, site: Site, ada: User) -> None:
    item = {"title": "Calf raises", "instructions": "Slowly, on a step.", "times_per_day": 2, "days_per_week": 5}
    record_entry(
        Client.objects.get(user=ada),
        kind=Kind.HOME_CARE,
        content={"items": [item]},
        author=site.therapist_user,
        today=timezone.now().date(),
        now=timezone.now(),
    )
    open_account(page, context, site, ada)

    plan = open_section(page, "Exercises for home")

    expect(plan.get_by_role("heading", name="Calf raises")).to_be_visible()
    expect(plan.get_by_text("2 times a day, 5 days a week")).to_be_visible()
    assert_accessible(page)


def test_client_is_told_what_is_closed_until_the_address_is_confirmed(
    page: Page, context: BrowserContext, site: Site, ada: User
) -> None:
    Client.objects.filter(user=ada).update(email_needs_confirming=True)
    open_account(page, context, site, ada)
    words = "Your therapist has not yet confirmed your email address."

    for title in ("Exercises for home", "Before your visit: health form", "My data"):
        expect(open_section(page, title).get_by_text(words)).to_be_visible()
    expect(page.get_by_text("Your therapist hasn’t added any exercises")).to_have_count(0)
    assert_accessible(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download my data").click()

    (record,) = json.loads(download.value.path().read_text())["records"]
    assert "is left out" in record["left_out"]


def test_client_takes_their_data_along(page: Page, context: BrowserContext, site: Site, ada: User) -> None:
    open_account(page, context, site, ada)
    data = open_section(page, "My data")

    with page.expect_download() as download:
        data.get_by_role("button", name="Download my data").click()

    assert "ada@example.org" in json.dumps(json.loads(download.value.path().read_text()))


def test_signing_out_ends_it(page: Page, context: BrowserContext, site: Site, ada: User) -> None:
    open_account(page, context, site, ada)

    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(f"{site.url}/")
    page.goto(f"{site.url}/account/")

    expect(page).to_have_url(f"{site.url}/sign-in/?next=/account/")


def test_refused_sign_out_does_not_pass_for_one(page: Page, context: BrowserContext, site: Site, ada: User) -> None:
    open_account(page, context, site, ada)
    page.route("**/_allauth/**", lambda route: route.fulfill(status=403, json={"status": 403}))

    page.get_by_role("button", name="Sign out").click()

    expect(page.get_by_role("alert")).to_be_visible()
    expect(page).to_have_url(f"{site.url}/account/")


def test_failed_sign_out_is_tried_again(page: Page, context: BrowserContext, site: Site, ada: User) -> None:
    open_account(page, context, site, ada)
    page.route("**/_allauth/**", lambda route: route.abort())
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.unroute("**/_allauth/**")

    page.get_by_role("button", name="Try again").click()

    expect(page).to_have_url(f"{site.url}/")


def test_other_tabs_show_nothing_any_more_after_signing_out(page: Page, context: BrowserContext, site: Site) -> None:
    site.sign_in(context, site.therapist_user)
    other = context.new_page()
    other.goto(f"{site.url}/staff/clients/")
    expect(other.get_by_role("heading", name="Clients")).to_be_visible()
    page.goto(f"{site.url}/account/")

    page.get_by_role("button", name="Sign out").click()

    expect(other).to_have_url(f"{site.url}/sign-in/?next=%2Fstaff%2Fclients%2F")
    expect(other.get_by_role("heading", name="Clients")).to_have_count(0)


def test_staff_are_shown_the_way_to_their_work(page: Page, context: BrowserContext, site: Site) -> None:
    open_account(page, context, site, site.therapist_user)

    expect(page.get_by_role("link", name="Open the diary")).to_have_attribute("href", "/staff/")
    expect(page.get_by_role("link", name="Open the admin site")).to_have_count(0)
    assert_accessible(page)


def test_account_fits_a_small_screen(page: Page, context: BrowserContext, site: Site, ada: User) -> None:
    page.set_viewport_size({"width": 375, "height": 740})
    open_account(page, context, site, ada)
    details = open_section(page, "My details")
    expect(details.get_by_role("button", name="Save")).to_be_visible()

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
