"""Made-up calls as every role, in the short form. The long one: `python -m tests.schema.fuzz`."""

from __future__ import annotations

from unittest.mock import Mock

import pytest
from rest_framework.exceptions import APIException, NotFound

from tests.access.callers import ROLES, Caller
from tests.access.world import World
from tests.schema.made_up import fuzz, load_schema

pytestmark = pytest.mark.django_db

CASES = 100
CLINIC = "/api/v1/clinic/"
SEED = 20270104


@pytest.mark.parametrize("role", ROLES)
def test_made_up_calls_are_answered_as_the_document_says(role: str, world: World, callers: dict[str, Caller]) -> None:
    report = fuzz(callers[role], world, cases=CASES, seed=SEED)

    assert report.cases >= CASES * 3 // 4  # an address without parameters has only so many calls
    assert report.failures == {}, "\n".join(report.lines())


class Teapot(APIException):
    status_code = 418


def faults_found(world: World, callers: dict[str, Caller]) -> list[str]:
    return sorted(fuzz(callers["anonymous"], world, cases=2, seed=SEED, only=CLINIC).failures)


@pytest.mark.parametrize(
    ("fault", "kind"), [(RuntimeError("a fault"), "500 ServerError"), (Teapot(), "418 UndefinedStatusCode")]
)
def test_failing_view_control_is_noticed(
    fault: Exception, kind: str, world: World, callers: dict[str, Caller], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bookings.views.clinic.describe_clinic", Mock(side_effect=fault))

    assert f"GET {CLINIC}: {kind}" in faults_found(world, callers)


def test_answer_of_another_shape_control_is_noticed(
    world: World, callers: dict[str, Caller], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bookings.views.clinic.describe_clinic", lambda now: {"name": None})

    assert f"GET {CLINIC}: 200 JsonSchemaError" in faults_found(world, callers)


def test_problem_without_a_code_control_is_noticed(
    world: World, callers: dict[str, Caller], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bookings.views.clinic.describe_clinic", Mock(side_effect=NotFound))
    monkeypatch.setattr("clinic.api.problems._CODE_OF", {404: ""})

    assert f"GET {CLINIC}: 404 CustomFailure" in faults_found(world, callers)


def test_document_has_every_operation_of_the_api(world: World) -> None:
    assert sum(1 for _ in load_schema().get_all_operations()) >= 80
