"""Keeping a slot while the form is filled in."""

from __future__ import annotations

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bookings.selectors.appointments import is_returning
from bookings.selectors.openings import Wanted
from bookings.selectors.rules import policy_text
from bookings.serializers.answers import HoldSerializer, local
from bookings.serializers.requests import HoldRequest
from bookings.services.holds import holder_digest, place_hold, release_hold
from clinic.api.serializers import parsed_body
from clinic.api.throttles import PublicWriteThrottle
from clinic.practice.selectors import get_practice
from treatments.selectors import get_option


class HoldsView(APIView):
    permission_classes = (AllowAny,)
    throttle_classes = (PublicWriteThrottle,)

    @extend_schema(operation_id="hold_slot", tags=["booking"], request=HoldRequest, responses={201: HoldSerializer})
    def post(self, request: Request) -> Response:
        """Keep a slot for some minutes. The token is shown once."""
        body = parsed_body(HoldRequest, request)
        option = get_option(slug=body["treatment"], minutes=body["minutes"])
        wanted = Wanted(
            option.treatment,
            option.minutes,
            therapist_id=body.get("therapist"),
            is_returning=is_returning(request.user),
        )
        who = PublicWriteThrottle().get_cache_key(request, self)
        placed = place_hold(wanted, body["starts_at"], holder=holder_digest(who), now=timezone.now())
        answer = {
            "token": placed.token,
            "expires_at": local(placed.hold.expires_at, get_practice().zone),
            "therapist": placed.hold.therapist_id,
            "cancellation_policy": policy_text(placed.rules, option.price),
        }
        return Response(answer, status=status.HTTP_201_CREATED)


class HoldView(APIView):
    permission_classes = (AllowAny,)
    throttle_classes = (PublicWriteThrottle,)

    @extend_schema(operation_id="release_hold", tags=["booking"], request=None, responses={204: None})
    def delete(self, request: Request, token: str) -> Response:
        """Let the slot go. Doing it twice is fine."""
        release_hold(token)
        return Response(status=status.HTTP_204_NO_CONTENT)
