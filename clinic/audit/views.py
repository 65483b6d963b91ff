"""The audit trail, for the owner."""

from __future__ import annotations

from typing import Any, Final

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from clinic.api.pagination import PagePagination
from clinic.api.permissions import IsOwner
from clinic.api.serializers import StrictSerializer, parsed_query
from clinic.audit.models import Action
from clinic.audit.selectors import chosen_events, visible_to

_TAGS: Final = ["audit"]
_LARGEST_KEY: Final = 2**53


class AuditQuerySerializer(StrictSerializer):
    client = serializers.IntegerField(min_value=1, max_value=_LARGEST_KEY, required=False)
    actor = serializers.IntegerField(min_value=1, max_value=_LARGEST_KEY, required=False)
    action = serializers.ChoiceField(choices=Action.choices, required=False)
    since = serializers.DateTimeField(required=False, help_text="From this moment on.")
    until = serializers.DateTimeField(required=False, help_text="Before this moment.")
    page = serializers.IntegerField(min_value=1, required=False)
    page_size = serializers.IntegerField(min_value=1, required=False)


class AuditEventSerializer(serializers.Serializer[Any]):
    sequence = serializers.IntegerField()
    occurred_at = serializers.DateTimeField()
    actor = serializers.IntegerField(source="actor_id", allow_null=True)
    actor_label = serializers.CharField()
    action = serializers.ChoiceField(choices=Action.choices)
    subject_type = serializers.CharField()
    subject_id = serializers.CharField()
    client = serializers.IntegerField(source="client_id", allow_null=True)
    detail = serializers.DictField(help_text="Never clinical content.")
    hash = serializers.CharField()


class AuditView(APIView):
    permission_classes = (IsOwner,)
    pagination_class = PagePagination

    @extend_schema(
        operation_id="list_audit_events",
        tags=_TAGS,
        parameters=[AuditQuerySerializer],
        responses=AuditEventSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Who saw or changed what, the latest first."""
        query: dict[str, Any] = parsed_query(AuditQuerySerializer, request)
        chosen = {name: query[name] for name in ("client", "actor", "action", "since", "until") if name in query}
        found = chosen_events(visible_to(request.user), **chosen)
        paginator = self.pagination_class()
        page = paginator.paginate_queryset(found, request, view=self) or []
        return paginator.get_paginated_response(AuditEventSerializer(page, many=True).data)
