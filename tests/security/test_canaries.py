"""Words that stand only in sealed texts come out of the two doors, and nowhere else."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from typing import Final

import pytest
from django.core import mail
from django.db import connection

from bookings.models import Appointment
from bookings.services.appointments import cancel
from clients.models import Client as Person
from clinic.audit.models import Action, AuditEvent
from clinic.messaging.sweep import sweep
from tests.access.callers import ROLES, Caller
from tests.access.calls import answer_to, form_answer, readable
from tests.access.routes import Route, all_routes
from tests.access.subjects import subject_of
from tests.access.table import load_table
from tests.access.test_owner_site import PAGES, address
from tests.access.world import World, undone
from tests.bookings.clinic import NOW, at, booking_body
from tests.security.traces import broker_text, cache_text, database_image, database_text, mail_text, message_text
from treatments.models import Indicator, SafetyQuestion

pytestmark = pytest.mark.django_db

CLIENT: Final = "api/v1/clients/<int:client_id>/"
NOTE: Final = "api/v1/notes/<uuid:note_id>/"
SCREENING: Final = "api/v1/screenings/<uuid:screening_id>/"
ENTRIES: Final = tuple(f"{CLIENT}{kind}/" for kind in ("intake", "measurements", "body-charts", "home-care"))
# The doors of the vault, seen from outside. Through each of them a reading goes on record first.
DOORS: Final = {
    *(("client", f"api/v1/me/{mine}/") for mine in ("data", "intake", "home-care")),
    *((role, door) for role in ("therapist", "owner") for door in (NOTE, SCREENING, f"{CLIENT}export/", *ENTRIES)),
}
TABLE = load_table()


def calls(role: str) -> list[tuple[Route, str]]:
    """Every address with every method that does something there."""
    return [
        (route, verb)
        for route in all_routes()
        if not route.model_page
        for verb in sorted(set(TABLE[route.pattern]) - {"others", "HEAD"} or {"GET"})
    ]


@pytest.mark.parametrize("role", ROLES)
def test_clinical_words_come_out_of_the_doors_alone(
    role: str, world: World, callers: dict[str, Caller], caplog: pytest.LogCaptureFixture
) -> None:
    words = (*world.own.canaries.all(), *world.other.canaries.all())
    shown_at = set()
    with caplog.at_level(logging.DEBUG):
        for route, verb in calls(role):
            for case in ("own", "other") if route.has_subject else ("own",):
                text = readable(answer_to(route, verb, case, world, callers[role]))
                shown_at |= {(role, route.pattern) for word in words if word in text}

    assert shown_at == {door for door in DOORS if door[0] == role}
    assert [word for word in words if word in caplog.text] == []


@pytest.mark.parametrize(("role", "pattern"), sorted(DOORS))
def test_each_door_writes_down_who_read_before_it_opens(
    role: str, pattern: str, world: World, callers: dict[str, Caller], monkeypatch: pytest.MonkeyPatch
) -> None:
    (route,) = [route for route in all_routes() if route.pattern == pattern]
    path = route.path(*(subject_of(pattern, "own", world) if route.has_subject else ()))
    with undone():
        callers[role].call("GET", path)
        events = AuditEvent.objects.filter(action=Action.READ, actor=world.user(role), client_id=world.own.client.pk)
        assert events.exists()

    def fail(*args: object, **named: object) -> None:
        raise RuntimeError("the trail cannot be written")

    monkeypatch.setattr("clinic.vault.doors.audit.record_all", fail)
    with undone():
        answer = callers[role].call("GET", path)

    assert answer.status_code == 500
    assert [word for word in world.own.canaries.all() if word in readable(answer)] == []


@pytest.mark.parametrize("route", PAGES.values(), ids=[".".join(page) for page in PAGES])
def test_owners_site_shows_no_clinical_word(route: Route, world: World, callers: dict[str, Caller]) -> None:
    words = (*world.own.canaries.all(), *world.other.canaries.all())

    text = readable(form_answer(callers["owner"], "GET", address(route)))

    assert [word for word in words if word in text] == []


def test_a_client_is_given_what_was_signed_about_them_and_nothing_of_others(
    world: World, callers: dict[str, Caller]
) -> None:
    text = readable(callers["client"].call("GET", "/api/v1/me/data/"))

    mine = world.own.canaries
    shown = [word for word in (*mine.all(), *world.other.canaries.all()) if word in text]
    assert shown == [mine.note, mine.addendum, mine.screening, mine.guide, mine.entry]


def test_nothing_that_stays_behind_holds_a_clinical_word(world: World, callers: dict[str, Caller]) -> None:
    for route, verb in calls("therapist"):
        answer_to(route, verb, "own", world, callers["therapist"])
    sweep(NOW + timedelta(days=30))

    traces = {
        "database": database_text(),
        "pages": database_image(),
        "cache": cache_text(),
        "broker": broker_text(),
        "mail": mail_text(),
    }

    words = (*world.own.canaries.all(), *world.other.canaries.all())
    assert {place for place, text in traces.items() if any(word in text for word in words)} == set()
    assert str(world.own.signed.pk) in traces["database"]


def test_front_desk_is_not_told_that_a_safety_answer_asks_for_a_look(world: World, callers: dict[str, Caller]) -> None:
    """Not even that there is a flag: its absence would tell as much."""
    with undone():
        Appointment.objects.update(needs_review=True)
        told = {
            role: {
                route.pattern
                for route, verb in calls(role)
                if route.pattern != "api/v1/schema/"
                and "needs_review" in readable(answer_to(route, verb, "own", world, callers[role]))
            }
            for role in ("receptionist", "client", "anonymous", "holder", "therapist")
        }

    assert told.pop("therapist") >= {"api/v1/appointments/", "api/v1/diary/"}
    assert told == {"receptionist": set(), "client": set(), "anonymous": set(), "holder": set()}


def test_clinical_words_control_a_leak_is_seen(world: World, callers: dict[str, Caller]) -> None:
    """Somebody typed it into the line that the diary shows."""
    word = world.own.canaries.note
    with undone():
        Person.objects.filter(pk=world.own.client.pk).update(alert_line=word)

        answer = callers["receptionist"].call("GET", f"/api/v1/clients/{world.own.client.pk}/")

        assert word in readable(answer)
        assert word in database_text()
        assert word in database_image() or connection.vendor != "sqlite"
    assert word not in database_text()


def test_answers_given_on_the_way_to_a_booking_are_kept_sealed(world: World, callers: dict[str, Caller]) -> None:
    """The question of health that was answered with yes is named in the catalogue, and nowhere else."""
    body = {
        **booking_body(world.clinic, at(12)),
        "safety": ["one"],
        "guide": {"answers": {"one": 3}, "safety": ["one"], "follow_ups": {}},
    }
    with undone():
        SafetyQuestion.objects.filter(slug="one").update(slug="canary-question-7f3a")
        Indicator.objects.filter(slug="one").update(slug="canary-indicator-7f3a")
        sent = json.loads(
            json.dumps(body)
            .replace('"one": 3', '"canary-indicator-7f3a": 3')
            .replace('"one"', '"canary-question-7f3a"')
        )
        answer = callers["anonymous"].call("POST", "/api/v1/bookings/", sent, {"Idempotency-Key": "canary"})
        callers["anonymous"].call("POST", "/api/v1/guide/", sent["guide"])
        sweep(NOW)
        kept = database_text(leaving_out=("treatments_", "reversion_")) + cache_text() + broker_text() + mail_text()

    assert answer.status_code == 201
    assert answer.json()["reference"] in kept
    assert "canary-" not in kept


def test_mail_to_one_party_tells_nothing_of_the_other(world: World) -> None:
    mail.outbox.clear()
    with undone():
        for party in (world.own, world.other):
            cancel(party.booked, actor=world.owner, now=NOW, by_clinic=True)
        sweep(NOW)

    sent = {message.to[0]: message_text(message) for message in mail.outbox}
    assert sorted(sent) == [world.other.client.email, world.own.client.email]
    assert [word for word in world.other.marks if word in sent[world.own.client.email]] == []
    assert [word for word in world.own.marks if word in sent[world.other.client.email]] == []
