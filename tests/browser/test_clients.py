"""Clients: found by name, telephone and email; their page; making, editing and merging records."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from clients.models import Client, ConsentRecord
from clients.services.entries import Kind
from clients.services.preferences import may_contact
from clients.services.screening import store_screening
from clinic.accounts.roles import Role
from tests.browser.conftest import Site, assert_accessible, wait_until_quiet
from tests.clients.entry_records import knee, make_entry
from tests.factories import make_client, make_user

LONG = "Wilhelmina-Alexandrina", "Featherstonehaugh-Cholmondeley-von-und-zu-Hohenlohe-Langenburg"


@pytest.fixture
def ada(site: Site) -> Client:
    return make_client(
        care_team=(site.therapist_user,),
        first_name="Ada",
        last_name="Example",
        email="ada@post.example",
        phone="+447700900321",
        date_of_birth=date(1984, 5, 17),
        alert_line="Ring on arrival",
    )


@pytest.fixture
def desk(page: Page, context: BrowserContext, site: Site, ada: Client) -> Page:
    """Reception, with Ada and somebody else in the records."""
    make_client(first_name="Ben", last_name="Other", email="ben@other.test", phone="+447700900999")
    site.sign_in(context, site.receptionist)
    return page


def assert_fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize("typed", ["exam", "ada", "07700 900321", "900321", "ADA@post"])
def test_a_client_is_found_by_name_telephone_and_email(desk: Page, site: Site, typed: str) -> None:
    desk.goto(f"{site.url}/staff/clients/")
    expect(desk.get_by_role("link", name="Ben Other")).to_be_visible()
    desk.get_by_label("Find a client").press_sequentially(typed)

    expect(desk.get_by_role("status").get_by_text("1 client found")).to_be_visible()
    expect(desk.get_by_role("link", name="Ada Example")).to_be_visible()
    expect(desk.get_by_role("link", name="Ben Other")).to_have_count(0)
    assert_accessible(desk)


def test_a_search_is_found_again_by_coming_back_and_stands_in_no_address(desk: Page, site: Site) -> None:
    desk.goto(f"{site.url}/staff/clients/")
    desk.get_by_label("Find a client").fill("ada")
    desk.get_by_role("link", name="Ada Example").click()
    expect(desk.get_by_role("heading", name="Ada Example")).to_be_focused()
    desk.go_back()

    expect(desk.get_by_label("Find a client")).to_have_value("ada")
    expect(desk.get_by_text("1 client found")).to_be_visible()
    expect(desk.get_by_role("link", name="Ben Other")).to_have_count(0)
    expect(desk).to_have_url(f"{site.url}/staff/clients/")

    desk.get_by_role("link", name="Clients", exact=True).click()
    expect(desk.get_by_role("link", name="Ben Other")).to_be_visible()
    expect(desk.get_by_label("Find a client")).to_have_value("")
    desk.go_back()
    expect(desk.get_by_label("Find a client")).to_have_value("ada")
    expect(desk.get_by_role("link", name="Ben Other")).to_have_count(0)


def test_a_search_that_comes_in_an_address_is_made_and_taken_out_of_it(desk: Page, site: Site) -> None:
    desk.goto(f"{site.url}/staff/clients/?q=ada")

    expect(desk.get_by_label("Find a client")).to_have_value("ada")
    expect(desk.get_by_text("1 client found")).to_be_visible()
    expect(desk).to_have_url(f"{site.url}/staff/clients/")
    assert desk.evaluate("history.state") == {"search": "ada", "place": 0}


def test_no_name_goes_along_to_the_sign_in(desk: Page, context: BrowserContext, site: Site) -> None:
    desk.goto(f"{site.url}/staff/clients/")
    desk.get_by_label("Find a client").fill("ada")
    expect(desk.get_by_text("1 client found")).to_be_visible()
    context.clear_cookies()
    desk.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    expect(desk).to_have_url(f"{site.url}/sign-in/?next=%2Fstaff%2Fclients%2F")


def test_nobody_found_is_said_and_a_record_made_of_what_was_typed(desk: Page, site: Site) -> None:
    desk.goto(f"{site.url}/staff/clients/")
    desk.get_by_label("Find a client").fill("Carla Newcomer")
    expect(desk.get_by_text("No one matches this search.")).to_be_visible()
    assert_accessible(desk)
    desk.get_by_role("main").get_by_role("button", name="New client").last.click()
    form = desk.get_by_role("dialog", name="New client")
    expect(form.get_by_label("First name")).to_have_value("Carla")
    expect(form.get_by_label("Last name")).to_have_value("Newcomer")
    form.get_by_label("Email").fill("not an address")
    form.get_by_role("button", name="Add the client").click()
    expect(form.get_by_label("Email")).to_be_focused()
    expect(form.get_by_label("Email")).to_have_attribute("aria-invalid", "true")
    assert_accessible(desk)
    form.get_by_label("Email").fill("carla@post.example")
    form.get_by_role("button", name="Add the client").click()

    expect(desk.get_by_role("heading", name="Carla Newcomer")).to_be_visible()
    assert Client.objects.filter(email="carla@post.example").count() == 1


def test_who_is_there_already_is_offered_before_a_second_record_is_made(desk: Page, site: Site, ada: Client) -> None:
    desk.goto(f"{site.url}/staff/clients/")
    desk.get_by_role("button", name="New client").click()
    form = desk.get_by_role("dialog", name="New client")
    form.get_by_label("First name").fill("Adah")
    form.get_by_label("Email").fill("ada@post.example")
    form.get_by_label("Email").blur()
    expect(form.get_by_role("heading", name="Is it one of these?")).to_be_visible()
    assert_accessible(desk)
    form.get_by_role("button", name="Use this one Ada Example").click()

    expect(desk.get_by_role("heading", name="Ada Example")).to_be_visible()
    assert Client.objects.count() == 2


def test_the_page_shows_who_it_is_and_how_to_reach_them(desk: Page, site: Site, ada: Client) -> None:
    desk.goto(f"{site.url}/staff/clients/{ada.pk}/")

    expect(desk.get_by_text("Ring on arrival")).to_be_visible()
    expect(desk.get_by_role("link", name="07700 900321")).to_have_attribute("href", "tel:+447700900321")
    expect(desk.get_by_role("link", name="ada@post.example")).to_have_attribute("href", "mailto:ada@post.example")
    expect(desk.get_by_text("born 17 May 1984")).to_be_visible()
    expect(desk.get_by_text("Record made")).to_be_visible()
    assert_accessible(desk)


def test_a_change_by_somebody_else_is_met_and_nothing_typed_is_lost(desk: Page, site: Site, ada: Client) -> None:
    desk.goto(f"{site.url}/staff/clients/{ada.pk}/")
    desk.get_by_role("button", name="Edit").click()
    form = desk.get_by_role("dialog", name="Edit the record")
    form.get_by_label("Preferred name").fill("Addy")
    form.get_by_label("Address").fill("1 High Street\nSlough")
    assert_accessible(desk)
    Client.objects.filter(pk=ada.pk).update(gp_practice="Upton Surgery", version=2)
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_role("alert")).to_contain_text("Someone else changed this record.")
    expect(form.get_by_label("Preferred name")).to_have_value("Addy")
    expect(form.get_by_label("Practice")).to_have_value("Upton Surgery")
    form.get_by_role("button", name="Save").click()

    expect(desk.get_by_role("heading", name="Addy Example")).to_be_visible()
    expect(desk.get_by_role("button", name="Edit")).to_be_focused()
    ada.refresh_from_db()
    assert (ada.preferred_name, ada.gp_practice, ada.address) == ("Addy", "Upton Surgery", "1 High Street\nSlough")


def test_records_of_one_person_are_merged_by_the_front_desk(desk: Page, site: Site, ada: Client) -> None:
    twin = make_client(first_name="Ada", last_name="Example", email="old@post.example", phone="+447700900321")
    desk.goto(f"{site.url}/staff/clients/{ada.pk}/?section=details")
    expect(desk.get_by_text("same telephone number, same name")).to_be_visible()
    assert_accessible(desk)
    desk.get_by_role("button", name=re.compile("^Merge…")).click()
    assert_accessible(desk)
    desk.get_by_role("button", name="Merge the records").click()

    expect(desk.get_by_text("The records have been merged.")).to_be_visible()
    expect(desk.get_by_text("These records may be the same person")).to_have_count(0)
    twin.refresh_from_db()
    assert twin.merged_into_id == ada.pk


def test_consents_and_ways_to_reach_are_recorded(desk: Page, site: Site, ada: Client) -> None:
    desk.goto(f"{site.url}/staff/clients/{ada.pk}/?section=consents")
    desk.get_by_text("Record a decision").click()
    desk.get_by_role("button", name="Record", exact=True).click()
    expect(desk.get_by_label("Wording")).to_be_focused()
    desk.get_by_label("Wording").fill("2026-1")
    assert_accessible(desk)
    desk.get_by_role("button", name="Record", exact=True).click()
    expect(desk.get_by_text("Treatment: agreed")).to_be_visible()
    news = desk.get_by_role("group", name="News and offers")
    with desk.expect_response("**/contact-preferences/") as answer:
        news.get_by_role("checkbox", name="Email").check()
    assert answer.value.ok

    assert ConsentRecord.objects.get().wording_version == "2026-1"
    assert may_contact(ada, "marketing", "email")


def test_a_therapist_writes_a_plan_for_home(page: Page, context: BrowserContext, site: Site, ada: Client) -> None:
    site.sign_in(context, site.therapist_user)
    page.goto(f"{site.url}/staff/clients/{ada.pk}/?section=home-care")
    page.get_by_role("button", name="Write a home plan").click()
    form = page.get_by_role("dialog")
    form.get_by_label("Name").fill("Calf raises")
    form.get_by_label("Times a day").fill("99")
    form.get_by_label("How to do it").fill("Slowly up and down")
    form.get_by_role("button", name="Save the plan").click()
    expect(form.get_by_label("Times a day")).to_be_focused()
    assert_accessible(page)
    form.get_by_label("Times a day").fill("2")
    form.get_by_role("button", name="Save the plan").click()

    expect(page.get_by_role("heading", name="Calf raises")).to_be_visible()
    expect(page.get_by_text("2 times a day")).to_be_visible()
    assert_accessible(page)


def test_measurements_stand_beside_the_ones_before(
    page: Page, context: BrowserContext, site: Site, ada: Client
) -> None:
    make_entry(ada, content=knee(9), author=site.therapist_user)
    make_entry(ada, content=knee(10), author=site.therapist_user)
    site.sign_in(context, site.therapist_user)
    page.goto(f"{site.url}/staff/clients/{ada.pk}/?section=measurements")

    expect(page.get_by_role("heading", name="Knee to wall")).to_be_visible()
    expect(page.get_by_role("row", name="10 cm +1 since 2 Nov, within measurement error")).to_be_visible()
    assert_accessible(page)


def test_pages_fit_a_phone_with_long_names_and_large_text(desk: Page, site: Site) -> None:
    long = make_client(
        first_name=LONG[0],
        last_name=LONG[1],
        email="wilhelmina.featherstonehaugh.cholmondeley@an-extraordinarily-long-domain.example",
        alert_line="A" * 80,
    )
    desk.set_viewport_size({"width": 375, "height": 740})
    for path in ("/staff/clients/", f"/staff/clients/{long.pk}/", f"/staff/clients/{long.pk}/?section=consents"):
        desk.goto(site.url + path)
        expect(desk.get_by_role("heading", level=1)).to_be_visible()
        wait_until_quiet(desk)
        assert_fits(desk)
        assert_accessible(desk)
        desk.evaluate("document.documentElement.style.fontSize = '200%'")
        assert_fits(desk)


def test_a_therapist_confirms_the_address_that_reception_gave(
    page: Page, context: BrowserContext, site: Site, ada: Client
) -> None:
    Client.objects.filter(pk=ada.pk).update(email_needs_confirming=True)
    site.sign_in(context, site.therapist_user)
    page.goto(f"{site.url}/staff/clients/{ada.pk}/")
    notice = page.get_by_text("Reception gave the email address ada@post.example")
    expect(notice).to_be_visible()
    wait_until_quiet(page)
    assert_accessible(page)
    Client.objects.filter(pk=ada.pk).update(email="other@post.example", version=2)
    page.get_by_role("button", name="Confirm the address").click()
    expect(page.get_by_role("log")).to_contain_text("Please look at the address again.")
    expect(page.get_by_text("Reception gave the email address other@post.example")).to_be_visible()
    page.get_by_role("button", name="Confirm the address").click()

    expect(page.get_by_role("log")).to_contain_text("The address is confirmed.")
    expect(page.get_by_role("button", name="Confirm the address")).to_have_count(0)
    expect(page.get_by_role("heading", name="Ada Example")).to_be_focused()
    ada.refresh_from_db()
    assert (ada.email_needs_confirming, ada.version) == (False, 3)


def test_a_therapist_is_shown_an_account_of_another_address(
    page: Page, context: BrowserContext, site: Site, ada: Client
) -> None:
    account = make_user(Role.CLIENT, email="somebody@post.example")
    Client.objects.filter(pk=ada.pk).update(email_needs_confirming=True, user=account)
    site.sign_in(context, site.therapist_user)
    page.set_viewport_size({"width": 375, "height": 740})
    page.goto(f"{site.url}/staff/clients/{ada.pk}/")

    expect(page.get_by_text("The account somebody@post.example stays closed to this record")).to_be_visible()
    expect(page.get_by_role("button", name="Confirm the account")).to_be_visible()
    assert_fits(page)


def test_reception_is_not_asked_to_confirm_an_address(desk: Page, site: Site, ada: Client) -> None:
    Client.objects.filter(pk=ada.pk).update(email_needs_confirming=True)
    desk.goto(f"{site.url}/staff/clients/{ada.pk}/")

    expect(desk.get_by_text("Ring on arrival")).to_be_visible()
    expect(desk.get_by_role("button", name="Confirm the address")).to_have_count(0)


def test_figure_that_is_none_is_told_beside_its_field(
    page: Page, context: BrowserContext, site: Site, ada: Client
) -> None:
    site.sign_in(context, site.therapist_user)
    page.goto(f"{site.url}/staff/clients/{ada.pk}/?section=home-care")
    page.get_by_role("button", name="Write a home plan").click()
    form = page.get_by_role("dialog", name="Write a home plan")
    form.get_by_label("Name").fill("Calf raises")
    form.get_by_label("How to do it").fill("Slowly up and down.")
    form.get_by_label("Times a day").fill("twice")
    form.get_by_role("button", name="Save the plan").click()

    expect(form.get_by_text("This is not a number.")).to_be_visible()
    expect(form.get_by_label("Times a day")).to_be_focused()
    assert not ada.entries.exists()

    form.get_by_label("Times a day").fill("2")
    form.get_by_role("button", name="Save the plan").click()
    expect(page.get_by_text("2 times a day")).to_be_visible()


def test_more_clients_are_shown_and_the_first_of_them_has_the_focus(desk: Page, site: Site) -> None:
    for number in range(30):
        make_client(first_name=f"Number {number}", last_name="Another")
    desk.goto(f"{site.url}/staff/clients/")
    rows = desk.get_by_role("main").get_by_role("listitem")
    expect(rows).to_have_count(25)

    desk.get_by_role("button", name="Show more").click()

    expect(rows).to_have_count(32)
    expect(rows.nth(25).get_by_role("link").first).to_be_focused()


def test_answers_and_marks_are_told_in_words(page: Page, context: BrowserContext, site: Site, ada: Client) -> None:
    store_screening(
        answers={"safety": ["long-morning-stiffness"], "guide": {"answers": {"uneven-shoe-wear": 2}}},
        level="gp",
        source="booking",
        client=ada,
        now=timezone.now(),
    )
    mark = {"view": "left foot plantar", "points": [[0.5, 0.5]], "kind": "pins and needles", "author": "therapist"}
    make_entry(ada, Kind.BODY_CHART, content={"marks": [mark]}, author=site.therapist_user)
    site.sign_in(context, site.therapist_user)
    page.goto(f"{site.url}/staff/clients/{ada.pk}/?section=intake")
    expect(page.get_by_text("highest level: GP or physiotherapist before massage")).to_be_visible()

    page.get_by_role("button", name=re.compile("Open the answers")).click()

    answers = page.get_by_role("list").filter(has_text="How often do your shoes wear down more")
    expect(answers).to_be_focused()
    expect(answers).to_contain_text("often")

    page.goto(f"{site.url}/staff/clients/{ada.pk}/?section=body-charts")
    expect(page.get_by_text("Pins and needles, sole of the left foot")).to_be_visible()
