"""What answers give away: about accounts and bookings, about faults, and about what lies on the disk."""

from __future__ import annotations

import json
import pickle
import stat
from pathlib import Path
from typing import Any, Final

import pytest
from django.conf import settings as project
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.core import mail
from django.test import Client as HttpClient
from django.utils.module_loading import import_string
from kombu.exceptions import ContentDisallowed
from kombu.serialization import loads, prepare_accept_content

from clinic.accounts.models import User
from clinic.accounts.post import wait_until_posted
from clinic.celery import app
from clinic.file_cache import SharedFileCache
from tests.access.callers import Caller
from tests.access.calls import shape
from tests.access.world import World, undone
from tests.bookings.clinic import at, booking_body

pytestmark = pytest.mark.django_db

# --- Who has an account, who has a booking ------------------------------------------------------------


def known_and_unknown(world: World) -> dict[str, str]:
    return {
        "nobody": "nobody@example.org",
        "client": world.own.client_user.email,
        "therapist": world.own.therapist_user.email,
        "owner": world.owner.email,
        "closed": world.other.client_user.email,
    }


@pytest.mark.parametrize("client", ["browser", "app"])
@pytest.mark.parametrize("call", ["auth/code/request", "auth/password/request", "auth/login"])
def test_sign_in_does_not_tell_whose_address_it_is(
    call: str, client: str, world: World, callers: dict[str, Caller]
) -> None:
    with undone():
        User.objects.filter(pk=world.other.client_user.pk).update(is_active=False)
        told = {}
        for who, address in known_and_unknown(world).items():
            body = {"email": address} | ({"password": "wrong and long enough"} if call == "auth/login" else {})
            answer = callers["anonymous"].call("POST", f"/_allauth/{client}/v1/{call}", body)
            told[who] = _without_what_differs_each_time(answer)
    wait_until_posted()

    assert len({json.dumps(answer, sort_keys=True) for answer in told.values()}) == 1, told


def _without_what_differs_each_time(answer: Any) -> Any:
    status, headers, body = shape(answer)
    body.get("meta", {}).pop("session_token", None)
    return status, headers, body


def test_booking_does_not_tell_whose_address_it_is(world: World, callers: dict[str, Caller]) -> None:
    told = set()
    for address in known_and_unknown(world).values():
        person = {"first_name": "Ada", "last_name": "Visitor", "email": address}
        with undone():
            body = booking_body(world.clinic, at(12), client=person)
            answer = callers["anonymous"].call("POST", "/api/v1/bookings/", body, {"Idempotency-Key": "e"})
        told.add((answer.status_code, *sorted(answer.json())))

    assert len(told) == 1


def test_code_for_a_client_is_not_sent_to_staff_nor_to_strangers(world: World, callers: dict[str, Caller]) -> None:
    mail.outbox.clear()
    with undone():
        for address in known_and_unknown(world).values():
            callers["anonymous"].call("POST", "/_allauth/browser/v1/auth/code/request", {"email": address})
    wait_until_posted()

    assert {to for message in mail.outbox for to in message.to} <= {
        world.own.client_user.email,
        world.other.client_user.email,
    }


# --- Faults -------------------------------------------------------------------------------------------

SECRET: Final = "the-secret-in-the-fault"


@pytest.mark.parametrize(
    ("path", "broken"),
    [
        ("/api/v1/clinic/", "bookings.views.clinic.describe_clinic"),
        ("/", "clinic.web.pages.get_practice"),
        ("/admin/login/", "clinic.accounts.owner_site.get_practice"),
    ],
)
def test_fault_tells_nothing_of_itself(path: str, broken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **named: Any) -> None:
        password = SECRET
        raise RuntimeError(f"could not connect as {password} to db.internal")

    monkeypatch.setattr(broken, fail)

    answer = HttpClient(raise_request_exception=False).get(path)

    assert answer.status_code == 500
    shown = answer.content.decode() + str(dict(answer.headers))
    for word in (SECRET, "Traceback", "RuntimeError", "db.internal", "site-packages", "SECRET_KEY", "django"):
        assert word not in shown
    if path.startswith("/api/"):
        assert (answer.headers["Content-Type"], answer.json()["code"]) == ("application/problem+json", "server_error")


@pytest.mark.parametrize(
    "path", ["/api/v1/nothing/", "/nothing", "/admin/nothing/", "/_allauth/nothing", "/%3Cscript%3E"]
)
def test_missing_page_lists_no_addresses(path: str, callers: dict[str, Caller]) -> None:
    answer = callers["anonymous"].call("GET", path)

    assert answer.status_code in {302, 404}
    for word in ("urlconf", "urlpatterns", "DEBUG", "<script>", "clinic.urls"):
        assert word not in answer.content.decode()


def test_production_shows_no_faults() -> None:
    assert project.DEBUG is False


def test_health_tells_monitors_nothing_but_health(callers: dict[str, Caller], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr("clinic.web.health._CHECKS", {"database": fail})

    answer = callers["anonymous"].call("GET", "/readyz")

    assert (answer.status_code, answer.json()) == (
        503,
        {"status": "unavailable", "checks": {"database": "unreachable"}},
    )


# --- What lies about ----------------------------------------------------------------------------------


def test_worker_takes_no_pickles() -> None:
    """Whoever could write to the broker could otherwise run what they like in the worker."""
    assert app.conf.accept_content == ["json"]
    assert app.conf.task_serializer == "json"
    accepted = prepare_accept_content(app.conf.accept_content)
    with pytest.raises(ContentDisallowed):
        loads(pickle.dumps({}), "application/x-python-serialize", "binary", accept=accepted)
    assert loads(b"{}", "application/json", "utf-8", accept=accepted) == {}


def test_sessions_hold_no_pickles() -> None:
    assert project.SESSION_SERIALIZER == "django.contrib.sessions.serializers.JSONSerializer"
    store = import_string(f"{project.SESSION_ENGINE}.SessionStore")
    assert issubclass(store, DatabaseSessionStore)  # rows of text, and no cache that pickles


def test_cache_on_the_disk_is_its_owners_alone(tmp_path: Path) -> None:
    """Django's cache pickles: who could write there could run code. So nobody else can, nor read."""
    folder = tmp_path / "cache" / "django"
    SharedFileCache(str(folder), {}).set("key", "value")

    modes = {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir() if path.suffix == ".djcache"}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert modes == {0o600}


def test_no_check_of_security_is_switched_off() -> None:
    """The settings of production are checked with the deployment."""
    assert project.SILENCED_SYSTEM_CHECKS == []
