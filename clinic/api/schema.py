"""How the OpenAPI document is made: every operation also names its problem answers."""

from __future__ import annotations

from typing import Any, Final, Literal

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers

Direction = Literal["request", "response"]


class FieldErrorSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    message = serializers.CharField()


class ProblemSerializer(serializers.Serializer[Any]):
    """RFC 9457. Further members depend on `code`."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()
    errors = serializers.DictField(  # type: ignore[assignment]  # a field's name, not the serializer's own `errors`
        child=FieldErrorSerializer(many=True), required=False
    )


_PROBLEMS: Final = {
    400: "Input that cannot be accepted; `errors` names the fields.",
    401: "Not signed in, or the token is not valid.",
    403: "Not allowed for this role.",
    404: "Nothing here, or nothing you may see.",
    405: "Method not allowed.",
    406: "Not acceptable.",
    409: "In conflict with how things stand; `code` says how.",
    410: "The booking is over.",
    413: "Larger than 1 MiB.",
    415: "Not JSON.",
    422: "Understood, but cannot be carried out; `code` says why.",
    429: "Too many requests; see `Retry-After`.",
    503: "Busy; see `Retry-After`.",
}


class ProblemAutoSchema(AutoSchema):  # type: ignore[no-untyped-call,unused-ignore]
    def _get_response_bodies(self, direction: Direction = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)  # type: ignore[no-untyped-call,unused-ignore]
        for status_code, description in _PROBLEMS.items():
            if str(status_code) not in bodies:
                response = OpenApiResponse(ProblemSerializer, description=description)
                bodies[str(status_code)] = self._get_response_for_code(  # type: ignore[no-untyped-call,unused-ignore]
                    response, str(status_code), media_types=["application/problem+json"], direction=direction
                )
        return bodies


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call,unused-ignore]
    """The session cookie of the site's own pages; unsafe calls also need the CSRF token."""

    target_class = "clinic.api.authentication.SessionAuthentication"
    name = "sessionCookie"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}


class AppTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call,unused-ignore]
    target_class = "clinic.api.authentication.AppTokenAuthentication"
    name = "XSessionTokenAuth"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "X-Session-Token",
            "description": "X-Session-Token authentication",
        }
