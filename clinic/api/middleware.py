"""What holds for every request and answer, whichever view it is for."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse

from clinic.api.problems import bad_request, not_found

_NUL = "\x00"
_ENCODED_NUL = "%00"
_CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'"
)
# The admin's and the API pages' own widgets need inline styles and evaluated expressions.
_LOOSER_POLICY = (
    _CONTENT_SECURITY_POLICY + "; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'"
)
_LOOSER_PATHS = ("/admin/", "/api/v1/docs/")


class StorableTextMiddleware:
    r"""Nothing is at an address with a NUL in it, and no cookie of ours has one.

    Danger: PostgreSQL does not say that there is no such text, it fails. A quoted cookie may hold `\000`.
    Query strings of the API are left to its serializers, which name the parameter.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _NUL in request.path:
            return not_found(request, Http404())
        if _ENCODED_NUL in request.META.get("QUERY_STRING", "") and not request.path.startswith("/api/"):
            return bad_request(request, BadRequest())
        for name in [name for name, value in request.COOKIES.items() if _NUL in value]:
            del request.COOKIES[name]
        return self.get_response(request)


class PrivateAnswersMiddleware:
    """Answers of the API are for one person: no cache keeps them unless the view says so."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path.startswith(("/api/", "/_allauth/", "/admin/")):
            response.headers.setdefault("Cache-Control", "no-store")
        is_looser = request.path.startswith(_LOOSER_PATHS)
        response.headers.setdefault(
            "Content-Security-Policy", _LOOSER_POLICY if is_looser else _CONTENT_SECURITY_POLICY
        )
        return response
