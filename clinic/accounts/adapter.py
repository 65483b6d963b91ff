"""How allauth meets our users: nobody signs up, and an emailed code opens client accounts only."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth carries no types
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Staff are invited by the owner; a client's account begins with a booking."""
        return False

    def clean_email(self, email: str) -> Any:
        return super().clean_email(email.strip().lower())
