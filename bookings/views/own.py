"""The bookings of the client who is signed in."""

from __future__ import annotations

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bookings.selectors.appointments import visible_to, with_parts
from bookings.serializers.answers import BookingSerializer, booking_answer
from clinic.api.pagination import PagePagination
from clinic.api.permissions import IsClient
from clinic.practice.selectors import get_practice


class OwnBookingsView(APIView):
    permission_classes = (IsClient,)
    pagination_class = PagePagination

    @extend_schema(operation_id="list_own_bookings", tags=["me"], responses=BookingSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Own bookings, the latest first, past ones too."""
        paginator, now, zone = self.pagination_class(), timezone.now(), get_practice().zone
        found = with_parts(visible_to(request.user)).order_by("-starts_at", "-pk")
        page = paginator.paginate_queryset(found, request, view=self) or []
        return paginator.get_paginated_response([booking_answer(row, zone=zone, now=now) for row in page])
