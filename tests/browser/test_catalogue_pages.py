"""The pages that the server draws whole: what stands on them, and that no name or number of things breaks them."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from clinic.practice.models import Practice
from tests.browser.conftest import Site, assert_accessible
from treatments.models import Treatment

LONG = "Neuromuscular-proprioceptive-facilitation-of-the-gastrocnemius-and-soleus with everything around it"
PHONE = {"width": 375, "height": 800}


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/", "/treatments/calf-release/"])
def test_page_is_accessible_and_fits(page: Page, site: Site, path: str, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")

    for size in (PHONE, {"width": 768, "height": 1000}, {"width": 1440, "height": 900}):
        page.set_viewport_size(size)  # type: ignore[arg-type]  # a TypedDict in the stubs
        page.goto(site.url + path)
        assert overflow(page) <= 0
        assert_accessible(page)


def test_visitor_without_scripts_comes_from_the_first_page_to_a_length_of_a_treatment(
    context: BrowserContext, page: Page, site: Site
) -> None:
    context.route("**/*.js", lambda route: route.abort())
    page.goto(site.url)

    page.get_by_role("link", name="Calf Muscle Release", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Calf Muscle Release")
    expect(page.get_by_role("heading", name="Who should not have it")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="60 minutes")).to_contain_text("£55")
    page.get_by_role("link", name="Book 60 minutes").click()

    assert page.url.endswith("/book/calf-release?minutes=60")


def test_length_on_the_first_page_leads_straight_to_booking_it(page: Page, site: Site) -> None:
    page.goto(site.url)

    page.get_by_role("link", name="Book Glute Activation Massage, 45 minutes £45").click()

    assert page.url.endswith("/book/glute-activation?minutes=45")


def test_menu_leads_to_the_treatments_and_to_the_guide(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/treatments/calf-release/")
    menu = page.get_by_role("navigation", name="Main")

    menu.get_by_role("link", name="Which one?").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Which treatment might suit me?")
    menu.get_by_role("link", name="Treatments").click()
    expect(page.get_by_role("heading", name="Treatments", exact=True)).to_be_in_viewport()


def test_long_names_stay_within_the_page(page: Page, site: Site) -> None:
    Practice.objects.update(name=LONG, tagline=LONG, address=LONG)
    Treatment.objects.update(name=LONG, summary=LONG, tissues=[LONG, LONG], description=LONG)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]

    for path in ("/", "/treatments/calf-release/"):
        page.goto(site.url + path)
        assert overflow(page) <= 0
        assert_accessible(page)


def test_text_of_double_size_stays_within_the_page(page: Page, site: Site) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]

    for path in ("/", "/treatments/calf-release/"):
        page.goto(site.url + path)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert overflow(page) <= 0


def test_overflow_control_sees_what_is_too_wide(page: Page, site: Site) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto(site.url)

    page.evaluate("document.querySelector('h1').style.width = '400px'")
    page.evaluate("document.querySelector('.hero').style.overflow = 'visible'")

    assert overflow(page) > 0


def test_clinic_without_treatments_says_so(page: Page, site: Site) -> None:
    Treatment.objects.update(state=Treatment.State.DRAFT)

    page.goto(site.url)

    expect(page.get_by_text("Online booking is not open yet. Please ring or email us.")).to_be_visible()
    assert_accessible(page)
