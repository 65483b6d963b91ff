"""Answers of the API are for one person: no cache keeps them unless the view says so."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

_CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'"
)
# The admin's and the API pages' own widgets need inline styles and evaluated expressions.
_LOOSER_POLICY = (
    _CONTENT_SECURITY_POLICY + "; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'"
)
_LOOSER_PATHS = ("/admin/", "/api/v1/docs/")


class PrivateAnswersMiddleware:
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
