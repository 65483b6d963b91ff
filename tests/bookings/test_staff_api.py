"""Appointments as staff work with them, over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine

from bookings.services.booking import book
from tests.bookings.clinic import NOW, at, booking_request, make_clinic
from tests.bookings.diary.scenes import signed_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("step", "body"),
    [
        ("arrive", {}),
        ("check-in", {}),
        ("fulfil", {}),
        ("no-show", {}),
        ("cancel", {}),
        ("enter-in-error", {}),
        ("reschedule", {"starts_at": at(14).isoformat()}),
    ],
)
def test_step_with_a_reason_keeps_it_in_the_history(step: str, body: dict[str, Any]) -> None:
    clinic = make_clinic()
    appointment = book(booking_request(clinic, at(10)), user=None, now=NOW)
    with time_machine.travel(at(11), tick=False):
        answer = signed_in(clinic.therapist_user).post(
            f"/api/v1/appointments/{appointment.pk}/{step}/", {**body, "reason": "As rung."}, format="json"
        )
    assert answer.status_code == 200, answer.json()
    event = answer.json()["events"][-1]
    assert (event["version"], event["action"].split("-by-")[0], event["reason"]) == (2, step, "As rung.")
