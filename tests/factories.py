"""Rows for tests: each function makes one, with sensible values that the test may override."""

from __future__ import annotations

import itertools
from typing import Any

from clients.models import Client
from clinic.accounts.models import User
from clinic.accounts.roles import Role

_numbers = itertools.count(1)


def make_user(role: str = Role.THERAPIST, *, email: str = "", name: str = "", **fields: Any) -> User:
    number = next(_numbers)
    user = User.objects.create_user(email or f"{role}{number}@example.org", role=role, name=name or f"{role} {number}")
    for field, value in fields.items():
        setattr(user, field, value)
    if fields:
        user.save()
    return user


def make_client(*, care_team: tuple[User, ...] = (), **fields: Any) -> Client:
    number = next(_numbers)
    values: dict[str, Any] = {
        "first_name": "Robin",
        "last_name": f"Client{number}",
        "email": f"robin{number}@example.org",
        **fields,
    }
    client = Client.objects.create(**values)
    client.care_team.set(care_team)
    return client
