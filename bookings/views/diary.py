"""The diary in one answer."""

from __future__ import annotations

from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.http import conditional_page
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bookings.selectors.diary import load_diary
from bookings.serializers.diary import DiaryQuerySerializer, DiarySerializer
from bookings.views.appointments import staff_of
from clinic.api.permissions import IsStaff
from clinic.api.serializers import parsed_query


@method_decorator(conditional_page, name="dispatch")
class DiaryView(APIView):
    permission_classes = (IsStaff,)

    @extend_schema(
        operation_id="get_diary", tags=["diary"], parameters=[DiaryQuerySerializer], responses=DiarySerializer
    )
    def get(self, request: Request) -> Response:
        """Hours, appointments, holds and time off of at most 62 days.

        Owner and receptionist see everybody's, therapists their own and the rooms' time off. Who asks
        again with the answer's ETag as `If-None-Match` gets 304 without a body for as long as it holds.
        """
        query = parsed_query(DiaryQuerySerializer, request)
        diary = load_diary(
            staff_of(request),
            first=query["first"],
            last=query["last"],
            now=timezone.now(),
            therapist_id=query.get("therapist"),
        )
        return Response(diary)
