"""Intake, measurements, body charts and home care. For those who may not read them there are none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Final, TypeVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from clients.models import Client
from clients.selectors.entries import latest_of_each_client, visible_entries
from clients.serializers.entries import (
    BodyChartSerializer,
    EntrySummarySerializer,
    HomeCareSerializer,
    IntakeSerializer,
    MeasurementSerializer,
    NewBodyChartSerializer,
    NewEntrySerializer,
    NewHomeCareSerializer,
    NewIntakeSerializer,
    NewMeasurementSerializer,
    NewOwnIntakeSerializer,
    entry_summary,
    opened_entry,
    opened_measurement,
)
from clients.serializers.people import PageQuerySerializer
from clients.services.comparisons import compare_with_earlier
from clients.services.entries import Kind, OpenedEntry, read_entries, record_entry
from clients.views.asking import find_clinical_client, own_client, today, user_of
from clinic.accounts.models import User
from clinic.api.pagination import PagePagination
from clinic.api.permissions import IsClient
from clinic.api.serializers import parsed_body, parsed_query

_TAGS: Final = ["record"]
V = TypeVar("V", bound=type[APIView])


class EntryPages(PagePagination):
    """Small: every entry of a page is opened, and each opening goes on record."""

    page_size = 20
    max_page_size = 50


def _documented(
    *, listed: str, made: str, entry: type[EntrySummarySerializer], body: type[NewEntrySerializer]
) -> Callable[[V], V]:
    """The operations of one kind in the schema."""
    return extend_schema_view(
        get=extend_schema(
            operation_id=listed, tags=_TAGS, parameters=[PageQuerySerializer], responses=entry(many=True)
        ),
        post=extend_schema(operation_id=made, tags=_TAGS, request=body, responses={201: EntrySummarySerializer}),
    )


class EntriesView(APIView):
    """What the views of all kinds share; a view of one kind says which."""

    permission_classes = (IsAuthenticated,)
    pagination_class = EntryPages
    kind: ClassVar[Kind]
    body: ClassVar[type[NewEntrySerializer]]

    def get(self, request: Request, client_id: int) -> Response:
        """The client's entries opened, those that hold first, then the latest. Each reading goes on record first."""
        client = find_clinical_client(request, client_id)
        parsed_query(PageQuerySerializer, request)
        found = visible_entries(user_of(request), kind=self.kind).filter(client=client)
        paginator = self.pagination_class()
        page = paginator.paginate_queryset(found, request, view=self) or []
        opened = read_entries(page, reader=user_of(request), purpose=self.kind)
        return paginator.get_paginated_response(self.answer(opened, client=client, reader=user_of(request)))

    def post(self, request: Request, client_id: int) -> Response:
        """Write an entry. It is never changed; a later one may replace it."""
        client = find_clinical_client(request, client_id)
        body = parsed_body(self.body, request)
        entry = record_entry(client, kind=self.kind, **body, author=user_of(request), today=today(), now=timezone.now())
        return Response(entry_summary(entry), status=status.HTTP_201_CREATED)

    def answer(self, opened: list[OpenedEntry], *, client: Client, reader: User) -> list[dict[str, Any]]:
        return [opened_entry(entry) for entry in opened]


@_documented(listed="list_intakes", made="record_intake", entry=IntakeSerializer, body=NewIntakeSerializer)
class IntakesView(EntriesView):
    kind = Kind.INTAKE
    body = NewIntakeSerializer


@_documented(
    listed="list_measurements", made="record_measurement", entry=MeasurementSerializer, body=NewMeasurementSerializer
)
class MeasurementsView(EntriesView):
    kind = Kind.MEASUREMENT
    body = NewMeasurementSerializer

    def answer(self, opened: list[OpenedEntry], *, client: Client, reader: User) -> list[dict[str, Any]]:
        compared = compare_with_earlier(opened, client=client, reader=reader)
        return [opened_measurement(entry, compared.get(entry.row.pk)) for entry in opened]


@_documented(
    listed="list_body_charts", made="record_body_chart", entry=BodyChartSerializer, body=NewBodyChartSerializer
)
class BodyChartsView(EntriesView):
    kind = Kind.BODY_CHART
    body = NewBodyChartSerializer


@_documented(listed="list_home_care", made="record_home_care", entry=HomeCareSerializer, body=NewHomeCareSerializer)
class HomeCareView(EntriesView):
    kind = Kind.HOME_CARE
    body = NewHomeCareSerializer


class OwnIntakeView(APIView):
    permission_classes = (IsClient,)
    pagination_class = EntryPages

    @extend_schema(
        operation_id="list_own_intakes",
        tags=["me"],
        parameters=[PageQuerySerializer],
        responses=IntakeSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """One's own intake forms, those that hold first, then the latest."""
        parsed_query(PageQuerySerializer, request)
        paginator = self.pagination_class()
        found = visible_entries(user_of(request), kind=Kind.INTAKE)
        page = paginator.paginate_queryset(found, request, view=self) or []
        opened = read_entries(page, reader=user_of(request), purpose="own intake")
        return paginator.get_paginated_response([opened_entry(entry) for entry in opened])

    @extend_schema(
        operation_id="record_own_intake",
        tags=["me"],
        request=NewOwnIntakeSerializer,
        responses={201: EntrySummarySerializer},
    )
    def post(self, request: Request) -> Response:
        """Fill in one's intake form. It is never changed; a later one may replace it."""
        body = parsed_body(NewOwnIntakeSerializer, request)
        client = own_client(request, body.pop("client", None))
        entry = record_entry(
            client, kind=Kind.INTAKE, **body, author=user_of(request), today=today(), now=timezone.now()
        )
        return Response(entry_summary(entry), status=status.HTTP_201_CREATED)


class OwnHomeCareView(APIView):
    permission_classes = (IsClient,)

    @extend_schema(operation_id="get_own_home_care", tags=["me"], responses=HomeCareSerializer(many=True))
    def get(self, request: Request) -> Response:
        """The plan that holds now, for each of one's records that has one."""
        reader = user_of(request)
        rows = latest_of_each_client(visible_entries(reader, kind=Kind.HOME_CARE), kind=Kind.HOME_CARE)
        opened = read_entries(list(rows), reader=reader, purpose="own home care")
        return Response([opened_entry(entry) for entry in opened])
