"""Appointments as staff work with them, over HTTP."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import time_machine

from bookings.services.booking import book
from tests.bookings.clinic import NOW, at, booking_request, make_clinic
from tests.bookings.diary.scenes import signed_in
from treatments.models import TreatmentOption

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


def moved(body: dict[str, Any]) -> Any:
    clinic = make_clinic()
    TreatmentOption.objects.create(treatment=clinic.treatment, minutes=90, price=Decimal("80.00"))
    appointment = book(booking_request(clinic, at(10)), user=None, now=NOW)
    with time_machine.travel(NOW, tick=False):
        url = f"/api/v1/appointments/{appointment.pk}/reschedule/"
        return signed_in(clinic.therapist_user).post(url, {"starts_at": at(10).isoformat(), **body}, format="json")


def test_other_length_is_answered_with_its_end_and_price() -> None:
    answer = moved({"minutes": 90, "version": 1})

    assert answer.status_code == 200, answer.json()
    told = answer.json()
    assert (told["minutes"], told["ends_at"], told["price"]) == (90, "2027-01-06T11:30:00+00:00", "80.00")
    assert told["version"] == 2


@pytest.mark.parametrize(
    ("minutes", "code"), [(75, "unknown_length"), (0, "min_value"), ("long", "invalid"), (90.5, "invalid")]
)
def test_length_that_is_none_is_told_by_its_name(minutes: object, code: str) -> None:
    answer = moved({"minutes": minutes})

    assert answer.status_code == 400
    assert {field: errors[0]["code"] for field, errors in answer.json()["errors"].items()} == {"minutes": code}
