"""The waitlist, for staff."""

from __future__ import annotations

from typing import Any, Final

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bookings.models import Therapist, WaitlistEntry
from bookings.selectors.places import therapists_visible_to
from bookings.selectors.waitlist import waitlist_visible_to
from bookings.serializers.waitlist import (
    NewWaitlistEntrySerializer,
    WaitlistEntrySerializer,
    WaitlistQuerySerializer,
    waitlist_answer,
)
from bookings.services.waitlist import add_to_waitlist, withdraw_from_waitlist
from bookings.views.appointments import staff_of
from clients.models import Client
from clients.selectors import find_client
from clinic.accounts.models import User
from clinic.api.pagination import PagePagination
from clinic.api.permissions import IsStaff
from clinic.api.serializers import parsed_body, parsed_query
from clinic.errors import InvalidInput, NotFound
from clinic.practice.selectors import get_practice

_TAGS: Final = ["waitlist"]


class WaitlistView(APIView):
    permission_classes = (IsStaff,)
    pagination_class = PagePagination

    @extend_schema(
        operation_id="list_waitlist",
        tags=_TAGS,
        parameters=[WaitlistQuerySerializer],
        responses=WaitlistEntrySerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Who is waiting (or in another `state`), the longest first."""
        query = parsed_query(WaitlistQuerySerializer, request)
        state = query.get("state", WaitlistEntry.State.WAITING)
        zone = get_practice().zone
        found = waitlist_visible_to(staff_of(request)).filter(state=state).order_by("created_at", "pk")
        paginator = self.pagination_class()
        page = paginator.paginate_queryset(found, request, view=self) or []
        return paginator.get_paginated_response([waitlist_answer(entry, zone=zone) for entry in page])

    @extend_schema(
        operation_id="add_to_waitlist",
        tags=_TAGS,
        request=NewWaitlistEntrySerializer,
        responses={201: WaitlistEntrySerializer},
    )
    def post(self, request: Request) -> Response:
        """Put a client on the list for some days."""
        body = parsed_body(NewWaitlistEntrySerializer, request)
        actor = staff_of(request)
        entry = add_to_waitlist(
            _client(actor, body["client"]),
            treatment_slug=body["treatment"],
            minutes=body["minutes"],
            therapist=_therapist(actor, body.get("therapist")),
            from_on=body["from_on"],
            until_on=body["until_on"],
            note=body.get("note", ""),
            now=timezone.now(),
        )
        return _answer(entry, status_code=status.HTTP_201_CREATED)


class WaitlistWithdrawView(APIView):
    permission_classes = (IsStaff,)

    @extend_schema(
        operation_id="withdraw_from_waitlist", tags=_TAGS, request=None, responses={200: WaitlistEntrySerializer}
    )
    def post(self, request: Request, pk: int) -> Response:
        """Take a client off the list. Twice is fine."""
        entry = waitlist_visible_to(staff_of(request)).filter(pk=pk).first()
        if entry is None:
            raise NotFound
        withdraw_from_waitlist(entry)
        return _answer(waitlist_visible_to(staff_of(request)).get(pk=pk))


def _client(actor: User, client_id: int) -> Client:
    try:
        return find_client(actor, client_id)
    except NotFound:
        raise InvalidInput.field("client", "There is no such client.", code="unknown_client") from None


def _therapist(actor: User, therapist_id: int | None) -> Therapist | None:
    if therapist_id is None:
        return None
    therapist = therapists_visible_to(actor).filter(pk=therapist_id).first()
    if therapist is None:
        raise InvalidInput.field("therapist", "There is no such therapist.", code="unknown_therapist")
    return therapist


def _answer(entry: WaitlistEntry, *, status_code: int = status.HTTP_200_OK) -> Response:
    answer: dict[str, Any] = waitlist_answer(entry, zone=get_practice().zone)
    return Response(answer, status=status_code)
