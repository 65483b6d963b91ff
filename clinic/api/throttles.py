"""Limits on what anybody may call. Rates come from the environment; `PUBLIC_THROTTLE=off` lifts them."""

from __future__ import annotations

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView


class PublicThrottle(SimpleRateThrottle):
    """Counts by signed-in user, else by address. Staff at work are not counted."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        if not settings.PUBLIC_THROTTLE:
            return True
        if request.user.is_authenticated and request.user.is_clinic_staff:
            return True
        return bool(super().allow_request(request, view))

    def get_cache_key(self, request: Request, view: APIView) -> str:
        who = f"user-{request.user.pk}" if request.user.is_authenticated else f"address-{self.get_ident(request)}"
        return f"throttle:{self.scope}:{who}"


class PublicReadThrottle(PublicThrottle):
    scope = "public_read"


class PublicWriteThrottle(PublicThrottle):
    scope = "public_write"


class BookingLinkThrottle(PublicThrottle):
    scope = "booking_link"
