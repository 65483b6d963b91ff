"""The table is able to fail: each guard taken away, one at a time, is noticed by it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import pytest
from django.db.models import QuerySet
from django.test import override_settings
from django.urls import path
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bookings.models import Appointment, Resource, Therapist, WaitlistEntry
from bookings.selectors import appointments, places, waitlist
from clients.models import Client, Screening, TreatmentNote
from clients.selectors import notes, people
from clinic.accounts.models import User
from clinic.api.permissions import DenyAll
from clinic.messaging import selectors as messages
from clinic.messaging.models import Message
from tests.access.callers import ROLES, Caller
from tests.access.calls import differences
from tests.access.routes import Route, all_routes
from tests.access.table import load_table
from tests.access.world import World

pytestmark = pytest.mark.django_db

TABLE = load_table()
ROUTES = {route.pattern: route for route in all_routes()}


def view_of(route: Route) -> Any:
    kind = getattr(route.callback, "cls", None) or getattr(route.callback, "view_class", None)
    return kind if isinstance(kind, type) and issubclass(kind, APIView) else None


def is_guarded(route: Route) -> bool:
    view = view_of(route)
    return view is not None and tuple(view.permission_classes) not in {(AllowAny,), ()}


# --- Default deny -----------------------------------------------------------------------------------


class Forgetful(APIView):
    """Somebody wrote a view and no permission."""

    def get(self, request: Request) -> Response:
        return Response({"secret": "told"})


class Forthcoming(Forgetful):
    permission_classes = (AllowAny,)


urlpatterns = [
    path("api/v1/session/", ROUTES["api/v1/session/"].callback),
    path("api/v1/forgetful/", Forgetful.as_view()),
    path("api/v1/forthcoming/", Forthcoming.as_view()),
]


@contextmanager
def these_addresses() -> Iterator[None]:
    with override_settings(ROOT_URLCONF=__name__):
        yield


def test_view_without_a_permission_answers_nobody(world: World, callers: dict[str, Caller]) -> None:
    with these_addresses():
        answers = {role: callers[role].call("GET", "/api/v1/forgetful/").status_code for role in ROLES}
        control = {role: callers[role].call("GET", "/api/v1/forthcoming/").status_code for role in ROLES}

    assert tuple(Forgetful.permission_classes) == (DenyAll,)
    assert answers == dict.fromkeys(ROLES, 403) | {"anonymous": 401, "holder": 401}
    assert control == dict.fromkeys(ROLES, 200)


def test_address_without_a_line_is_noticed(world: World, callers: dict[str, Caller]) -> None:
    new = Route("api/v1/forthcoming/", Forthcoming.as_view())

    with these_addresses():
        found = list(differences(new, {}, world, callers))

    assert "anonymous GET /api/v1/forthcoming/ (own): 200, expected a line in the table" in found


# --- Permissions ------------------------------------------------------------------------------------


@pytest.mark.parametrize("pattern", sorted(pattern for pattern, route in ROUTES.items() if is_guarded(route)))
def test_permission_taken_away_is_noticed(
    pattern: str, world: World, callers: dict[str, Caller], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view_of(ROUTES[pattern]), "permission_classes", (AllowAny,))

    assert any(differences(ROUTES[pattern], TABLE[pattern], world, callers))


# --- What each may see --------------------------------------------------------------------------------

Rows = Callable[[], QuerySet[Any]]
CLIENT = "api/v1/clients/<int:client_id>/"
BOOKED = "api/v1/appointments/<int:pk>/"
# Selector -> (it, all the rows there are, the addresses that rely on nothing else).
SELECTORS: dict[str, tuple[Callable[..., QuerySet[Any]], Rows, tuple[str, ...]]] = {
    "clients": (
        people.visible_to,
        lambda: Client.objects.filter(merged_into=None),
        (
            "api/v1/clients/",
            CLIENT,
            *(f"{CLIENT}{rest}" for rest in ("duplicates/", "timeline/", "consents/", "contact-preferences/")),
            *(f"{CLIENT}{rest}" for rest in ("export/", "notes/", "screenings/", "confirm-email/")),
            *(f"{CLIENT}{rest}" for rest in ("intake/", "measurements/", "body-charts/", "home-care/")),
            *(f"api/v1/me/{rest}" for rest in ("", "contact-preferences/", "intake/", "home-care/")),
        ),
    ),
    "notes": (
        notes.visible_notes,
        TreatmentNote.objects.select_related("client", "author").all,
        tuple(f"api/v1/notes/<uuid:note_id>/{rest}" for rest in ("", "sign/", "addenda/")),
    ),
    "screenings": (
        notes.visible_screenings,
        Screening.objects.select_related("client").all,
        ("api/v1/screenings/<uuid:screening_id>/",),
    ),
    "appointments": (
        appointments.visible_to,
        Appointment.objects.all,
        (
            "api/v1/appointments/",
            BOOKED,
            *(f"{BOOKED}{step}/" for step in ("cancel", "reschedule", "arrive", "check-in", "fulfil", "no-show")),
            f"{BOOKED}enter-in-error/",
            "api/v1/me/bookings/",
        ),
    ),
    "therapists": (
        places.therapists_visible_to,
        Therapist.objects.all,
        (
            "api/v1/diary/",
            "api/v1/today/",
            *(f"api/v1/{hours}-hours/<int:pk>/" for hours in ("working", "one-off")),
            "api/v1/time-off/",
            "api/v1/waitlist/",
        ),
    ),
    "resources": (
        places.resources_visible_to,
        Resource.objects.all,
        ("api/v1/time-off/", "api/v1/time-off/<int:pk>/"),
    ),
    "waitlist": (
        waitlist.waitlist_visible_to,
        WaitlistEntry.objects.select_related("client", "treatment", "therapist").all,
        ("api/v1/waitlist/", "api/v1/waitlist/<int:pk>/withdraw/"),
    ),
    "messages": (messages.visible_to, Message.objects.all, ("api/v1/messages/",)),
}
CASES = [(name, pattern) for name, (_, _, patterns) in SELECTORS.items() for pattern in patterns]


@pytest.mark.parametrize(("name", "pattern"), CASES)
def test_filter_taken_away_is_noticed(
    name: str, pattern: str, world: World, callers: dict[str, Caller], monkeypatch: pytest.MonkeyPatch
) -> None:
    selector, rows, _ = SELECTORS[name]
    for module in _our_modules():
        for attribute in [key for key, value in vars(module).items() if value is selector]:
            monkeypatch.setattr(module, attribute, lambda user: rows())

    assert any(differences(ROUTES[pattern], TABLE[pattern], world, callers))


def test_filter_of_bookings_by_client_taken_away_is_noticed(
    world: World, callers: dict[str, Caller], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client's own booking, and the link's token, are looked at by a selector of their own."""
    monkeypatch.setattr("bookings.selectors.appointments.opens", lambda appointment, token: True)
    pattern = "api/v1/bookings/<str:reference>/"

    found = list(differences(ROUTES[pattern], TABLE[pattern], world, callers))

    assert f"holder GET /{pattern} (other): 200, expected 404" in found


def test_role_that_reads_notes_is_noticed(
    world: World, callers: dict[str, Caller], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(User, "may_read_clinical", property(lambda user: True))
    pattern = "api/v1/notes/<uuid:note_id>/"

    found = list(differences(ROUTES[pattern], TABLE[pattern], world, callers))

    assert f"receptionist GET /{pattern} (own): 200, expected 404" in found


def _our_modules() -> list[ModuleType]:
    ours = ("bookings", "clients", "clinic", "treatments")
    return [module for name, module in sys.modules.items() if name.split(".")[0] in ours]
