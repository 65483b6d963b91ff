"""The work of the day in one answer."""

from __future__ import annotations

from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.http import conditional_page
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bookings.selectors.today import load_today
from bookings.serializers.today import TodayQuerySerializer, TodaySerializer
from bookings.views.appointments import staff_of
from clinic.api.permissions import IsStaff
from clinic.api.serializers import parsed_query


@method_decorator(conditional_page, name="dispatch")
class TodayView(APIView):
    permission_classes = (IsStaff,)

    @extend_schema(
        operation_id="get_today", tags=["diary"], parameters=[TodayQuerySerializer], responses=TodaySerializer
    )
    def get(self, request: Request) -> Response:
        """Who is next, what is left to write, which messages failed, and which free time could be filled.

        Owner and receptionist see everybody's day, therapists their own. `If-None-Match` as in the diary.
        """
        query = parsed_query(TodayQuerySerializer, request)
        return Response(load_today(staff_of(request), now=timezone.now(), therapist_id=query.get("therapist")))
