"""The sign-in calls that differ from allauth's, and a guard before all of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.headless.account.inputs import RequestLoginCodeInput
from allauth.headless.account.views import RequestLoginCodeView, SessionView
from django.http import HttpRequest, HttpResponseBase, JsonResponse

from clinic.accounts.models import User
from clinic.accounts.roles import Role
from clinic.api.authentication import ACCOUNT_HEADER
from clinic.errors import OtherAccount

View = Callable[..., HttpResponseBase]


class ClientLoginCodeInput(RequestLoginCodeInput):  # type: ignore[misc]  # allauth carries no types
    _user: User | None

    def clean_email(self) -> Any:
        """A staff address counts as unknown. See Note [One way in for each kind of account]."""
        email = super().clean_email()
        if self._user and self._user.role != Role.CLIENT:
            self._user = None
        return email


class ClientLoginCodeView(RequestLoginCodeView):  # type: ignore[misc]  # allauth carries no types
    input_class = ClientLoginCodeInput


def forgotten_by_the_browser(response: HttpResponseBase) -> HttpResponseBase:
    """For the answer to signing out: drafts and their key go, whatever else our pages kept, and pages to go back to.

    Never for a session that merely ended: whoever was writing signs in again and goes on.
    """
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


class LeavableSessionView(SessionView):  # type: ignore[misc]  # allauth carries no types
    def delete(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Sign out, and leave nothing behind in the browser."""
        return forgotten_by_the_browser(super().delete(request, *args, **kwargs))


def for_the_account_meant(view: View) -> View:
    """Answer 409 to a call that names another account than the one signed in. See Note [Whose page this is].

    Else a page left open would turn off the second factor of whoever signed in beside it, or show their codes.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        meant = request.headers.get(ACCOUNT_HEADER)
        if meant is not None and request.user.is_authenticated and meant != str(request.user.pk):
            error = {"code": OtherAccount.code, "message": OtherAccount.default_message}
            return JsonResponse({"status": 409, "errors": [error]}, status=409)
        return view(request, *args, **kwargs)

    return wrapper


def readable_bodies_only(view: View) -> View:
    """Answer 400 to JSON that is nested without end or holds half a character.

    Both pass the checks of forms, and fail later where text is hashed or encoded.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            if request.body:
                json.dumps(json.loads(request.body), ensure_ascii=False).encode()
        except (ValueError, RecursionError):
            error = {"code": "unreadable", "message": "The body of the request is not readable JSON."}
            return JsonResponse({"status": 400, "errors": [error]}, status=400)
        return view(request, *args, **kwargs)

    return wrapper
