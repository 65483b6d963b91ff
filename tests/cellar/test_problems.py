"""One error shape, for every kind of refusal."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404
from django.test import Client as HttpClient
from rest_framework import exceptions
from rest_framework.exceptions import ErrorDetail

from bookings.errors import SlotTaken
from clinic.api.problems import answer_with_problem, errors_by_field, status_of
from clinic.errors import Busy, DomainError, ErrorCode, InvalidInput, NotFound


def answer(error: Exception) -> Any:
    found = answer_with_problem(error, {})
    assert found is not None
    assert found.content_type == "application/problem+json"
    assert {"type", "title", "status", "detail", "code"} <= set(found.data)
    assert found.data["status"] == found.status_code
    return found


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (NotFound(), 404, "not_found"),
        (SlotTaken(), 409, "slot_taken"),
        (InvalidInput.field("email", "No."), 400, "invalid_input"),
        (Http404(), 404, "not_found"),
        (PermissionDenied(), 403, "not_allowed"),
        (RequestDataTooBig(), 413, "too_large"),
        (exceptions.NotAuthenticated(), 401, "not_signed_in"),
        (exceptions.MethodNotAllowed("PUT"), 405, "method_not_allowed"),
        (exceptions.Throttled(wait=3), 429, "throttled"),
        (exceptions.UnsupportedMediaType("text/plain"), 415, "unsupported_media_type"),
    ],
)
@pytest.mark.django_db
def test_problem_has_its_status_and_code(error: Exception, status: int, code: str) -> None:
    found = answer(error)
    assert (found.status_code, found.data["code"]) == (status, code)


@pytest.mark.django_db
def test_problem_carries_the_data_of_its_error() -> None:
    assert answer(SlotTaken(alternatives=[1])).data["alternatives"] == [1]


@pytest.mark.django_db
def test_problem_of_input_names_fields() -> None:
    found = answer(InvalidInput.field("email", "No.", code="no_good"))
    assert found.data["errors"] == {"email": [{"code": "no_good", "message": "No."}]}


@pytest.mark.parametrize(("error", "header"), [(Busy(), "2"), (exceptions.Throttled(wait=3.2), "4")])
@pytest.mark.django_db
def test_problem_that_passes_says_when_to_come_back(error: Exception, header: str) -> None:
    assert answer(error)["Retry-After"] == header


def test_unknown_exception_is_left_to_django() -> None:
    assert answer_with_problem(RuntimeError("secret"), {}) is None


def test_every_code_has_a_status_below_500_or_is_a_passing_state() -> None:
    for code in ErrorCode:
        error = type("Example", (DomainError,), {"code": code})()
        assert 400 <= status_of(error) < 500 or code in {ErrorCode.BUSY, ErrorCode.SEALED_UNREADABLE}


def test_nested_details_become_a_flat_map() -> None:
    detail = {
        "client": {"email": [ErrorDetail("Bad.", code="invalid")]},
        "options": [{}, {"price": [ErrorDetail("Bad.", code="min_value")]}],
        "non_field_errors": [ErrorDetail("Together bad.", code="clash")],
    }
    assert errors_by_field(detail) == {
        "client.email": [{"code": "invalid", "message": "Bad."}],
        "options[1].price": [{"code": "min_value", "message": "Bad."}],
        "body": [{"code": "clash", "message": "Together bad."}],
    }


def test_address_that_is_not_there_answers_in_the_same_shape() -> None:
    found = HttpClient().get("/api/v1/no-such-thing/")
    assert (found.status_code, found.json()["code"]) == (404, "not_found")
    assert found["Content-Type"] == "application/problem+json"
