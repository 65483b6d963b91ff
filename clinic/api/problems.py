"""One error shape for every answer that is not a success: RFC 9457 `application/problem+json`.

Members: `type`, `title`, `status`, `detail`, `code`; for input `errors`, a map of field name to
a list of `{code, message}`; and whatever data the domain error carries.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import set_rollback

from clinic.errors import Busy, DomainError, ErrorCode, InvalidInput, NotAllowed, NotFound

CONTENT_TYPE: Final = "application/problem+json"
BUSY_RETRY_AFTER_SECONDS: Final = 2

_STATUS_OF: Final[Mapping[ErrorCode, int]] = {
    ErrorCode.INVALID_INPUT: 400,
    ErrorCode.IDEMPOTENCY_KEY_REQUIRED: 400,
    ErrorCode.IDEMPOTENCY_KEY_REUSED: 422,
    ErrorCode.NOT_FOUND: 404,
    ErrorCode.NOT_SIGNED_IN: 401,
    ErrorCode.NOT_ALLOWED: 403,
    ErrorCode.BUSY: 503,
    ErrorCode.BOOKING_ENDED: 410,
    ErrorCode.SAFETY_ADVICE: 422,
    ErrorCode.NOTE_INCOMPLETE: 422,
    ErrorCode.SEALED_UNREADABLE: 503,
}
_CONFLICT: Final = 409

_TITLE_OF: Final[Mapping[int, str]] = {
    400: "The request cannot be accepted as it is",
    401: "Please sign in",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    406: "Not acceptable",
    409: "The request conflicts with how things stand",
    410: "Gone",
    413: "Too large",
    415: "Unsupported media type",
    422: "The request cannot be carried out",
    429: "Too many requests",
    500: "Something went wrong",
    503: "Busy",
}
_CODE_OF: Final[Mapping[int, str]] = {
    400: ErrorCode.INVALID_INPUT,
    401: ErrorCode.NOT_SIGNED_IN,
    403: ErrorCode.NOT_ALLOWED,
    404: ErrorCode.NOT_FOUND,
    405: "method_not_allowed",
    406: "not_acceptable",
    413: "too_large",
    415: "unsupported_media_type",
    429: "throttled",
    500: "server_error",
}

_PLAIN: Final[Sequence[tuple[type[Exception], int, str]]] = (
    (Http404, 404, NotFound.default_message),
    (PermissionDenied, 403, NotAllowed.default_message),
    (RequestDataTooBig, 413, "The request is larger than 1 MiB."),
)


def problem(status_code: int, code: str, detail: str, **members: Any) -> dict[str, Any]:
    """The body of a problem answer."""
    title = _TITLE_OF.get(status_code, "The request failed")
    return {"type": "about:blank", "title": title, "status": status_code, "detail": detail, "code": code, **members}


def status_of(error: DomainError) -> int:
    return _STATUS_OF.get(error.code, _CONFLICT)


def answer_with_problem(exc: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler. Unknown exceptions go on to Django, which logs them."""
    if isinstance(exc, DomainError):
        return _answer(_domain_problem(exc), retry_after=BUSY_RETRY_AFTER_SECONDS if isinstance(exc, Busy) else None)
    for kind, status_code, detail in _PLAIN:
        if isinstance(exc, kind):
            return _answer(problem(status_code, _CODE_OF[status_code], detail))
    if isinstance(exc, exceptions.ValidationError):
        detail = InvalidInput.default_message
        return _answer(problem(400, ErrorCode.INVALID_INPUT, detail, errors=errors_by_field(exc.detail)))
    if isinstance(exc, exceptions.APIException):
        return _framework_answer(exc)
    return None


def _domain_problem(error: DomainError) -> dict[str, Any]:
    body = problem(status_of(error), error.code, error.message, **error.data)
    if isinstance(error, InvalidInput):
        body["errors"] = error.errors
    return body


def _framework_answer(exc: exceptions.APIException) -> Response:
    code = _CODE_OF.get(exc.status_code, "request_failed")
    body = problem(exc.status_code, code, str(exc.detail) if isinstance(exc.detail, str) else str(exc))
    if isinstance(exc, exceptions.ParseError):
        body["errors"] = {"body": [{"code": "unreadable", "message": str(exc.detail)}]}
    retry_after = getattr(exc, "wait", None)
    return _answer(
        body,
        retry_after=max(1, int(retry_after)) if retry_after is not None else None,
        challenge=getattr(exc, "auth_header", None),
    )


def _answer(body: dict[str, Any], *, retry_after: int | None = None, challenge: str | None = None) -> Response:
    set_rollback()
    response = Response(body, status=body["status"], content_type=CONTENT_TYPE)
    if retry_after:
        response["Retry-After"] = str(retry_after)
    if challenge:
        response["WWW-Authenticate"] = challenge
    return response


def errors_by_field(detail: Any, prefix: str = "") -> dict[str, list[dict[str, str]]]:
    """DRF's nested details as a flat map: `client.email` -> [{code, message}]. `body` for the whole."""
    if isinstance(detail, Mapping):
        flat: dict[str, list[dict[str, str]]] = {}
        for name, inner in detail.items():
            path = prefix if name == "non_field_errors" else f"{prefix}.{name}" if prefix else str(name)
            flat.update(errors_by_field(inner, path))
        return flat
    if isinstance(detail, list) and any(isinstance(item, Mapping) for item in detail):
        flat = {}
        for index, inner in enumerate(detail):
            if inner:
                flat.update(errors_by_field(inner, f"{prefix}[{index}]"))
        return flat
    items = detail if isinstance(detail, list) else [detail]
    return {prefix or "body": [{"code": getattr(item, "code", "invalid"), "message": str(item)} for item in items]}


# --- What Django itself refuses, outside any view -------------------------------------------------


def _wants_problem(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def plain_answer(request: HttpRequest, status_code: int, detail: str) -> HttpResponse:
    """A problem for callers of the API, one plain line for everybody else."""
    if _wants_problem(request):
        body = problem(status_code, _CODE_OF.get(status_code, "request_failed"), detail)
        return JsonResponse(body, status=status_code, content_type=CONTENT_TYPE)
    return HttpResponse(f"{_TITLE_OF[status_code]}. {detail}\n", status=status_code, content_type="text/plain")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return plain_answer(request, status.HTTP_404_NOT_FOUND, "There is nothing at this address.")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return plain_answer(request, status.HTTP_400_BAD_REQUEST, "The request could not be understood.")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return plain_answer(request, status.HTTP_403_FORBIDDEN, "You may not do this.")


def server_error(request: HttpRequest) -> HttpResponse:
    return plain_answer(request, status.HTTP_500_INTERNAL_SERVER_ERROR, "It has been noted. Please try again later.")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return plain_answer(request, status.HTTP_403_FORBIDDEN, "The security token of the page is missing or old.")
