"""What somebody at a browser is told when there is no page for them: in the clinic's own frame, with a way on.

Callers of the API get a problem instead, and so does whatever does not ask for a page.
"""

from __future__ import annotations

import logging
from http import HTTPStatus

from django.conf import settings
from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from clinic.api import problems
from clinic.practice.selectors import get_practice
from clinic.web.bundles import NotBuiltError, bundle
from clinic.web.texts import texts

_FOR_PROGRAMS = ("/api/", "/_allauth/", settings.STATIC_URL, "/media/")
logger = logging.getLogger(__name__)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, HTTPStatus.NOT_FOUND) or problems.not_found(request, exception)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, HTTPStatus.BAD_REQUEST) or problems.bad_request(request, exception)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, HTTPStatus.FORBIDDEN) or problems.permission_denied(request, exception)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that lay open for too long, or one that is not ours."""
    return _page(request, HTTPStatus.FORBIDDEN, words="stale") or problems.csrf_failure(request, reason)


def server_error(request: HttpRequest) -> HttpResponse:
    """Without the clinic's record, or anything else that may be what has just failed."""
    if not _wants_page(request):
        return problems.server_error(request)
    context = {"texts": texts(), "words": texts()["refusals"]["500"], "styles": _styles()}
    return HttpResponse(render_to_string("web/broken.html", context), status=HTTPStatus.INTERNAL_SERVER_ERROR)


def _page(request: HttpRequest, status: HTTPStatus, *, words: str = "") -> HttpResponse | None:
    """None where a page is not asked for, or cannot be had: the plain words are better than none."""
    if not _wants_page(request):
        return None
    try:
        context = {"practice": get_practice(), "bundle": bundle("public", "page"), "texts": texts()}
        told = texts()["refusals"][words or str(status.value)]
        response = render(request, "web/refusal.html", context | {"words": told}, status=status)
    except (NotBuiltError, DatabaseError):
        logger.exception("The page for status %d could not be drawn.", status)
        return None
    response.headers["Cache-Control"] = "no-store"
    return response


def _wants_page(request: HttpRequest) -> bool:
    return not request.path.startswith(_FOR_PROGRAMS) and "text/html" in request.headers.get("Accept", "")


def _styles() -> tuple[str, ...]:
    try:
        return bundle("public", "page").styles
    except NotBuiltError:
        return ()
