"""Free times, as staff may give them away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bookings.dates import check_range
from bookings.models import Appointment
from bookings.selectors.appointments import has_been_before, visible_to
from bookings.selectors.openings import NOTHING, Passing, Wanted, load_calendar
from bookings.serializers.answers import AvailabilitySerializer
from bookings.serializers.requests import OpeningsQuery
from bookings.views.appointments import own_column, staff_of
from bookings.views.availability import days_of
from clients.selectors import visible_to as clients_visible_to
from clinic.accounts.models import User
from clinic.api.permissions import IsStaff
from clinic.api.serializers import parsed_query
from clinic.errors import InvalidInput
from treatments.models import Treatment
from treatments.selectors import get_option


class OpeningsView(APIView):
    permission_classes = (IsStaff,)

    @extend_schema(
        operation_id="list_openings",
        tags=["appointments"],
        parameters=[OpeningsQuery],
        responses=AvailabilitySerializer,
    )
    def get(self, request: Request) -> Response:
        """Starts that staff may book or move to without a reason, by local date; at most 62 days.

        As for the public, but without notice, horizon and daily limit.
        """
        query, reader = parsed_query(OpeningsQuery, request), staff_of(request)
        check_range(query["first"], query["last"])
        moving = _moving(reader, query)
        wanted = Wanted(
            _treatment(query, moving),
            query["minutes"],
            therapist_id=own_column(reader, query.get("therapist")),
            is_returning=_is_returning(reader, query, moving),
            is_override=True,
        )
        calendar = load_calendar(
            wanted,
            first=query["first"],
            last=query["last"],
            now=timezone.now(),
            passing=Passing(appointment_id=moving.pk) if moving else NOTHING,
        )
        return Response({"time_zone": calendar.zone.key, "days": days_of(calendar)})


def _moving(reader: User, query: Mapping[str, Any]) -> Appointment | None:
    if "appointment" not in query:
        return None
    found = visible_to(reader).select_related("treatment", "client").filter(pk=query["appointment"]).first()
    if found is None:
        raise InvalidInput.field("appointment", "There is no such appointment.", code="unknown_appointment")
    return found


def _treatment(query: Mapping[str, Any], moving: Appointment | None) -> Treatment:
    """What is asked for. An appointment may keep what it is, though that is not offered any more."""
    if moving and (moving.treatment.slug, moving.minutes) == (query["treatment"], query["minutes"]):
        return moving.treatment
    return get_option(slug=query["treatment"], minutes=query["minutes"]).treatment


def _is_returning(reader: User, query: Mapping[str, Any], moving: Appointment | None) -> bool:
    if moving:
        return not moving.is_first_visit or has_been_before([moving.client])
    return "client" in query and has_been_before(clients_visible_to(reader).filter(pk=query["client"]))
