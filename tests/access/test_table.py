"""The whole site against the table: every address, method, role and case, with real requests."""

from __future__ import annotations

import pytest

from tests.access.callers import Caller
from tests.access.calls import differences
from tests.access.routes import VERBS, Route, all_routes
from tests.access.table import load_table, row_for
from tests.access.world import World

pytestmark = pytest.mark.django_db

TABLE = load_table()
ROUTES = {route.pattern: route for route in all_routes() if not route.model_page}


def test_table_has_every_address_and_no_other() -> None:
    assert sorted(ROUTES) == sorted(TABLE)


@pytest.mark.parametrize("pattern", sorted(ROUTES))
def test_table_has_a_line_of_its_own_for_each_method_of_the_view(pattern: str) -> None:
    lines = TABLE.get(pattern, {})

    assert [verb for verb in VERBS if row_for(lines, verb) is None] == []
    assert sorted(verb for verb in ROUTES[pattern].verbs if verb not in lines and pattern.startswith("api/")) == []


@pytest.mark.parametrize("pattern", sorted(ROUTES))
def test_address_answers_as_the_table_says(pattern: str, world: World, callers: dict[str, Caller]) -> None:
    assert list(differences(ROUTES[pattern], TABLE.get(pattern, {}), world, callers)) == []


def test_routes_are_found_inside_every_include() -> None:
    """The walk itself could miss a branch: each of these hangs on another one."""
    found = {route.pattern for route in all_routes()}

    assert {
        "healthz",
        "admin/login/",
        "_allauth/app/v1/auth/2fa/authenticate",
        "api/v1/notes/<uuid:note_id>/sign/",
    } <= found
    assert Route("api/v1/notes/<uuid:note_id>/sign/", None).path("7") == "/api/v1/notes/7/sign/"
