"""The catalogue as everybody reads it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client as Browser
from pytest_django import DjangoAssertNumQueries

from clinic.errors import InvalidInput
from clinic.practice.models import Practice
from tests.factories import make_user
from treatments.models import Treatment, TreatmentOption
from treatments.selectors import get_option

LIST = "/api/v1/treatments/"


@pytest.fixture(autouse=True)
def practice(db: None) -> Practice:
    return Practice.objects.create(pk=1, name="Test clinic", currency="GBP")


def make_treatment(slug: str, *, lengths: tuple[int, ...] = (30, 60), **fields: object) -> Treatment:
    values: dict[str, object] = {"name": slug.title(), "summary": "Short.", "state": "published", **fields}
    treatment = Treatment.objects.create(slug=slug, **values)
    for minutes in lengths:
        TreatmentOption.objects.create(treatment=treatment, minutes=minutes, price=Decimal(minutes), label="Half")
    return treatment


def test_list_published_treatment_shows_everything_a_client_needs(client: Browser) -> None:
    make_treatment(
        "calves",
        lengths=(60, 30),
        description="Firm *work*.",
        tissues=["soleus"],
        what_to_wear="Shorts.",
        aftercare="- Walk.",
        not_for="A **swollen** calf.",
        image_alt="",
    )

    response = client.get(LIST)

    assert response.status_code == 200
    assert response.json() == [
        {
            "slug": "calves",
            "name": "Calves",
            "summary": "Short.",
            "description": "Firm *work*.",
            "description_html": "<p>Firm <em>work</em>.</p>",
            "tissues": ["soleus"],
            "what_to_wear": "Shorts.",
            "what_to_wear_html": "<p>Shorts.</p>",
            "aftercare": "- Walk.",
            "aftercare_html": "<ul>\n<li>Walk.</li>\n</ul>",
            "not_for": "A **swollen** calf.",
            "not_for_html": "<p>A <strong>swollen</strong> calf.</p>",
            "image": None,
            "image_alt": "",
            "minimum_age": 16,
            "is_for_new_clients": True,
            "options": [
                {
                    "minutes": 30,
                    "price": "30.00",
                    "currency": "GBP",
                    "label": "Half",
                    "is_first_visit_only": False,
                },
                {
                    "minutes": 60,
                    "price": "60.00",
                    "currency": "GBP",
                    "label": "Half",
                    "is_first_visit_only": False,
                },
            ],
        }
    ]


def test_list_drafts_are_left_out_and_the_owners_order_holds(client: Browser) -> None:
    make_treatment("second", position=2)
    make_treatment("first", position=1)
    make_treatment("hidden", position=0, state="draft")

    assert [one["slug"] for one in client.get(LIST).json()] == ["first", "second"]


@pytest.mark.parametrize("rows", [1, 3])
def test_list_costs_three_queries_however_many_rows(
    client: Browser, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    for number in range(rows):
        make_treatment(f"t{number}", lengths=tuple(range(30, 30 + 5 * rows, 5)))
    with django_assert_num_queries(3):  # treatments, options, the clinic's currency
        assert len(client.get(LIST).json()) == rows


def test_list_follows_the_clinics_currency(client: Browser, practice: Practice) -> None:
    make_treatment("calves", lengths=(30,))
    Practice.objects.update(currency="EUR")
    assert client.get(LIST).json()[0]["options"][0]["currency"] == "EUR"


def test_detail_published_treatment_reads_as_in_the_list(
    client: Browser, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_treatment("calves")
    with django_assert_num_queries(3):
        detail = client.get(f"{LIST}calves/")
    assert detail.status_code == 200
    assert detail.json() == client.get(LIST).json()[0]


@pytest.mark.parametrize("role", [None, "client", "receptionist", "therapist", "owner"])
@pytest.mark.parametrize("slug", ["draft", "unheard-of"])
def test_detail_draft_and_unknown_answer_alike_for_everybody(client: Browser, role: str | None, slug: str) -> None:
    make_treatment("draft", state="draft")
    if role:
        client.force_login(make_user(role), backend="allauth.account.auth_backends.AuthenticationBackend")

    response = client.get(f"{LIST}{slug}/")

    assert response.status_code == 404
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "not_found"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("path", [LIST, f"{LIST}calves/"])
def test_writing_through_the_public_calls_is_refused(client: Browser, method: str, path: str) -> None:
    treatment = make_treatment("calves")
    response = getattr(client, method)(path, data={"name": "Mine"}, content_type="application/json")
    assert response.status_code == 405
    assert response.json()["code"] == "method_not_allowed"
    assert Treatment.objects.get().name == treatment.name


def test_list_may_be_kept_for_a_minute_and_asked_for_by_its_tag(client: Browser) -> None:
    make_treatment("calves")
    first = client.get(LIST)
    assert first.headers["Cache-Control"] == "public, no-cache"

    again = client.get(LIST, headers={"if-none-match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["Cache-Control"] == "public, no-cache"

    TreatmentOption.objects.update(price=99)
    changed = client.get(LIST, headers={"if-none-match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert changed.json()[0]["options"][0]["price"] == "99.00"


def test_error_is_never_kept(client: Browser) -> None:
    assert client.get(f"{LIST}unheard-of/").headers["Cache-Control"] == "no-store"


def test_list_hostile_description_arrives_harmless(client: Browser) -> None:
    make_treatment("calves", description="<script>alert(1)</script>[x](javascript:alert(1))")
    assert client.get(LIST).json()[0]["description_html"] == ('<p><a rel="noopener noreferrer nofollow">x</a></p>')


# --- What bookings ask ----------------------------------------------------------------------------


def test_get_option_published_length_costs_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    make_treatment("calves")
    with django_assert_num_queries(1):
        option = get_option(slug="calves", minutes=60)
        assert (option.treatment.name, option.minutes, option.price) == ("Calves", 60, Decimal(60))


@pytest.mark.parametrize("slug", ["unheard-of", "draft", ""])
def test_get_option_unknown_or_hidden_treatment_is_refused_by_name(slug: str) -> None:
    make_treatment("draft", state="draft")
    with pytest.raises(InvalidInput) as refused:
        get_option(slug=slug, minutes=60)
    assert refused.value.errors == {
        "treatment": [{"code": "unknown_treatment", "message": "There is no such treatment to book."}]
    }


@pytest.mark.parametrize("minutes", [45, 0, -60, 10**12])
def test_get_option_length_it_does_not_come_in_is_refused_by_name(minutes: int) -> None:
    make_treatment("calves")
    with pytest.raises(InvalidInput) as refused:
        get_option(slug="calves", minutes=minutes)
    assert refused.value.errors == {
        "minutes": [{"code": "unknown_length", "message": "This treatment comes in 30, 60 minutes."}]
    }
