"""What holds for every request and answer, whichever view it is for."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse

from clinic.api.problems import bad_request, not_found
from clinic.practice.selectors import embed_origins

_NUL = "\x00"
_ENCODED_NUL = "%00"
_RULES = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors "
)
_CONTENT_SECURITY_POLICY = _RULES + "'none'"
# Pages made to stand inside pages of other sites: those that the owner has named.
_FRAMED_PATH = "/embed/"
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
    """Answers of the API are for one person: no cache keeps them unless the view says so.

    And no page runs what is not ours, or stands in a frame of another site but those under `/embed/`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path.startswith(("/api/", "/_allauth/", "/admin/")):
            response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Content-Security-Policy", _policy_for(request.path))
        if request.path.startswith(_FRAMED_PATH):
            # It can name no sites: where it says DENY, older browsers mind it more than the policy.
            response.headers.pop("X-Frame-Options", None)
        return response


def _policy_for(path: str) -> str:
    if path.startswith(_FRAMED_PATH):
        return _RULES + " ".join(["'self'", *embed_origins()])
    return _LOOSER_POLICY if path.startswith(_LOOSER_PATHS) else _CONTENT_SECURITY_POLICY
