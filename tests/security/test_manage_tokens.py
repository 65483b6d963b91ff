"""The link to one booking: long, not kept, for that booking alone, dead at its end, and never told on."""

from __future__ import annotations

import base64
import logging
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from bookings.manage_token import new_nonce, token_for
from bookings.models import Appointment
from bookings.services.appointments import cancel
from clinic.messaging.sweep import sweep
from tests.access.callers import Caller
from tests.access.calls import readable, shape
from tests.access.world import Missing, World, standing_still, undone
from tests.bookings.clinic import NOW, at, booking_body
from tests.security.traces import broker_text, cache_text, database_text, mail_text

pytestmark = pytest.mark.django_db

CALLS = (("GET", ""), ("POST", "cancel/"), ("POST", "reschedule/"), ("GET", "calendar.ics"))


def bearing(token: str, caller: Caller) -> Caller:
    return Caller("holder", caller.cookies, manage_token=token)


def path_of(reference: str, rest: str = "") -> str:
    return f"/api/v1/bookings/{reference}/{rest}"


def send(caller: Caller, method: str, reference: str, rest: str) -> Any:
    body = {"starts_at": at(13).isoformat()} if rest == "reschedule/" else {}
    with undone():
        return caller.call(method, path_of(reference, rest), body)


# --- What it is ---------------------------------------------------------------------------------------


def test_token_has_256_bits_and_no_two_are_alike(world: World) -> None:
    tokens = {token_for(Appointment(reference=world.own.booked.reference, manage_nonce=new_nonce())) for _ in range(50)}

    assert len(tokens) == 50
    assert {len(base64.urlsafe_b64decode(f"{token}=")) * 8 for token in tokens} == {256}
    assert world.own.manage_token != world.other.manage_token


def test_token_depends_on_a_secret_that_is_not_in_the_database(world: World, settings: Any) -> None:
    before = world.own.manage_token

    settings.SECRET_KEY = "another one"

    assert world.own.manage_token != before


def test_token_is_nowhere_but_in_the_answer_and_the_mail(
    world: World, callers: dict[str, Caller], caplog: pytest.LogCaptureFixture
) -> None:
    mail.outbox.clear()
    with undone(), caplog.at_level(logging.DEBUG):
        key = {"Idempotency-Key": "token"}
        answer = callers["anonymous"].call("POST", "/api/v1/bookings/", booking_body(world.clinic, at(12)), key)
        token = answer.json()["manage_token"]
        holder = bearing(token, callers["anonymous"])
        for method, rest in (*CALLS[::-1], ("DELETE", ""), ("GET", "no-such/")):
            send(holder, method, answer.json()["reference"], rest)
        again = callers["anonymous"].call("POST", "/api/v1/bookings/", booking_body(world.clinic, at(12)), key)
        sweep(NOW)
        kept = database_text() + cache_text() + broker_text()

    assert again.json()["manage_token"] == token
    assert token not in kept
    assert token not in caplog.text
    assert answer.json()["reference"] in kept  # the control: it was looked at
    assert f"#{token}" in mail_text()


def test_page_behind_the_link_sends_its_address_to_no_other_site(callers: dict[str, Caller], world: World) -> None:
    """The token stands behind a `#`, which browsers keep back; the reference before it is no secret to us alone."""
    answer = callers["anonymous"].call("GET", f"/manage/{world.own.booked.reference}/")

    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "http://" not in answer.content.decode().replace("http://www.w3.org", "")
    assert "https://" not in answer.content.decode()


# --- What it opens ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("method", "rest"), CALLS)
def test_token_opens_its_own_booking_alone(method: str, rest: str, world: World, callers: dict[str, Caller]) -> None:
    holder = callers["holder"]

    own = send(holder, method, world.own.booked.reference, rest)
    refused = [send(holder, method, reference, rest) for reference in (world.other.booked.reference, Missing.reference)]

    assert own.status_code == 200
    assert shape(refused[0]) == shape(refused[1])
    assert refused[0].status_code == 404


@pytest.mark.parametrize(("method", "rest"), CALLS)
@pytest.mark.parametrize("cut", ["", "x", "first half", "another case", "one letter more", "one letter less"])
def test_token_that_is_not_quite_right_is_like_no_booking(
    cut: str, method: str, rest: str, world: World, callers: dict[str, Caller]
) -> None:
    token = world.own.manage_token
    wrong = {
        "first half": token[:21],
        "another case": token.swapcase(),
        "one letter more": f"{token}A",
        "one letter less": token[:-1],
    }.get(cut, cut)
    caller = bearing(wrong or " ", callers["anonymous"])

    answers = [send(caller, method, reference, rest) for reference in (world.own.booked.reference, Missing.reference)]

    assert shape(answers[0]) == shape(answers[1])
    assert answers[0].status_code == 404


def test_token_of_another_of_ones_own_bookings_does_not_open_this_one(world: World, callers: dict[str, Caller]) -> None:
    holder = bearing(token_for(world.own.begun), callers["anonymous"])

    assert send(holder, "GET", world.own.booked.reference, "").status_code == 404


def test_token_makes_nobody_of_its_holder(world: World, callers: dict[str, Caller]) -> None:
    for path in ("/api/v1/me/", "/api/v1/me/bookings/", "/api/v1/appointments/", "/api/v1/clients/"):
        assert callers["holder"].call("GET", path).status_code == 401


def test_token_beside_a_session_counts_alone(world: World, callers: dict[str, Caller]) -> None:
    """Else a link could make a signed-in browser act on its own bookings, without a CSRF token."""
    both = Caller("client", callers["client"].cookies, manage_token=world.other.manage_token)

    own = both.call("POST", path_of(world.own.booked.reference, "cancel/"), sends_csrf_token=False)

    assert own.status_code == 404
    world.own.booked.refresh_from_db()
    assert world.own.booked.status == "booked"


# --- When it ends -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("method", "rest"), CALLS)
def test_token_dies_when_the_appointment_ends(method: str, rest: str, world: World, callers: dict[str, Caller]) -> None:
    with standing_still(world.own.booked.ends_at):
        answer = send(callers["holder"], method, world.own.booked.reference, rest)

    assert (answer.status_code, answer.json()["code"]) == (410, "booking_ended")
    assert [word for word in world.own.marks if word in readable(answer)] == []


def test_token_changes_nothing_once_the_appointment_has_begun(world: World, callers: dict[str, Caller]) -> None:
    with standing_still(world.own.booked.starts_at + timedelta(minutes=1)):
        answers = [send(callers["holder"], "POST", world.own.booked.reference, rest) for _, rest in CALLS[1:3]]

    assert [answer.status_code for answer in answers] == [410, 410]


def test_token_changes_nothing_once_the_appointment_is_cancelled(world: World, callers: dict[str, Caller]) -> None:
    with undone():
        cancel(world.own.booked, actor=world.owner, now=NOW, by_clinic=True)
        answers = [send(callers["holder"], "POST", world.own.booked.reference, rest) for _, rest in CALLS[1:3]]

    assert [answer.status_code for answer in answers] == [409, 409]


def test_token_dies_with_its_nonce(world: World, callers: dict[str, Caller]) -> None:
    with undone():
        Appointment.objects.filter(pk=world.own.booked.pk).update(manage_nonce=new_nonce())

        assert send(callers["holder"], "GET", world.own.booked.reference, "").status_code == 404


def test_token_control_opens_other_bookings_where_it_is_not_compared(
    world: World, callers: dict[str, Caller], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bookings.selectors.appointments.opens", lambda appointment, token: bool(token))

    assert send(callers["holder"], "GET", world.other.booked.reference, "").status_code == 200
