"""Time off: the front desk keeps everybody's and the rooms', therapists their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bookings.models import TimeOff
from bookings.selectors.places import get_visible_therapist, resources_visible_to, therapists_visible_to
from bookings.serializers.changes import parsed_changes
from bookings.serializers.time_off import (
    NewTimeOffSerializer,
    TimeOffChangeSerializer,
    TimeOffQuerySerializer,
    TimeOffSerializer,
    as_resolutions,
    time_off_answer,
)
from bookings.services.time_off import Resolution, cancel_time_off, change_time_off, take_time_off
from bookings.views.appointments import staff_of
from clinic import clock
from clinic.accounts.models import User
from clinic.api.pagination import PagePagination
from clinic.api.permissions import IsStaff
from clinic.api.serializers import parsed_body, parsed_query
from clinic.errors import InvalidInput, NotFound
from clinic.practice.selectors import get_practice

_TAGS: Final = ["diary"]


class TimeOffListView(APIView):
    permission_classes = (IsStaff,)
    pagination_class = PagePagination

    @extend_schema(
        operation_id="list_time_off",
        tags=_TAGS,
        parameters=[TimeOffQuerySerializer],
        responses=TimeOffSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Time off you may see, in order of time."""
        query = parsed_query(TimeOffQuerySerializer, request)
        zone = get_practice().zone
        paginator = self.pagination_class()
        page = paginator.paginate_queryset(_filtered(_visible(request), query, zone), request, view=self) or []
        return paginator.get_paginated_response([time_off_answer(row, zone=zone) for row in page])

    @extend_schema(
        operation_id="take_time_off", tags=_TAGS, request=NewTimeOffSerializer, responses={201: TimeOffSerializer}
    )
    def post(self, request: Request) -> Response:
        """Take a therapist or a room out of the diary.

        Over bookings it is refused as `strands_bookings` with the list; send again with `resolutions`
        for each of them. While a visitor holds a time there it is refused as `slot_taken`, unless `end_holds`.
        """
        body = parsed_body(NewTimeOffSerializer, request)
        actor = staff_of(request)
        time_off = take_time_off(
            _resource_id(actor, body),
            starts_at=body["starts_at"],
            ends_at=body["ends_at"],
            reason=body.get("reason", ""),
            actor=actor,
            now=timezone.now(),
            resolutions=_resolutions(actor, body),
            end_holds=body.get("end_holds", False),
        )
        return _answer(time_off, status_code=status.HTTP_201_CREATED)


class TimeOffDetailView(APIView):
    permission_classes = (IsStaff,)

    @extend_schema(operation_id="get_time_off", tags=_TAGS, responses=TimeOffSerializer)
    def get(self, request: Request, pk: int) -> Response:
        return _answer(_find(request, pk))

    @extend_schema(
        operation_id="change_time_off", tags=_TAGS, request=TimeOffChangeSerializer, responses=TimeOffSerializer
    )
    def patch(self, request: Request, pk: int) -> Response:
        """Change its times or its reason, under the same rules as new time off."""
        row = _find(request, pk)
        body = parsed_changes(TimeOffChangeSerializer, request)
        actor = staff_of(request)
        changed = change_time_off(
            row,
            changes={name: body[name] for name in ("starts_at", "ends_at", "reason") if name in body},
            actor=actor,
            now=timezone.now(),
            resolutions=_resolutions(actor, body),
            end_holds=body.get("end_holds", False),
        )
        return _answer(changed)

    @extend_schema(operation_id="cancel_time_off", tags=_TAGS, request=None, responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """Give the time back to the diary. Twice is fine."""
        cancel_time_off(_find(request, pk))
        return Response(status=status.HTTP_204_NO_CONTENT)


def _visible(request: Request) -> QuerySet[TimeOff]:
    visible = resources_visible_to(staff_of(request))
    return TimeOff.objects.filter(resource__in=visible).select_related("resource__therapist", "resource__room")


def _find(request: Request, pk: int) -> TimeOff:
    row = _visible(request).filter(pk=pk).first()
    if row is None:
        raise NotFound
    return row


def _filtered(found: QuerySet[TimeOff], query: Mapping[str, Any], zone: ZoneInfo) -> QuerySet[TimeOff]:
    if not query.get("include_cancelled", False):
        found = found.filter(is_cancelled=False)
    if "first" in query:
        found = found.filter(ends_at__gt=clock.start_of_day(query["first"], zone))
    if "last" in query:
        found = found.filter(starts_at__lt=clock.start_of_day(query["last"] + clock.ONE_DAY, zone))
    if "therapist" in query:
        found = found.filter(resource__therapist=query["therapist"])
    if "room" in query:
        found = found.filter(resource__room=query["room"])
    return found.order_by("starts_at", "pk")


def _resource_id(actor: User, body: Mapping[str, Any]) -> int:
    """Raises NotFound for a therapist or a room that is not the actor's to take out."""
    if "therapist" in body:
        return get_visible_therapist(actor, body["therapist"]).resource_id
    resource = resources_visible_to(actor).filter(room=body["room"]).first()
    if resource is None:
        raise NotFound
    return resource.pk


def _resolutions(actor: User, body: Mapping[str, Any]) -> Sequence[Resolution]:
    """Raises InvalidInput where a booking would go to a diary that is not the actor's to write."""
    resolutions = as_resolutions(body.get("resolutions", []))
    named = {resolution.therapist_id for resolution in resolutions if resolution.therapist_id is not None}
    allowed = set(therapists_visible_to(actor).filter(pk__in=named).values_list("pk", flat=True)) if named else set()
    errors = {
        f"resolutions.{index}.therapist": [{"code": "unknown_therapist", "message": "There is no such therapist."}]
        for index, resolution in enumerate(resolutions)
        if resolution.therapist_id is not None and resolution.therapist_id not in allowed
    }
    if errors:
        raise InvalidInput(errors)
    return resolutions


def _answer(time_off: TimeOff, *, status_code: int = status.HTTP_200_OK) -> Response:
    return Response(time_off_answer(time_off, zone=get_practice().zone), status=status_code)
