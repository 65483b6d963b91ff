"""Appointments as staff work with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from bookings.models import Appointment, Therapist
from bookings.selectors.appointments import visible_to, with_parts
from bookings.serializers.answers import (
    AppointmentDetailSerializer,
    AppointmentSerializer,
    appointment_answer,
    cancellation_answer,
    event_answer,
)
from bookings.serializers.requests import (
    AppointmentBody,
    AppointmentFilter,
    CancelRequest,
    EnterInErrorRequest,
    MoveRequest,
    NoShowRequest,
    StepRequest,
)
from bookings.services import appointments as steps
from bookings.services.moving import reschedule
from bookings.services.staff_booking import book_for_client
from clients.models import Client
from clients.selectors import find_client
from clinic import clock
from clinic.accounts.models import User
from clinic.accounts.roles import Role
from clinic.api.pagination import PagePagination
from clinic.api.permissions import IsStaff
from clinic.api.serializers import StrictSerializer, parsed_body, parsed_query
from clinic.errors import InvalidInput, NotFound
from clinic.practice.selectors import get_practice
from treatments.selectors import get_option

F = TypeVar("F", bound=Callable[..., Any])

_TAGS: Final = ["appointments"]


def _step(operation_id: str, body: type[StrictSerializer]) -> Callable[[F], F]:
    return extend_schema(operation_id=operation_id, tags=_TAGS, request=body, responses=AppointmentDetailSerializer)


class AppointmentViewSet(ViewSet):
    permission_classes = (IsStaff,)
    pagination_class = PagePagination

    @extend_schema(
        operation_id="list_appointments",
        tags=_TAGS,
        parameters=[AppointmentFilter],
        responses=AppointmentSerializer(many=True),
    )
    def list(self, request: Request) -> Response:
        """Appointments you may see, in order of time, in pages."""
        query = parsed_query(AppointmentFilter, request)
        zone, reader = get_practice().zone, staff_of(request)
        paginator = self.pagination_class()
        found = with_parts(_filtered(visible_to(reader), query, zone)).order_by("starts_at", "pk")
        page = paginator.paginate_queryset(found, request, view=self) or []
        return paginator.get_paginated_response([appointment_answer(row, zone=zone, reader=reader) for row in page])

    @extend_schema(
        operation_id="create_appointment",
        tags=_TAGS,
        request=AppointmentBody,
        responses={201: AppointmentDetailSerializer},
    )
    def create(self, request: Request) -> Response:
        """Book for a client: no notice, horizon or cap. `override_reason` lifts working hours too."""
        body, actor = parsed_body(AppointmentBody, request), staff_of(request)
        appointment = book_for_client(
            _client(actor, body["client"]),
            option=get_option(slug=body["treatment"], minutes=body["minutes"]),
            starts_at=body["starts_at"],
            therapist_id=own_column(actor, body.get("therapist")),
            actor=actor,
            now=timezone.now(),
            override_reason=body["override_reason"],
        )
        return _detail(appointment, reader=actor, status_code=status.HTTP_201_CREATED)

    @extend_schema(operation_id="get_appointment", tags=_TAGS, responses=AppointmentDetailSerializer)
    def retrieve(self, request: Request, pk: int) -> Response:
        """One appointment with its whole history."""
        return _detail(_find(request, pk), reader=staff_of(request))

    @_step("cancel_appointment", CancelRequest)
    def cancel(self, request: Request, pk: int) -> Response:
        """Cancel for the clinic, or on the client's word with the fee they agreed to."""
        appointment, body = _find(request, pk), parsed_body(CancelRequest, request)
        return self._taken(
            steps.cancel,
            request,
            appointment,
            body,
            by_clinic=body["by"] == "clinic",
            waives_fee=body["waives_fee"],
        )

    @_step("reschedule_appointment", MoveRequest)
    def reschedule(self, request: Request, pk: int) -> Response:
        """Move in time, to another therapist, to another length. `override_reason` lifts working hours."""
        appointment, body = _find(request, pk), parsed_body(MoveRequest, request)
        return self._taken(
            reschedule,
            request,
            appointment,
            body,
            starts_at=body["starts_at"],
            therapist_id=own_column(staff_of(request), body["therapist"]),
            minutes=body["minutes"],
            override_reason=body["override_reason"],
        )

    @_step("mark_arrived", StepRequest)
    def arrive(self, request: Request, pk: int) -> Response:
        """The client is here; also after a no-show."""
        return self._taken(steps.arrive, request, _find(request, pk), parsed_body(StepRequest, request))

    @_step("check_in_appointment", StepRequest)
    def check_in(self, request: Request, pk: int) -> Response:
        """Ready to be treated."""
        return self._taken(steps.check_in, request, _find(request, pk), parsed_body(StepRequest, request))

    @_step("fulfil_appointment", StepRequest)
    def fulfil(self, request: Request, pk: int) -> Response:
        """The treatment was given."""
        return self._taken(steps.fulfil, request, _find(request, pk), parsed_body(StepRequest, request))

    @_step("mark_no_show", NoShowRequest)
    def no_show(self, request: Request, pk: int) -> Response:
        """The client did not come. Not before the start."""
        appointment, body = _find(request, pk), parsed_body(NoShowRequest, request)
        return self._taken(steps.mark_no_show, request, appointment, body, waives_fee=body["waives_fee"])

    @_step("enter_appointment_in_error", EnterInErrorRequest)
    def enter_in_error(self, request: Request, pk: int) -> Response:
        """It never should have been there. A reason is required."""
        appointment, body = _find(request, pk), parsed_body(EnterInErrorRequest, request)
        return self._taken(steps.enter_in_error, request, appointment, body)

    def _taken(
        self,
        step: Callable[..., Appointment],
        request: Request,
        appointment: Appointment,
        body: Mapping[str, Any],
        **details: Any,
    ) -> Response:
        actor = staff_of(request)
        said = {"expected_version": body["version"], "reason": body["reason"], **details}
        changed = step(appointment, actor=actor, now=timezone.now(), **said)
        return _detail(changed, reader=actor)


def staff_of(request: Request) -> User:
    """The signed-in member of staff; the permission has seen to it that there is one."""
    assert isinstance(request.user, User)  # noqa: S101  # narrows the type
    return request.user


def own_column(actor: User, therapist_id: int | None) -> int | None:
    """The therapist an actor may write for: a therapist only for themselves, the front desk for anybody.

    Raises InvalidInput naming `therapist`.
    """
    if actor.role != Role.THERAPIST:
        return therapist_id
    own_id = Therapist.objects.filter(user=actor).values_list("pk", flat=True).first()
    if own_id is None or therapist_id not in {None, own_id}:
        raise InvalidInput.field("therapist", "There is no such therapist.", code="unknown_therapist")
    return own_id


def _find(request: Request, pk: int) -> Appointment:
    found = with_parts(visible_to(request.user)).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def _client(actor: User, client_id: int) -> Client:
    try:
        return find_client(actor, client_id)
    except NotFound:
        raise InvalidInput.field("client", "There is no such client.", code="unknown_client") from None


def _detail(appointment: Appointment, *, reader: User, status_code: int = status.HTTP_200_OK) -> Response:
    zone = get_practice().zone
    answer = appointment_answer(appointment, zone=zone, reader=reader)
    answer["cancellation"] = cancellation_answer(appointment, zone=zone, now=timezone.now())
    answer["no_show_fee"] = str(appointment.no_show_fee)
    answer["events"] = [event_answer(event, zone=zone) for event in appointment.events.order_by("version")]
    return Response(answer, status=status_code)


def _filtered(found: QuerySet[Appointment], query: Mapping[str, Any], zone: ZoneInfo) -> QuerySet[Appointment]:
    if "first" in query:
        found = found.filter(ends_at__gt=clock.start_of_day(query["first"], zone))
    if "last" in query:
        found = found.filter(starts_at__lt=clock.start_of_day(query["last"] + clock.ONE_DAY, zone))
    equal = {name: query[name] for name in ("client", "therapist", "status") if name in query}
    return found.filter(**equal)
