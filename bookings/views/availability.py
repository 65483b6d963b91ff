"""Free times, for everybody."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bookings.availability import Opening
from bookings.dates import check_range
from bookings.selectors.appointments import is_returning
from bookings.selectors.openings import Calendar, Wanted, load_calendar
from bookings.serializers.answers import AvailabilitySerializer
from bookings.serializers.requests import AvailabilityQuery
from clinic.api.serializers import parsed_query
from clinic.api.throttles import PublicReadThrottle
from treatments.selectors import get_option


class AvailabilityView(APIView):
    permission_classes = (AllowAny,)
    throttle_classes = (PublicReadThrottle,)

    @extend_schema(
        operation_id="list_availability",
        tags=["booking"],
        parameters=[AvailabilityQuery],
        responses=AvailabilitySerializer,
    )
    def get(self, request: Request) -> Response:
        """Starts that can be booked, by local date; at most 62 days.

        A signed-in client who has been before gets the shorter notice.
        """
        query = parsed_query(AvailabilityQuery, request)
        check_range(query["first"], query["last"])
        option = get_option(slug=query["treatment"], minutes=query["minutes"])
        wanted = Wanted(
            option.treatment,
            option.minutes,
            therapist_id=query.get("therapist"),
            is_returning=is_returning(request.user),
        )
        calendar = load_calendar(wanted, first=query["first"], last=query["last"], now=timezone.now())
        return Response({"time_zone": calendar.zone.key, "days": days_of(calendar)})


def days_of(calendar: Calendar) -> list[dict[str, Any]]:
    """Every day of the calendar with its free starts, and who could take each."""
    slots: dict[date, list[dict[str, Any]]] = {}
    day_count = (calendar.last - calendar.first).days + 1
    for offset in range(day_count):
        slots[calendar.first + timedelta(days=offset)] = []
    for starts_at, therapists in _by_start(calendar.openings()):
        at = starts_at.astimezone(calendar.zone)
        slots[at.date()].append({"starts_at": at.isoformat(), "therapists": therapists})
    open_dates = calendar.open_dates()
    return [{"date": day.isoformat(), "is_open": day in open_dates, "slots": found} for day, found in slots.items()]


def _by_start(openings: Iterable[Opening]) -> Iterable[tuple[Any, list[int]]]:
    grouped: dict[Any, list[int]] = {}
    for opening in openings:
        grouped.setdefault(opening.starts_at, []).append(opening.therapist_id)
    return grouped.items()
