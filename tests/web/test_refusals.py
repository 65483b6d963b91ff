"""What a browser is shown when there is no page: the clinic's frame with a way on; programs get plain words."""

from __future__ import annotations

import html
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client, RequestFactory
from pytest_django import DjangoAssertNumQueries

from clinic.practice.models import Practice
from clinic.web import refusals
from clinic.web.texts import texts

BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture(autouse=True)
def practice(db: None) -> Practice:
    return Practice.objects.create(pk=1, name="Muscle & Bone", phone="+442079460958")


def words_of(key: str) -> str:
    return html.escape(texts()["refusals"][key]["title"])


@pytest.mark.parametrize("path", ["/nonsense/", "/treatments/no-such/", "/account/nonsense", "/admin2/"])
def test_a_browser_is_shown_a_page_with_a_way_on(path: str) -> None:
    answer = Client().get(path, headers=BROWSER)

    text = answer.content.decode()
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert f"<h1>{words_of('404')}</h1>" in text
    assert "Muscle &amp; Bone" in text
    assert 'href="/book/"' in text
    assert 'href="tel:+44-20-7946-0958"' in text
    assert '<meta name="robots" content="noindex">' in text
    assert answer.headers["Cache-Control"] == "no-store"


def test_nothing_of_the_address_is_repeated() -> None:
    answer = Client().get("/<script>alert(1)</script>/", headers=BROWSER)

    assert "alert(1)" not in answer.content.decode()


@pytest.mark.parametrize(
    ("path", "accept"),
    [("/nonsense/", "*/*"), ("/nonsense/", ""), ("/static/no-such.js", BROWSER["accept"])],
)
def test_what_asks_for_no_page_gets_one_line(path: str, accept: str) -> None:
    answer = Client().get(path, headers={"accept": accept})

    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/plain")
    assert answer.content == b"Not found. There is nothing at this address.\n"


def test_the_api_answers_with_a_problem_whoever_asks() -> None:
    answer = Client().get("/api/v1/nonsense/", headers=BROWSER)

    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "not_found"


def test_a_stale_form_is_told_apart_from_a_place_for_others(practice: Practice) -> None:
    client = Client(enforce_csrf_checks=True)

    answer = client.post("/admin/login/", {"username": "x", "password": "y"}, headers=BROWSER)

    assert answer.status_code == 403
    assert words_of("stale") in answer.content.decode()


def test_an_unreadable_address_is_told_so(practice: Practice) -> None:
    request = RequestFactory().get("/", headers=BROWSER)

    answer = refusals.bad_request(request, Exception())

    assert answer.status_code == 400
    assert words_of("400") in answer.content.decode()


def test_a_fault_is_told_without_the_database(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    request = RequestFactory().get("/staff/", headers=BROWSER)

    with django_assert_num_queries(0):
        answer = refusals.server_error(request)

    assert answer.status_code == 500
    assert words_of("500") in answer.content.decode()


def test_without_the_database_a_refusal_is_still_an_answer() -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise OperationalError

    request = RequestFactory().get("/nonsense/", headers=BROWSER)
    with connection.execute_wrapper(fail):
        answer = refusals.not_found(request, Exception())

    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/plain")
