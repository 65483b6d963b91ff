"""A client's own booking: make it, see it, cancel it, move it, put it into a calendar."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bookings.authentication import BookingToken, BookingTokenAuthentication
from bookings.calendar_file import calendar_file
from bookings.models import Appointment
from bookings.selectors.appointments import find_own_booking
from bookings.serializers.answers import BookingSerializer, NewBookingSerializer, booking_answer, new_booking_answer
from bookings.serializers.requests import BookingBody, ClientCancelRequest, ClientMoveRequest
from bookings.services.appointments import cancel
from bookings.services.booking import BookingRequest, book_once
from bookings.services.moving import reschedule
from clients.services.matching import ClientDetails
from clinic.accounts.models import User
from clinic.accounts.roles import Role
from clinic.api.idempotency import check_key, fingerprint_of
from clinic.api.serializers import parsed_body
from clinic.api.throttles import BookingLinkThrottle, PublicWriteThrottle
from clinic.practice.selectors import get_practice

KEY_PARAMETER: Final = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    required=True,
    description="Any text of your own, new for each booking. The same key and body get the first answer again.",
)


class BookingsView(APIView):
    permission_classes = (AllowAny,)
    throttle_classes = (PublicWriteThrottle,)

    @extend_schema(
        operation_id="book",
        tags=["booking"],
        parameters=[KEY_PARAMETER],
        request=BookingBody,
        responses={201: NewBookingSerializer},
    )
    def post(self, request: Request) -> Response:
        """Book a slot. If it is taken the answer is 409 `slot_taken` with `alternatives`."""
        key = check_key(request.headers.get("Idempotency-Key"))
        body = parsed_body(BookingBody, request)
        user = request.user if isinstance(request.user, User) else None
        now, zone = timezone.now(), get_practice().zone
        answer = book_once(
            _booking_request(body),
            user=user if user and user.role == Role.CLIENT else None,
            scope=f"book:{user.pk if user else 'anybody'}",
            key=key,
            fingerprint=fingerprint_of(request.data),
            represent=lambda appointment: new_booking_answer(appointment, zone=zone, now=now),
            now=now,
        )
        return Response(answer.body, status=answer.status)


class OwnBookingView(APIView):
    """What the views of one booking share: whose it is."""

    authentication_classes = (BookingTokenAuthentication, *APIView.authentication_classes)
    permission_classes = (AllowAny,)
    throttle_classes = (BookingLinkThrottle,)

    def own_booking(self, request: Request, reference: str) -> Appointment:
        """The booking that the link's token or the signed-in client opens.

        Raises NotSignedIn without either, NotFound where it opens nothing, BookingEnded for a dead link.
        """
        token = request.auth.token if isinstance(request.auth, BookingToken) else None
        return find_own_booking(reference, token=token, user=request.user, now=timezone.now())

    def answer(self, appointment: Appointment) -> Response:
        return Response(booking_answer(appointment, zone=get_practice().zone, now=timezone.now()))


class BookingView(OwnBookingView):
    @extend_schema(operation_id="get_booking", tags=["booking"], responses=BookingSerializer)
    def get(self, request: Request, reference: str) -> Response:
        """The booking, with what cancelling would cost now."""
        return self.answer(self.own_booking(request, reference))


class CancelBookingView(OwnBookingView):
    @extend_schema(
        operation_id="cancel_booking",
        tags=["booking"],
        request=ClientCancelRequest,
        responses=BookingSerializer,
    )
    def post(self, request: Request, reference: str) -> Response:
        """Cancel. Inside the notice the agreed fee is due; send `expected_fee` to be sure of it."""
        appointment = self.own_booking(request, reference)
        body = parsed_body(ClientCancelRequest, request)
        cancelled = cancel(
            appointment,
            actor=request.user if isinstance(request.user, User) else None,
            now=timezone.now(),
            reason=body["reason"],
            expected_fee=body["expected_fee"],
        )
        return self.answer(cancelled)


class MoveBookingView(OwnBookingView):
    @extend_schema(
        operation_id="move_booking",
        tags=["booking"],
        request=ClientMoveRequest,
        responses=BookingSerializer,
    )
    def post(self, request: Request, reference: str) -> Response:
        """Move to another start. Reference and link stay the same."""
        appointment = self.own_booking(request, reference)
        body = parsed_body(ClientMoveRequest, request)
        moved = reschedule(
            appointment,
            starts_at=body["starts_at"],
            therapist_id=body["therapist"],
            actor=request.user if isinstance(request.user, User) else None,
            now=timezone.now(),
        )
        return self.answer(moved)


class BookingCalendarView(OwnBookingView):
    @extend_schema(
        operation_id="get_booking_calendar",
        tags=["booking"],
        responses={(200, "text/calendar"): OpenApiTypes.STR},
    )
    def get(self, request: Request, reference: str) -> HttpResponse:
        """The booking as an iCalendar file."""
        appointment = self.own_booking(request, reference)
        content = calendar_file(appointment, practice=get_practice(), now=timezone.now())
        answer = HttpResponse(content, content_type="text/calendar; charset=utf-8")
        answer["Content-Disposition"] = 'attachment; filename="appointment.ics"'
        return answer


def _booking_request(body: dict[str, Any]) -> BookingRequest:
    client = body["client"]
    return BookingRequest(
        treatment=body["treatment"],
        minutes=body["minutes"],
        starts_at=body["starts_at"],
        therapist_id=body.get("therapist"),
        hold_token=body["hold"],
        client=ClientDetails(
            first_name=client["first_name"],
            last_name=client["last_name"],
            email=client["email"],
            phone=client["phone"],
            date_of_birth=client["date_of_birth"],
        ),
        safety=tuple(body["safety"]),
        guide=body.get("guide", {}),
        accepts_policy=body["accepts_policy"],
    )
