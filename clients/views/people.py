"""Clients' records, for staff. Nothing clinical passes through here."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from clients.models import Client
from clients.selectors import find_client, visible_to
from clients.selectors.duplicates import duplicate_groups, load_groups, possible_duplicates_of
from clients.selectors.people import search_clients
from clients.serializers.people import (
    ORDERINGS,
    ClientChangeSerializer,
    ClientFieldsSerializer,
    ClientQuerySerializer,
    ClientSerializer,
    ClientSummarySerializer,
    ConfirmEmailSerializer,
    DuplicateGroupSerializer,
    MergeSerializer,
    PageQuerySerializer,
    PossibleDuplicateSerializer,
    client_detail,
    client_summary,
)
from clients.services.confirming import confirm_email
from clients.services.merging import merge_clients
from clients.services.people import create_client, update_client
from clients.views.asking import find_clinical_client, today, user_of
from clinic.api.pagination import PagePagination
from clinic.api.permissions import IsFrontDesk, IsStaff
from clinic.api.serializers import parsed_body, parsed_query

_TAGS: Final = ["clients"]


class ClientsView(APIView):
    permission_classes = (IsStaff,)
    pagination_class = PagePagination

    @extend_schema(
        operation_id="list_clients",
        tags=_TAGS,
        parameters=[ClientQuerySerializer],
        responses=ClientSummarySerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Clients: all for owner and reception, those in their care for therapists."""
        query = parsed_query(ClientQuerySerializer, request)
        found = _chosen(visible_to(user_of(request)), query).order_by(*ORDERINGS[query["ordering"]])
        paginator = self.pagination_class()
        page = paginator.paginate_queryset(found, request, view=self) or []
        return paginator.get_paginated_response([client_summary(client) for client in page])

    @extend_schema(
        operation_id="create_client", tags=_TAGS, request=ClientFieldsSerializer, responses={201: ClientSerializer}
    )
    def post(self, request: Request) -> Response:
        """Make a record. A therapist who makes one has it in their care."""
        body = parsed_body(ClientFieldsSerializer, request)
        client = create_client(body, actor=user_of(request), today=today())
        return Response(client_detail(client), status=status.HTTP_201_CREATED)


class ClientView(APIView):
    permission_classes = (IsStaff,)

    @extend_schema(operation_id="get_client", tags=_TAGS, responses=ClientSerializer)
    def get(self, request: Request, client_id: int) -> Response:
        """One record. Under the number of a merged one: the record it became part of."""
        return Response(client_detail(find_client(user_of(request), client_id)))

    @extend_schema(operation_id="update_client", tags=_TAGS, request=ClientChangeSerializer, responses=ClientSerializer)
    def patch(self, request: Request, client_id: int) -> Response:
        """Change what is named. 409 `stale_version` when somebody else was faster."""
        user = user_of(request)
        client = find_client(user, client_id)
        body = parsed_body(ClientChangeSerializer, request)
        version = body.pop("version")
        changed = update_client(client.pk, fields=body, version=version, actor=user, today=today())
        return Response(client_detail(changed))


class ConfirmEmailView(APIView):
    """It opens the clinical record to the account: who may not read that finds nothing here."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="confirm_client_email", tags=_TAGS, request=ConfirmEmailSerializer, responses=ClientSerializer
    )
    def post(self, request: Request, client_id: int) -> Response:
        """Say that the address which reception gave is the client's. From now on its account opens the record."""
        client = find_clinical_client(request, client_id)
        body = parsed_body(ConfirmEmailSerializer, request)
        return Response(client_detail(confirm_email(client, version=body["version"], actor=user_of(request))))


class PossibleDuplicatesView(APIView):
    permission_classes = (IsStaff,)

    @extend_schema(
        operation_id="list_possible_duplicates", tags=_TAGS, responses=PossibleDuplicateSerializer(many=True)
    )
    def get(self, request: Request, client_id: int) -> Response:
        """Other records that may be this person, with the reasons to think so."""
        user = user_of(request)
        found = possible_duplicates_of(find_client(user, client_id), among=visible_to(user))
        return Response([{"client": client_summary(other), "reasons": reasons} for other, reasons in found])


class DuplicatesView(APIView):
    permission_classes = (IsFrontDesk,)
    pagination_class = PagePagination

    @extend_schema(
        operation_id="list_duplicates",
        tags=_TAGS,
        parameters=[PageQuerySerializer],
        responses=DuplicateGroupSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Every group of records that share an address, a number or a name, and may be one person."""
        parsed_query(PageQuerySerializer, request)
        paginator = self.pagination_class()
        keys: Any = duplicate_groups(visible_to(user_of(request)))
        groups = load_groups(paginator.paginate_queryset(keys, request, view=self) or [])
        return paginator.get_paginated_response(
            [{"reason": group.reason, "clients": [client_summary(c) for c in group.clients]} for group in groups]
        )


class MergeView(APIView):
    permission_classes = (IsFrontDesk,)

    @extend_schema(operation_id="merge_clients", tags=_TAGS, request=MergeSerializer, responses=ClientSerializer)
    def post(self, request: Request, client_id: int) -> Response:
        """Merge another record into this one. Nothing is lost; the same merge twice is one merge."""
        find_client(user_of(request), client_id)
        body = parsed_body(MergeSerializer, request)
        kept = merge_clients(
            client_id,
            merged_id=body["merged"],
            version=body["version"],
            actor=user_of(request),
            now=timezone.now(),
        )
        return Response(client_detail(kept))


def _chosen(clients: QuerySet[Client], query: dict[str, Any]) -> QuerySet[Client]:
    if query.get("search"):
        clients = search_clients(clients, query["search"])
    if "therapist" in query:
        clients = clients.filter(pk__in=Client.objects.filter(care_team=query["therapist"]).values("pk"))
    if "has_account" in query:
        clients = clients.filter(user__isnull=not query["has_account"])
    return clients
