"""Bookings as others make them while a test looks at a page: over the API, as a stranger."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from clients.services.claiming import claim_records
from clinic.accounts.models import User

TREATMENT = "calf-release"
MINUTES = 60


def free_times(*, from_days: int = 3) -> list[str]:
    """The starts that are free from some days ahead on, for two weeks."""
    first = timezone.now().date() + timedelta(days=from_days)
    wanted = {"treatment": TREATMENT, "minutes": MINUTES, "from": first, "to": first + timedelta(days=14)}
    answer = Client().get("/api/v1/availability/", {name: str(value) for name, value in wanted.items()})
    return [slot["starts_at"] for day in answer.json()["days"] for slot in day["slots"]]


def book(*, starts_at: str = "", email: str = "ada@example.org") -> dict[str, Any]:
    """A booking, as the API answers it. Without a start: the first free one three days ahead."""
    body = {
        "treatment": TREATMENT,
        "minutes": MINUTES,
        "starts_at": starts_at or free_times()[0],
        "accepts_policy": True,
        "client": {"first_name": "Ada", "last_name": "Example", "email": email, "phone": "07700 900123"},
    }
    key = {"Idempotency-Key": str(uuid.uuid4())}
    answer = Client().post("/api/v1/bookings/", body, content_type="application/json", headers=key)
    assert answer.status_code == 201, answer.content
    booked: dict[str, Any] = answer.json()
    return booked


def link_to(url: str, booked: dict[str, Any]) -> str:
    return f"{url}/manage/{booked['reference']}#{booked['manage_token']}"


def prove_address(email: str) -> User:
    """The account of whoever booked with that address, as their first sign-in by code leaves it."""
    user = User.objects.get(email=email)
    claim_records(user)
    return user
