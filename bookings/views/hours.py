"""Working hours and one-off hours: the front desk keeps everybody's, therapists their own."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bookings.models import Location, OneOffHours, WorkingHours
from bookings.selectors.places import get_visible_therapist, therapists_visible_to
from bookings.serializers.changes import parsed_changes
from bookings.serializers.hours import (
    HoursQuerySerializer,
    NewOneOffHoursSerializer,
    NewWorkingHoursSerializer,
    OneOffHoursChangeSerializer,
    OneOffHoursSerializer,
    RemovalQuerySerializer,
    WorkingHoursChangeSerializer,
    WorkingHoursSerializer,
    WorkingWeekChangeSerializer,
)
from bookings.services.hours import Hours, change_hours, edit_hours
from bookings.services.week import change_week
from bookings.views.appointments import staff_of
from clinic.api.pagination import PagePagination
from clinic.api.permissions import IsStaff
from clinic.api.serializers import StrictSerializer, parsed_body, parsed_query
from clinic.errors import InvalidInput, NotFound

_TAGS: Final = ["diary"]


class HoursView(APIView):
    """What the two kinds of hours have in common."""

    permission_classes = (IsStaff,)
    pagination_class = PagePagination
    model: ClassVar[type[WorkingHours | OneOffHours]]
    answer: ClassVar[type[serializers.Serializer[Any]]]
    new: ClassVar[type[StrictSerializer]]
    changes: ClassVar[type[StrictSerializer]]

    def visible(self, request: Request) -> QuerySet[Any]:
        return self.model.objects.filter(therapist__in=therapists_visible_to(staff_of(request)))

    def find(self, request: Request, pk: int) -> Hours:
        row: Hours | None = self.visible(request).filter(pk=pk).select_related("therapist").first()
        if row is None:
            raise NotFound
        return row


class HoursListView(HoursView):
    def get(self, request: Request) -> Response:
        query = parsed_query(HoursQuerySerializer, request)
        found = self.visible(request)
        if "therapist" in query:
            found = found.filter(therapist=query["therapist"])
        paginator = self.pagination_class()
        page = paginator.paginate_queryset(found, request, view=self)
        return paginator.get_paginated_response(self.answer(page, many=True).data)

    def post(self, request: Request) -> Response:
        body = parsed_body(self.new, request)
        accepts = body.pop("accept_stranded", False)
        therapist = get_visible_therapist(staff_of(request), body.pop("therapist"))
        row = self.model(**{**body, "location": get_location(body["location"])})
        change_hours(therapist, store=[row], now=timezone.now(), accept_stranded=accepts)
        return Response(self.answer(row).data, status=status.HTTP_201_CREATED)


class HoursDetailView(HoursView):
    def get(self, request: Request, pk: int) -> Response:
        return Response(self.answer(self.find(request, pk)).data)

    def patch(self, request: Request, pk: int) -> Response:
        row = self.find(request, pk)
        body = parsed_changes(self.changes, request)
        accepts = body.pop("accept_stranded", False)
        if "location" in body:
            body["location"] = get_location(body["location"])
        changed = edit_hours(row, changes=body, now=timezone.now(), accept_stranded=accepts)
        return Response(self.answer(changed).data)

    def delete(self, request: Request, pk: int) -> Response:
        row = self.find(request, pk)
        accepts = parsed_query(RemovalQuerySerializer, request).get("accept_stranded", False)
        change_hours(row.therapist, remove=[row], now=timezone.now(), accept_stranded=accepts)
        return Response(status=status.HTTP_204_NO_CONTENT)


def get_location(location_id: int) -> Location:
    location = Location.objects.filter(pk=location_id).first()
    if location is None:
        raise InvalidInput.field("location", "There is no such location.", code="unknown_location")
    return location


@extend_schema_view(
    get=extend_schema(
        operation_id="list_working_hours",
        tags=_TAGS,
        parameters=[HoursQuerySerializer],
        responses=WorkingHoursSerializer(many=True),
        description="The weekly hours you may see.",
    ),
    post=extend_schema(
        operation_id="add_working_hours",
        tags=_TAGS,
        request=NewWorkingHoursSerializer,
        responses={201: WorkingHoursSerializer},
        description="A stretch of one weekday, every week. Refused over other hours of the therapist.",
    ),
)
class WorkingHoursListView(HoursListView):
    model = WorkingHours
    answer = WorkingHoursSerializer
    new = NewWorkingHoursSerializer


@extend_schema_view(
    get=extend_schema(operation_id="get_working_hours", tags=_TAGS, responses=WorkingHoursSerializer),
    patch=extend_schema(
        operation_id="change_working_hours",
        tags=_TAGS,
        request=WorkingHoursChangeSerializer,
        responses=WorkingHoursSerializer,
        description="Refused with the list where upcoming bookings would lie outside, unless `accept_stranded`.",
    ),
    delete=extend_schema(
        operation_id="remove_working_hours",
        tags=_TAGS,
        parameters=[RemovalQuerySerializer],
        responses={204: None},
        description="Refused with the list where upcoming bookings would lie outside, unless `accept_stranded`.",
    ),
)
class WorkingHoursDetailView(HoursDetailView):
    model = WorkingHours
    answer = WorkingHoursSerializer
    changes = WorkingHoursChangeSerializer


class WorkingWeekView(APIView):
    permission_classes = (IsStaff,)

    @extend_schema(
        operation_id="change_working_week",
        tags=_TAGS,
        request=WorkingWeekChangeSerializer,
        responses=WorkingHoursSerializer(many=True),
    )
    def post(self, request: Request) -> Response:
        """Store and remove several rows of a therapist's weekly hours: all of it, or nothing.

        Answers all rows of the therapist. What is wrong with a row is told as `store.0.ends`. Refused with
        the list where upcoming bookings would lie outside, unless `accept_stranded`.
        """
        body = parsed_body(WorkingWeekChangeSerializer, request)
        therapist = get_visible_therapist(staff_of(request), body["therapist"])
        rows = change_week(
            therapist,
            store=body["store"],
            remove=body["remove"],
            now=timezone.now(),
            accept_stranded=body.get("accept_stranded", False),
        )
        return Response(WorkingHoursSerializer(rows, many=True).data)


@extend_schema_view(
    get=extend_schema(
        operation_id="list_one_off_hours",
        tags=_TAGS,
        parameters=[HoursQuerySerializer],
        responses=OneOffHoursSerializer(many=True),
        description="The hours of single dates you may see.",
    ),
    post=extend_schema(
        operation_id="add_one_off_hours",
        tags=_TAGS,
        request=NewOneOffHoursSerializer,
        responses={201: OneOffHoursSerializer},
        description="Hours of one date. They replace the weekly hours of that date, and hold on bank holidays too.",
    ),
)
class OneOffHoursListView(HoursListView):
    model = OneOffHours
    answer = OneOffHoursSerializer
    new = NewOneOffHoursSerializer


@extend_schema_view(
    get=extend_schema(operation_id="get_one_off_hours", tags=_TAGS, responses=OneOffHoursSerializer),
    patch=extend_schema(
        operation_id="change_one_off_hours",
        tags=_TAGS,
        request=OneOffHoursChangeSerializer,
        responses=OneOffHoursSerializer,
        description="Refused with the list where upcoming bookings would lie outside, unless `accept_stranded`.",
    ),
    delete=extend_schema(
        operation_id="remove_one_off_hours",
        tags=_TAGS,
        parameters=[RemovalQuerySerializer],
        responses={204: None},
        description="Refused with the list where upcoming bookings would lie outside, unless `accept_stranded`.",
    ),
)
class OneOffHoursDetailView(HoursDetailView):
    model = OneOffHours
    answer = OneOffHoursSerializer
    changes = OneOffHoursChangeSerializer
