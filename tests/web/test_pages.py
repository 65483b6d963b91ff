from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from clinic.practice.models import Practice
from treatments.models import Treatment, TreatmentOption

PAGES = ("/", "/treatments/calf/", "/guide/", "/book/", "/manage/ABC123", "/sign-in/", "/set-password/")
HOSTILE = '<script>alert(1)</script>"onload="x'


@pytest.fixture(autouse=True)
def practice(db: None) -> Practice:
    return Practice.objects.create(pk=1, name="Muscle & Bone", phone="+442079460958", email="hello@example.org")


@pytest.fixture(autouse=True)
def calf(practice: Practice) -> Treatment:
    return make_treatment()


def make_treatment(slug: str = "calf", *, state: str = Treatment.State.PUBLISHED, **fields: Any) -> Treatment:
    values = {
        "name": slug.title(), "summary": "Slow and deep.", "description": "From below the knee.", "tissues": ["soleus"],
        "what_to_wear": "Shorts.", "aftercare": "Drink as usual.", "not_for": "A swollen leg.",
    } | fields  # fmt: skip
    treatment = Treatment.objects.create(slug=slug, state=state, **values)
    TreatmentOption.objects.create(treatment=treatment, minutes=30, price="35.00")
    TreatmentOption.objects.create(treatment=treatment, minutes=60, price="57.50")
    return treatment


def page(path: str) -> str:
    answer = Client().get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_home_says_what_this_is_and_leads_to_the_api_and_the_admin() -> None:
    text = page("/")

    assert "Muscle &amp; Bone" in text
    for link in ("/api/v1/docs/", "/api/v1/schema/", "/api/v1/guide/", "/admin/", "/sign-in/", "/book/"):
        assert f'href="{link}"' in text


def test_home_lists_published_treatments_with_length_and_price() -> None:
    make_treatment("secret", state=Treatment.State.DRAFT)

    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page("/")))

    assert "30 minutes £35" in text
    assert "60 minutes £57.50" in text
    assert "Secret" not in text


@pytest.mark.parametrize("count", [1, 3])
def test_home_takes_as_many_queries_for_one_treatment_as_for_three(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count - 1):
        make_treatment(f"treatment-{number}")

    with django_assert_num_queries(6):  # clinic, hours, treatments, lengths, therapists, locations
        Client().get("/")


@pytest.mark.parametrize("count", [1, 3])
def test_treatment_page_takes_as_many_queries_for_one_treatment_as_for_three(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count - 1):
        make_treatment(f"treatment-{number}")

    with django_assert_num_queries(5):  # clinic, treatments, lengths, therapists, hours
        Client().get("/treatments/calf/")


def test_home_without_treatments_says_what_to_do() -> None:
    Treatment.objects.all().delete()

    assert "Online booking is not open yet" in page("/")


def test_treatment_page_says_all_that_the_owner_wrote_and_leads_to_each_length() -> None:
    text = page("/treatments/calf/")

    for words in ("From below the knee.", "Shorts.", "Drink as usual.", "A swollen leg.", "soleus", "16 and over"):
        assert words in text
    assert 'href="/book/calf/?minutes=30"' in text or 'href="/book/calf?minutes=30"' in text
    assert "£57.50" in text


def test_draft_has_no_page() -> None:
    make_treatment("secret", state=Treatment.State.DRAFT)

    assert Client().get("/treatments/secret/").status_code == 404


def test_headings_of_the_owner_s_texts_leave_no_level_out() -> None:
    Treatment.objects.update(description="### Small first\n\n# Large\n\n### Small")

    text = page("/treatments/calf/")

    assert re.findall(r"<h(\d)>(Small first|Large|Small)<", text) == [
        ("3", "Small first"),
        ("3", "Large"),
        ("4", "Small"),
    ]


def test_owner_s_words_are_shown_as_words() -> None:
    Practice.objects.update(name=HOSTILE, tagline=HOSTILE, address=HOSTILE)
    texts = ("name", "summary", "description", "what_to_wear", "aftercare", "not_for", "image_alt")
    Treatment.objects.update(tissues=[HOSTILE], **dict.fromkeys(texts, HOSTILE))

    for path in PAGES:
        text = page(path)
        assert "<script>alert" not in text
        reader = Inline()
        reader.feed(text)
        assert reader.found == []


class Inline(HTMLParser):
    """Finds what the content policy would refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        names = dict(attributes)
        # Data in a script element is no script: no policy stops it, and no browser runs it.
        is_data = names.get("type") == "application/ld+json"
        if tag == "style" or (tag == "script" and "src" not in names and not is_data):
            self.found.append(tag)
        self.found += [name for name in names if name == "style" or name.startswith("on")]


@pytest.mark.parametrize("path", PAGES)
def test_pages_keep_to_the_strict_content_policy(path: str) -> None:
    reader = Inline()

    answer = Client().get(path)
    reader.feed(answer.content.decode())

    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert reader.found == []


def test_inline_control_finds_what_the_policy_refuses() -> None:
    reader = Inline()

    reader.feed('<style></style><script>1</script><script type="module">1</script><p style="" onclick="x">')

    assert reader.found == ["style", "script", "script", "style", "onclick"]


@pytest.mark.parametrize("path", PAGES)
def test_pages_name_only_files_that_are_there(path: str) -> None:
    names = re.findall(r'"/static/([^"#]+)', page(path))

    assert names
    assert all(finders.find(name) for name in names)


@pytest.mark.parametrize("path", PAGES)
def test_pages_have_a_language_a_title_and_one_main_heading(path: str) -> None:
    text = page(path)

    assert '<html lang="en-GB">' in text
    assert re.search(r"<title>[^<]*Muscle &amp; Bone</title>", text)
    assert len(re.findall(r"<h1[ >]", text)) == 1


@pytest.mark.parametrize("path", PAGES)
def test_pages_take_no_other_method(path: str) -> None:
    assert Client(enforce_csrf_checks=False).post(path).status_code == 405


@pytest.mark.parametrize("path", PAGES)
def test_pages_need_no_session(path: str) -> None:
    """Nothing about the visitor is asked or kept, but for the CSRF cookie of pages that send something."""
    answer = Client().get(path)

    assert set(answer.cookies) == (set() if path in {"/", "/treatments/calf/"} else {"csrftoken"})


@pytest.mark.parametrize("path", ["/manage/ABC123", "/sign-in/", "/set-password/"])
def test_private_pages_are_neither_kept_nor_listed(path: str) -> None:
    answer = Client().get(path)

    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert f"Disallow: {path.split('/')[1].join('//')}" in Client().get("/robots.txt").content.decode()


@pytest.mark.parametrize(
    ("asked", "next_place"),
    [
        ("/staff/", "/staff/"),
        ("/staff/clients/?q=Ada%20Example", "/staff/clients/"),
        ("/staff/clients/4/?note=7&q=Ada", "/staff/clients/4/%3Fnote%3D7"),
        ("/staff/diary/?view=day&day=2026-11-24", "/staff/diary/%3Fview%3Dday%26day%3D2026-11-24"),
    ],
)
def test_stranger_to_the_staffs_screens_signs_in_and_comes_back_and_no_name_goes_along(
    asked: str, next_place: str
) -> None:
    answer = Client().get(asked)

    assert (answer.status_code, answer.headers["Location"]) == (302, f"/sign-in/?next={next_place}")


def test_manage_page_is_alike_for_every_reference() -> None:
    """It does not say whether there is such a booking."""
    one, other = page("/manage/ABC123"), page("/manage/ZZZ999/")

    assert one.replace("ABC123", "") == other.replace("ZZZ999/", "").replace("ZZZ999", "")


@pytest.mark.parametrize("reference", ["a%22b", "a'b", "%3Cscript%3E", "a b", "x" * 33, ".."])
def test_manage_page_takes_only_what_can_be_a_reference(reference: str) -> None:
    assert Client().get(f"/manage/{reference}").status_code == 404


def test_favicon_leads_to_a_picture_that_is_there() -> None:
    location = Client().get("/favicon.ico").headers["Location"]

    assert finders.find(location.removeprefix("/static/"))


def test_colours_of_the_clinic_are_a_style_sheet() -> None:
    Practice.objects.update(colour="#ffee00")

    answer = Client().get("/colours.css")

    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    assert "--brand: #ffee00" in answer.content.decode()
    assert "--on-brand: #000000" in answer.content.decode()
