"""`Authorization: Booking <manage token>`: proof of holding one booking, not of being anybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.contrib.auth.models import AnonymousUser
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

_SCHEME: Final = "booking"


@dataclass(frozen=True, slots=True)
class BookingToken:
    """What `request.auth` holds: not yet matched with any booking."""

    token: str


class BookingTokenAuthentication(BaseAuthentication):
    """Whoever sends a token acts as its holder, whatever session the browser may have as well."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, BookingToken] | None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != _SCHEME:
            return None
        return AnonymousUser(), BookingToken(token.strip())

    def authenticate_header(self, request: Request) -> str:
        return "Booking"


class BookingTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call,unused-ignore]
    target_class = "bookings.authentication.BookingTokenAuthentication"
    name = "bookingToken"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Booking <manage token>`: opens one booking.",
        }
