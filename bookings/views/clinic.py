"""The clinic's public face."""

from __future__ import annotations

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bookings.selectors.clinic import describe_clinic
from bookings.serializers.clinic import ClinicSerializer
from clinic.api.throttles import PublicReadThrottle


class ClinicView(APIView):
    permission_classes = (AllowAny,)
    throttle_classes = (PublicReadThrottle,)

    @extend_schema(operation_id="get_clinic", tags=["clinic"], responses=ClinicSerializer)
    def get(self, request: Request) -> Response:
        """Where the clinic is, and the rules of booking in force."""
        return Response(describe_clinic(now=timezone.now()))
