"""No GET, and no HEAD, changes a row: a mail scanner that follows every link does nothing.

Left out are sessions, when somebody was last seen, and the audit trail, which grows by reading.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import override_settings
from django.urls import path

from clients.models import Client as Person
from tests.access.callers import ROLES, Caller
from tests.access.routes import Route, all_routes
from tests.access.subjects import query_of, subject_of
from tests.access.test_owner_site import address
from tests.access.world import World, undone
from tests.security.traces import tables

pytestmark = pytest.mark.django_db

_OF_THE_READER = ("django_session", "usersessions_", "audit_")


def rows() -> dict[str, Any]:
    return {name: found for name, found in tables().items() if not name.startswith(_OF_THE_READER)}


def paths(world: World) -> Iterator[str]:
    for route in all_routes():
        if route.model_page:
            yield address(route)
        else:
            for case in ("own", "other", "missing") if route.has_subject else ("own",):
                yield _path(route, case, world)


def _path(route: Route, case: str, world: World) -> str:
    subject = subject_of(route.pattern, case, world) if route.has_subject else ()
    return route.path(*subject) + query_of("GET", route.pattern, world)


@pytest.mark.parametrize("role", ROLES)
def test_reading_everything_changes_nothing(role: str, world: World, callers: dict[str, Caller]) -> None:
    before = rows()

    for where in paths(world):
        for method in ("GET", "HEAD"):
            callers[role].call(method, where)

    assert rows() == before


def careless(request: HttpRequest) -> HttpResponse:
    """Somebody thought a link would do."""
    Person.objects.update(alert_line="clicked")
    return JsonResponse({})


urlpatterns = [path("careless/", careless)]


@contextmanager
def with_a_careless_view() -> Iterator[None]:
    with override_settings(ROOT_URLCONF=__name__):
        yield


def test_reading_control_a_change_is_seen(world: World, callers: dict[str, Caller]) -> None:

    before = rows()
    with undone(), with_a_careless_view():
        callers["anonymous"].call("GET", "/careless/")
        assert rows() != before


def test_link_in_a_mail_is_a_page_that_does_nothing_by_itself(world: World, callers: dict[str, Caller]) -> None:
    """The token stands behind a `#` and never reaches the server; cancelling is a POST with it in a header."""
    before = rows()

    for method in ("GET", "HEAD", "POST", "PUT", "DELETE"):
        callers["anonymous"].call(method, f"/manage/{world.own.booked.reference}/?token={world.own.manage_token}")
        callers["anonymous"].call("GET", f"/api/v1/bookings/{world.own.booked.reference}/cancel/")

    assert rows() == before
