"""What search engines and shared links are told of the clinic."""

from __future__ import annotations

import json
from datetime import date, time
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from pytest_django import Settings

from bookings.hours import join_stretches
from bookings.models import Location, Therapist, WorkingHours
from bookings.services.places import add_therapist
from clinic.practice.models import Practice
from clinic.web.headings import fit_headings
from clinic.web.opening_words import open_days
from clinic.web.structured_data import as_json
from clinic.web.texts import fill
from treatments.models import Treatment, TreatmentOption

pytestmark = pytest.mark.django_db
SITE = "https://clinic.example"
HOSTILE = '</script><script>alert("1")</script><!--\u2028'


@pytest.fixture(autouse=True)
def clinic(settings: Settings) -> Practice:
    settings.SITE_URL = SITE
    settings.ALLOWED_HOSTS = ["testserver"]
    return Practice.objects.create(
        pk=1, name="Muscle & Bone", tagline="Knees from the feet up", phone="+442079460958",
        email="hello@example.org", address="The Gym\nSlough",
    )  # fmt: skip


@pytest.fixture
def calf() -> Treatment:
    treatment = Treatment.objects.create(
        slug="calf", name="Calf", summary="Slow and “deep”.", state=Treatment.State.PUBLISHED
    )
    TreatmentOption.objects.create(treatment=treatment, minutes=45, price="47.50")
    TreatmentOption.objects.create(treatment=treatment, minutes=60, price="55.00")
    return treatment


class Reader(HTMLParser):
    """The head of a page as a browser reads it: `meta` by name or property, and what is in data scripts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.meta: dict[str, str] = {}
        self.canonical = ""
        self.data: list[dict[str, Any]] = []
        self._is_in_data = False
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        names = {name: value or "" for name, value in attributes}
        if tag == "meta" and (key := names.get("property") or names.get("name")):
            self.meta[key] = names["content"]
        if tag == "link" and names.get("rel") == "canonical":
            self.canonical = names["href"]
        self._is_in_data = tag == "script" and names.get("type") == "application/ld+json"

    def handle_data(self, data: str) -> None:
        if self._is_in_data:
            self.data.append(json.loads(data))
            self._is_in_data = False


def read(path: str) -> Reader:
    return Reader(Client().get(path).content.decode())


def test_treatment_is_told_to_those_who_share_its_link(calf: Treatment) -> None:
    head = read("/treatments/calf/")

    assert head.canonical == f"{SITE}/treatments/calf/"
    assert head.meta["description"] == head.meta["og:description"] == "Slow and “deep”."
    assert head.meta["og:title"] == "Calf · Muscle & Bone"
    assert head.meta["og:url"] == head.canonical
    assert head.meta["og:site_name"] == "Muscle & Bone"
    assert head.meta["og:locale"] == "en_GB"
    assert head.meta["twitter:card"] == "summary"
    assert "og:image" not in head.meta


def test_picture_is_told_with_its_words_and_its_whole_address(
    calf: Treatment, settings: Settings, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    calf.image_alt = "Two hands on a calf"
    calf.image.save("calf.webp", ContentFile(b"RIFF"))

    head = read("/treatments/calf/")

    assert head.meta["og:image"] == f"{SITE}/media/treatments/calf.webp"
    assert head.meta["og:image:alt"] == "Two hands on a calf"
    assert head.meta["twitter:card"] == "summary_large_image"


@pytest.mark.parametrize(
    ("path", "canonical"),
    [
        ("/", "/"),
        ("/?from=a-friend", "/"),
        ("/guide/", "/guide/"),
        ("/book/", "/book/"),
        ("/book/calf/", "/book/calf"),
        ("/book/calf?minutes=60", "/book/calf"),
        ("/book/no-such/", "/book/"),
    ],
)
def test_page_has_one_address_however_it_was_reached(calf: Treatment, path: str, canonical: str) -> None:
    assert read(path).canonical == SITE + canonical


@pytest.mark.parametrize("path", ["/embed/book/", "/manage/ABC123", "/account/", "/sign-in/"])
def test_pages_that_are_not_listed_say_so(path: str) -> None:
    head = read(path)

    assert head.meta["robots"] == "noindex"
    assert head.canonical == ""


def test_service_has_an_offer_for_each_length(calf: Treatment) -> None:
    (service,) = read("/treatments/calf/").data

    assert service["@type"] == "Service"
    assert service["provider"]["@id"] == f"{SITE}/#clinic"
    assert [
        (
            offer["price"],
            offer["priceCurrency"],
            offer["url"],
            offer["priceSpecification"]["referenceQuantity"]["value"],
        )
        for offer in service["offers"]
    ] == [
        ("47.50", "GBP", f"{SITE}/book/calf?minutes=45", 45),
        ("55.00", "GBP", f"{SITE}/book/calf?minutes=60", 60),
    ]


def test_business_is_where_and_when_it_is_open_and_claims_nothing_medical() -> None:
    location = Location.objects.create(name="The Gym")
    tom = add_therapist(Therapist(name="Tom", slug="tom"))
    for weekday in (0, 1, 2):
        WorkingHours.objects.create(therapist=tom, location=location, weekday=weekday, starts=time(7), ends=time(11))
    WorkingHours.objects.create(therapist=tom, location=location, weekday=5, starts=time(20), ends=time(0))

    page = Client().get("/").content.decode()
    (business,) = Reader(page).data

    assert business["@type"] == "HealthAndBeautyBusiness"
    assert business["@id"] == f"{SITE}/#clinic"
    assert business["telephone"] == "+442079460958"
    assert business["address"] == "The Gym, Slough"
    assert [(each["dayOfWeek"], each["opens"], each["closes"]) for each in business["openingHoursSpecification"]] == [
        (["Monday", "Tuesday", "Wednesday"], "07:00", "11:00"),
        (["Saturday"], "20:00", "23:59"),
    ]
    assert "Medical" not in json.dumps(business)
    assert "Monday to Wednesday" in page
    assert "20:00 to 24:00" in page


def test_hours_of_those_who_cannot_be_booked_or_are_no_more_in_force_are_not_shown() -> None:
    location = Location.objects.create(name="The Gym")
    gone = add_therapist(Therapist(name="Gone", slug="gone", is_bookable=False))
    tom = add_therapist(Therapist(name="Tom", slug="tom"))
    hours = {"location": location, "weekday": 0, "starts": time(7), "ends": time(11)}
    WorkingHours.objects.create(therapist=gone, **hours)
    WorkingHours.objects.create(therapist=tom, **hours | {"valid_until": date(2020, 1, 1)})

    assert "openingHoursSpecification" not in read("/").data[0]


def test_owner_s_words_stay_data() -> None:
    """The text of a script element ends at the first `</script`, whatever it stands in."""
    Practice.objects.update(name=HOSTILE, tagline=HOSTILE)

    page = Client().get("/").content.decode()
    (business,) = Reader(page).data

    assert business["name"] == business["description"] == HOSTILE
    assert page.count("<script") == page.count("</script>") == 1


def test_data_control_would_end_early_without_its_escapes() -> None:
    assert len(Reader(f'<script type="application/ld+json">{as_json({"name": HOSTILE})}</script>').data) == 1
    with pytest.raises(json.JSONDecodeError):
        Reader(f'<script type="application/ld+json">{json.dumps({"name": HOSTILE})}</script>')


def test_sitemap_lists_what_is_published_under_the_site_s_own_address(calf: Treatment) -> None:
    Treatment.objects.create(slug="secret", name="Secret", summary="s")

    answer = Client().get("/sitemap.xml")
    found = ET.fromstring(answer.content)  # our own
    places = [element.text for element in found.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]

    assert answer.headers["Content-Type"] == "application/xml; charset=utf-8"
    assert places == [f"{SITE}{path}" for path in ("/", "/guide/", "/book/", "/treatments/calf/")]
    assert f"Sitemap: {SITE}/sitemap.xml" in Client().get("/robots.txt").content.decode()


@pytest.mark.parametrize(
    ("stretches", "joined"),
    [
        ([], []),
        ([(540, 600), (420, 500)], [(420, 500), (540, 600)]),
        ([(420, 600), (600, 660)], [(420, 660)]),
        ([(420, 700), (500, 600), (650, 720)], [(420, 720)]),
    ],
)
def test_stretches_that_meet_are_one(stretches: list[tuple[int, int]], joined: list[tuple[int, int]]) -> None:
    assert join_stretches(stretches) == joined


def test_days_are_told_together_only_where_they_follow_each_other_with_the_same_hours() -> None:
    day, short = [(540, 1020)], [(540, 720)]

    lines = open_days({0: day, 1: day, 2: short, 4: short, 5: short})

    assert [(line.days, line.times) for line in lines] == [
        ("Monday to Tuesday", "09:00 to 17:00"),
        ("Wednesday", "09:00 to 12:00"),
        ("Friday to Saturday", "09:00 to 12:00"),
    ]


@pytest.mark.parametrize(
    ("html", "fitted"),
    [
        ("<h4>a</h4><h4>b</h4>", "<h3>a</h3><h3>b</h3>"),
        ("<h2>a</h2><h5>b</h5><h3>c</h3>", "<h3>a</h3><h4>b</h4><h4>c</h4>"),
        ("<h5>a</h5><h2>b</h2><h5>c</h5>", "<h3>a</h3><h3>b</h3><h4>c</h4>"),
        ("<p>no heading</p>", "<p>no heading</p>"),
    ],
)
def test_headings_fit_below_the_page_s_own(html: str, fitted: str) -> None:
    assert fit_headings(html, below=2) == fitted


def test_filled_in_values_are_not_filled_in_again() -> None:
    assert fill("{name}, {n} minutes, {odd}", name="{n}", n=30) == "{n}, 30 minutes, {odd}"
