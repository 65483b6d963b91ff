"""What every page has."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Site, skip_to_main


@pytest.mark.parametrize("path", ["/", "/book/", "/guide/", "/account/", "/sign-in/"])
def test_pages_open_without_a_fault(page: Page, site: Site, path: str) -> None:
    page.goto(site.url + path)

    expect(page.get_by_role("banner").get_by_role("link", name="Muscle Therapy By Tom")).to_be_visible()


def test_way_past_the_menu_stays_on_the_staffs_screen(page: Page, context: BrowserContext, site: Site) -> None:
    site.sign_in(context, site.therapist_user)
    page.goto(f"{site.url}/staff/clients/?status=active")
    expect(page.get_by_role("heading", name="Clients")).to_be_visible()

    skip_to_main(page)

    expect(page.get_by_role("heading", name="Clients")).to_be_visible()


def test_staff_reach_their_account_and_sign_out_on_a_phone(page: Page, context: BrowserContext, site: Site) -> None:
    site.sign_in(context, site.therapist_user)
    page.set_viewport_size({"width": 375, "height": 812})
    page.goto(f"{site.url}/staff/")
    menu = page.get_by_role("banner")
    expect(menu.get_by_role("link", name="Messages")).to_be_in_viewport(ratio=1)
    expect(menu.get_by_role("link", name="Account")).to_be_in_viewport(ratio=1)
    menu.get_by_role("link", name="Account").click()

    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
