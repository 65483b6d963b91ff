"""What happened with a client, and everything held about them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Final

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from clients.selectors import find_client
from clients.selectors.timeline import timeline_of
from clients.serializers.people import TimelineQuerySerializer, TimelineSerializer
from clients.services.export import export_client
from clients.views.asking import find_clinical_client, user_of
from clinic.api.permissions import IsStaff
from clinic.api.serializers import parsed_query

_TAGS: Final = ["clients"]


class TimelineView(APIView):
    permission_classes = (IsStaff,)

    @extend_schema(
        operation_id="get_timeline", tags=_TAGS, parameters=[TimelineQuerySerializer], responses=TimelineSerializer
    )
    def get(self, request: Request, client_id: int) -> Response:
        """What happened, the latest first, as far as the role may know."""
        user = user_of(request)
        client = find_client(user, client_id)
        query = parsed_query(TimelineQuerySerializer, request)
        entries, has_more = timeline_of(client, viewer=user, page=query["page"])
        return Response({"results": [asdict(entry) for entry in entries], "has_more": has_more})


class ExportView(APIView):
    """Clinical content: who may not read it finds nothing here."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="export_client", tags=_TAGS, responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, client_id: int) -> Response:
        """Everything held about the client, notes opened. The export and each reading go on record."""
        client = find_clinical_client(request, client_id)
        document = export_client(client, actor=user_of(request), now=timezone.now())
        return Response(document, headers={"Content-Disposition": f'attachment; filename="client-{client.pk}.json"'})
