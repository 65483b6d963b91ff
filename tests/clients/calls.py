"""Calling the API as somebody."""

from __future__ import annotations

from typing import Any

from rest_framework.test import APIClient

from clinic.accounts.models import User

V1 = "/api/v1"


def api(user: User | None = None) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


def codes(answer: Any) -> dict[str, list[str]]:
    """Field -> the codes of what is wrong with it."""
    return {name: [item["code"] for item in items] for name, items in answer.json()["errors"].items()}
