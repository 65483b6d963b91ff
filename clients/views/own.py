"""What signed-in clients see and decide about themselves."""

from __future__ import annotations

from typing import Final

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from clients.models import ConsentRecord
from clients.selectors import open_to, visible_to
from clients.serializers.own import (
    OwnChangeSerializer,
    OwnProfileSerializer,
    OwnRecordSerializer,
    own_profile,
    own_record,
)
from clients.serializers.people import PageQuerySerializer
from clients.serializers.wishes import (
    ConsentSerializer,
    OwnConsentSerializer,
    OwnWishesSerializer,
    PreferencesSerializer,
    preferences_answer,
    wishes_in,
)
from clients.services.consents import record_consent
from clients.services.export import export_own_data
from clients.services.people import update_own_profile
from clients.services.preferences import set_preferences
from clients.views.asking import own_client, today, user_of
from clinic.api.pagination import PagePagination
from clinic.api.permissions import IsClient
from clinic.api.serializers import parsed_body, parsed_query

_TAGS: Final = ["me"]


class OwnProfileView(APIView):
    permission_classes = (IsClient,)

    @extend_schema(operation_id="get_own_profile", tags=_TAGS, responses=OwnProfileSerializer)
    def get(self, request: Request) -> Response:
        """The account and the records under it."""
        user = user_of(request)
        return Response(own_profile(user, list(visible_to(user).order_by("pk")), opened=set(open_to(user))))

    @extend_schema(
        operation_id="update_own_profile", tags=_TAGS, request=OwnChangeSerializer, responses=OwnRecordSerializer
    )
    def patch(self, request: Request) -> Response:
        """Change one's telephone number, postal address and the people to turn to."""
        body = parsed_body(OwnChangeSerializer, request)
        client = own_client(request, body.pop("client", None))
        version = body.pop("version")
        user = user_of(request)
        changed = update_own_profile(client.pk, fields=body, version=version, actor=user, today=today())
        return Response(own_record(changed, is_open=open_to(user).contains(changed)))


class OwnContactPreferencesView(APIView):
    permission_classes = (IsClient,)

    @extend_schema(operation_id="get_own_contact_preferences", tags=_TAGS, responses=PreferencesSerializer(many=True))
    def get(self, request: Request) -> Response:
        """For each record every purpose and channel, and whether it may be used."""
        records = visible_to(user_of(request)).order_by("pk").prefetch_related("contact_preferences")
        return Response([preferences_answer(client) for client in records])

    @extend_schema(
        operation_id="set_own_contact_preferences",
        tags=_TAGS,
        request=OwnWishesSerializer,
        responses=PreferencesSerializer,
    )
    def patch(self, request: Request) -> Response:
        body = parsed_body(OwnWishesSerializer, request)
        client = own_client(request, body.get("client"))
        changed = set_preferences(client.pk, preferences=wishes_in(body), actor=user_of(request))
        return Response(preferences_answer(changed))


class OwnConsentsView(APIView):
    permission_classes = (IsClient,)
    pagination_class = PagePagination

    @extend_schema(
        operation_id="list_own_consents",
        tags=_TAGS,
        parameters=[PageQuerySerializer],
        responses=ConsentSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Every decision, the latest first."""
        parsed_query(PageQuerySerializer, request)
        own = visible_to(user_of(request))
        found = ConsentRecord.objects.filter(client__in=own).select_related("recorded_by")
        paginator = self.pagination_class()
        page = paginator.paginate_queryset(found, request, view=self) or []
        return paginator.get_paginated_response(ConsentSerializer(page, many=True).data)

    @extend_schema(
        operation_id="record_own_consent", tags=_TAGS, request=OwnConsentSerializer, responses={201: ConsentSerializer}
    )
    def post(self, request: Request) -> Response:
        """Consent, or withdraw a consent: as easy one way as the other."""
        body = parsed_body(OwnConsentSerializer, request)
        client = own_client(request, body.pop("client", None))
        consent = record_consent(client.pk, **body, actor=user_of(request), now=timezone.now())
        return Response(ConsentSerializer(consent).data, status=status.HTTP_201_CREATED)


class OwnDataView(APIView):
    permission_classes = (IsClient,)

    @extend_schema(operation_id="export_own_data", tags=_TAGS, responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        """Everything held about oneself. That it was taken out goes on record.

        A record whose address the clinic has yet to confirm comes without its clinical part, and says so in `left_out`.
        """
        document = export_own_data(user_of(request), now=timezone.now())
        return Response(document, headers={"Content-Disposition": 'attachment; filename="my-record.json"'})
