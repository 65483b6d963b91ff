"""Who is calling: by the session of the same origin, with CSRF, or by the token of an app.

# Note [Whose page this is]
One browser has one session, and pages stay open longer than it lasts. A page that was drawn for a therapist
would, after somebody else signed in beside it, save its note under that person's name. So a page may name
the account it was made for, in the header `X-Account`, and a call for another one is refused before anything
is read or done.
"""

from __future__ import annotations

from typing import Any, Final

from allauth.headless.contrib.rest_framework.authentication import XSessionTokenAuthentication
from rest_framework import authentication
from rest_framework.request import Request

from clinic.errors import OtherAccount

ACCOUNT_HEADER: Final = "X-Account"


class SessionAuthentication(authentication.SessionAuthentication):
    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        """See Note [Whose page this is]. Raises OtherAccount."""
        found = super().authenticate(request)
        _check_account_meant(request, found)
        return found

    def authenticate_header(self, request: Request) -> str:
        """Named so that a caller without a session gets 401, not 403."""
        return "Session"


class AppTokenAuthentication(XSessionTokenAuthentication):  # type: ignore[misc]  # allauth carries no types
    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """See Note [Whose page this is]: it holds for an app as well. Raises OtherAccount."""
        found: tuple[Any, Any] | None = super().authenticate(request)
        _check_account_meant(request, found)
        return found


def _check_account_meant(request: Request, found: tuple[Any, Any] | None) -> None:
    meant = request.headers.get(ACCOUNT_HEADER)
    if found is not None and meant is not None and meant != str(found[0].pk):
        raise OtherAccount
