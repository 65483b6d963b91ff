"""The pages of each model in the owner's site against their table: the owner's alone, whatever the method."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps

from tests.access.callers import ROLES, Caller
from tests.access.calls import form_answer
from tests.access.routes import VERBS, Route, admin_models, all_routes
from tests.access.table import load_admin_table
from tests.access.world import Missing, World

pytestmark = pytest.mark.django_db

TABLE = load_admin_table()
PAGES = {route.model_page: route for route in all_routes() if route.model_page}
NAMES = [".".join(page) for page in PAGES]
REVISION = 1_000_000


def address(route: Route) -> str:
    """The page of the first row there is. Revisions are none: those the owner's own work makes."""
    assert route.model_page
    model, page = route.model_page
    if page == "recover":
        return route.path(REVISION)
    row: Any = apps.get_model(model)._default_manager.order_by("pk").values_list("pk", flat=True).first()
    return route.path(row or Missing.number, REVISION)


def test_table_has_every_model_and_page_and_no_other() -> None:
    assert sorted(TABLE) == admin_models()
    assert sorted(PAGES) == sorted((model, page) for model, pages in TABLE.items() for page in pages)


@pytest.mark.parametrize("route", PAGES.values(), ids=NAMES)
def test_page_answers_the_owner_as_the_table_says(route: Route, world: World, callers: dict[str, Caller]) -> None:
    assert route.model_page
    model, page = route.model_page
    path = address(route)

    shown, posted = form_answer(callers["owner"], "GET", path), form_answer(callers["owner"], "POST", path)

    assert (shown.status_code, posted.status_code) == TABLE[model][page]


@pytest.mark.parametrize("route", PAGES.values(), ids=NAMES)
def test_page_sends_everybody_else_to_sign_in(route: Route, world: World, callers: dict[str, Caller]) -> None:
    path = address(route)

    answers = {(role, verb): form_answer(callers[role], verb, path) for role in ROLES[:-2] for verb in VERBS}

    wrong = {
        key: (answer.status_code, answer.headers.get("Location"))
        for key, answer in answers.items()
        if answer.status_code != 302 or not answer.headers["Location"].startswith("/admin/login/?next=/admin/")
    }
    assert wrong == {}


def test_page_control_a_missing_guard_is_seen(
    world: World, callers: dict[str, Caller], monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.contrib import admin  # noqa: PLC0415  # the site under test, as it is now

    monkeypatch.setattr(admin.site, "has_permission", lambda request: request.user.is_authenticated)
    route = PAGES[("bookings.location", "list")]

    with pytest.raises(AssertionError):
        test_page_sends_everybody_else_to_sign_in(route, world, callers)
