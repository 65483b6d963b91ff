"""What every page has."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site


@pytest.mark.parametrize("path", ["/", "/book/", "/guide/", "/account/", "/sign-in/"])
def test_pages_open_without_a_fault(page: Page, site: Site, path: str) -> None:
    page.goto(site.url + path)

    expect(page.get_by_role("banner").get_by_role("link", name="Muscle Therapy By Tom")).to_be_visible()
