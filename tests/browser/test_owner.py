"""The owner edits a treatment in the admin site, and visitors see it at once."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.booking_page import times
from tests.browser.conftest import Site
from treatments.models import Treatment

PASSWORD = "a long enough phrase"


def test_owner_edits_a_treatment_and_clients_see_it(page: Page, site: Site) -> None:
    site.owner.set_password(PASSWORD)
    site.owner.save()
    page.goto(f"{site.url}/sign-in/?next=/staff/")
    page.get_by_label("Email address").first.fill(site.owner.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in with password").click()
    page.wait_for_url(f"{site.url}/staff/")
    page.get_by_role("link", name="Admin site").click()
    page.get_by_role("link", name="Treatments").first.click()
    page.get_by_role("link", name="Calf Muscle Release").click()

    page.get_by_label("Summary").fill("Deep and slow, for tired legs.")
    hour = Treatment.objects.get(slug="calf-release").options.get(minutes=60)
    name = page.locator(f"input[name^='options-'][name$='-id'][value='{hour.pk}']").get_attribute("name") or ""
    page.locator(f"#id_{name.removesuffix('-id')}-price").fill("61.50")
    page.get_by_text("The visit", exact=True).click()
    page.locator("#id_what_to_wear").fill("Shorts, and nothing tight.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()

    page.goto(f"{site.url}/treatments/calf-release/")
    expect(page.get_by_text("Deep and slow, for tired legs.")).to_be_visible()
    expect(page.get_by_text("Shorts, and nothing tight.")).to_be_visible()
    expect(page.get_by_text("£61.50")).to_be_visible()
    page.goto(f"{site.url}/book/calf-release?minutes=60")
    expect(page.get_by_role("complementary").get_by_text("60 minutes, £61.50")).to_be_visible()
    expect(times(page).first).to_be_enabled()


def test_a_treatment_that_is_taken_off_is_gone_for_visitors(page: Page, context: BrowserContext, site: Site) -> None:
    site.sign_in(context, site.owner)
    treatment = Treatment.objects.get(slug="calf-release")
    page.goto(f"{site.url}/admin/treatments/treatment/{treatment.pk}/change/")
    page.get_by_label("State").select_option("draft")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()

    page.goto(f"{site.url}/treatments/calf-release/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Page not found")
    page.goto(f"{site.url}/book/")
    expect(page.get_by_role("article")).to_have_count(4)


def test_the_admin_site_leads_back_to_the_diary_and_only_the_owner_to_it(
    page: Page, context: BrowserContext, site: Site
) -> None:
    site.sign_in(context, site.owner)
    page.goto(f"{site.url}/admin/")
    page.get_by_role("link", name="Today and the diary").click()
    expect(page.get_by_role("link", name="Admin site")).to_be_visible()

    site.sign_in(context, site.therapist_user)
    page.goto(f"{site.url}/staff/")
    expect(page.get_by_role("link", name="Diary", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Admin site")).to_have_count(0)
