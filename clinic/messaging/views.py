from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from clinic.accounts.models import User
from clinic.api.pagination import PagePagination
from clinic.api.permissions import IsStaff
from clinic.api.serializers import parsed_query
from clinic.messaging.selectors import messages_of, names_of, visible_to
from clinic.messaging.serializers import MessageFilter, MessageSerializer
from clinic.practice.selectors import get_practice


class MessagesView(APIView):
    permission_classes = (IsStaff,)
    pagination_class = PagePagination

    @extend_schema(
        operation_id="list_messages",
        tags=["messages"],
        parameters=[MessageFilter],
        responses=MessageSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """The message log, latest due first: what went out, what waits, what failed and why.

        Therapists see messages to people in their care. `from` and `to` are local dates, inclusive.
        """
        query = parsed_query(MessageFilter, request)
        wanted = {name: value for name, value in query.items() if name not in ("page", "page_size")}
        found = messages_of(visible_to(request.user), zone=get_practice().zone, **wanted)
        paginator = self.pagination_class()
        page = paginator.paginate_queryset(found, request, view=self) or []
        names = names_of(page, reader=request.user) if isinstance(request.user, User) else {}
        return paginator.get_paginated_response(MessageSerializer(page, many=True, context={"names": names}).data)
