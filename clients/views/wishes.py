"""How clients may be reached and what they consented to, for staff."""

from __future__ import annotations

from typing import Final

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from clients.models import ConsentRecord
from clients.selectors import find_client
from clients.serializers.people import PageQuerySerializer
from clients.serializers.wishes import (
    ConsentSerializer,
    NewConsentSerializer,
    PreferencesSerializer,
    WishesSerializer,
    preferences_answer,
    wishes_in,
)
from clients.services.consents import record_consent
from clients.services.preferences import set_preferences
from clients.views.asking import user_of
from clinic.api.pagination import PagePagination
from clinic.api.permissions import IsStaff
from clinic.api.serializers import parsed_body, parsed_query

_TAGS: Final = ["clients"]


class ContactPreferencesView(APIView):
    permission_classes = (IsStaff,)

    @extend_schema(operation_id="get_contact_preferences", tags=_TAGS, responses=PreferencesSerializer)
    def get(self, request: Request, client_id: int) -> Response:
        """Every purpose and channel, and whether it may be used."""
        return Response(preferences_answer(find_client(user_of(request), client_id)))

    @extend_schema(
        operation_id="set_contact_preferences", tags=_TAGS, request=WishesSerializer, responses=PreferencesSerializer
    )
    def patch(self, request: Request, client_id: int) -> Response:
        """Write down what the client wishes."""
        user = user_of(request)
        client = find_client(user, client_id)
        wishes = wishes_in(parsed_body(WishesSerializer, request))
        return Response(preferences_answer(set_preferences(client.pk, preferences=wishes, actor=user)))


class ConsentsView(APIView):
    permission_classes = (IsStaff,)
    pagination_class = PagePagination

    @extend_schema(
        operation_id="list_consents",
        tags=_TAGS,
        parameters=[PageQuerySerializer],
        responses=ConsentSerializer(many=True),
    )
    def get(self, request: Request, client_id: int) -> Response:
        """Every decision of the client, the latest first."""
        parsed_query(PageQuerySerializer, request)
        found = find_client(user_of(request), client_id).consents.select_related("recorded_by")
        paginator = self.pagination_class()
        page: list[ConsentRecord] = paginator.paginate_queryset(found, request, view=self) or []
        return paginator.get_paginated_response(ConsentSerializer(page, many=True).data)

    @extend_schema(
        operation_id="record_consent", tags=_TAGS, request=NewConsentSerializer, responses={201: ConsentSerializer}
    )
    def post(self, request: Request, client_id: int) -> Response:
        """Write down a decision: given, or refused or withdrawn."""
        user = user_of(request)
        client = find_client(user, client_id)
        body = parsed_body(NewConsentSerializer, request)
        consent = record_consent(client.pk, **body, actor=user, now=timezone.now())
        return Response(ConsentSerializer(consent).data, status=status.HTTP_201_CREATED)
