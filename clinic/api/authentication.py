"""Session sign-in for the same origin, with CSRF, and a challenge so that refusals read 401."""

from __future__ import annotations

from rest_framework import authentication
from rest_framework.request import Request


class SessionAuthentication(authentication.SessionAuthentication):
    def authenticate_header(self, request: Request) -> str:
        """Named so that a caller without a session gets 401, not 403."""
        return "Session"
