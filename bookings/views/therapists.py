"""Who may be booked, for everybody."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bookings.selectors.places import bookable_therapists
from bookings.serializers.clinic import TherapistSerializer
from clinic.api.throttles import PublicReadThrottle


class TherapistsView(APIView):
    permission_classes = (AllowAny,)
    throttle_classes = (PublicReadThrottle,)

    @extend_schema(operation_id="list_therapists", tags=["clinic"], responses=TherapistSerializer(many=True))
    def get(self, request: Request) -> Response:
        """The therapists who may be booked, what each gives and where."""
        return Response(TherapistSerializer(bookable_therapists(), many=True).data)
