"""Session sign-in for the same origin, with CSRF, and a challenge so that refusals read 401.

# Note [Whose page this is]
One browser has one session, and pages stay open longer than it lasts. A page that was drawn for a therapist
would, after somebody else signed in beside it, save its note under that person's name. So a page may name
the account it was made for, in the header `X-Account`, and a call for another one is refused before anything
is read or done.
"""

from __future__ import annotations

from typing import Any, Final

from rest_framework import authentication
from rest_framework.request import Request

from clinic.errors import OtherAccount

ACCOUNT_HEADER: Final = "X-Account"


class SessionAuthentication(authentication.SessionAuthentication):
    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        """See Note [Whose page this is]. Raises OtherAccount."""
        found = super().authenticate(request)
        meant = request.headers.get(ACCOUNT_HEADER)
        if found is not None and meant is not None and meant != str(found[0].pk):
            raise OtherAccount
        return found

    def authenticate_header(self, request: Request) -> str:
        """Named so that a caller without a session gets 401, not 403."""
        return "Session"
