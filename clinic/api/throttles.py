"""Limits on what anybody may call. Rates come from the environment; `PUBLIC_THROTTLE=off` lifts them."""

from __future__ import annotations

import logging
from ipaddress import IPv4Address, ip_address, ip_network
from typing import Final

from django.conf import settings
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

# What a household or a rented server is given: whoever has one address of it has all of them.
_OWN_NETWORK_BITS: Final = 64

_log = logging.getLogger(__name__)


class PublicThrottle(SimpleRateThrottle):
    """Counts by signed-in user, else by address. Staff at work are not counted."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        if not settings.PUBLIC_THROTTLE:
            return True
        if request.user.is_authenticated and request.user.is_clinic_staff:
            return True
        try:
            return bool(super().allow_request(request, view))
        except (RedisError, OSError) as error:
            # People go on booking while the counter is away; sign-in keeps its own limits.
            _log.warning("Calls are not counted: %s.", type(error).__name__)
            return True

    def get_cache_key(self, request: Request, view: APIView) -> str:
        who = f"user-{request.user.pk}" if request.user.is_authenticated else f"address-{self.get_ident(request)}"
        return f"throttle:{self.scope}:{who}"

    def get_ident(self, request: Request) -> str:
        return one_visitor(str(super().get_ident(request)))


def one_visitor(address: str) -> str:
    """What counts as one visitor: an IPv4 address, the network that an IPv6 address lies in."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv4Address):
        return address
    return str(parsed.ipv4_mapped or ip_network((int(parsed), _OWN_NETWORK_BITS), strict=False))


class PublicReadThrottle(PublicThrottle):
    scope = "public_read"


class PublicWriteThrottle(PublicThrottle):
    scope = "public_write"


class BookingLinkThrottle(PublicThrottle):
    scope = "booking_link"
