"""The catalogue, for everybody."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from clinic.practice.selectors import get_practice
from treatments.selectors import get_published_treatment, published_treatments
from treatments.serializers.catalogue import TreatmentSerializer
from treatments.views.public import PublicView


class TreatmentListView(PublicView):
    @extend_schema(
        operation_id="treatments_list",
        tags=["treatments"],
        summary="Treatments with their lengths and prices",
        responses=TreatmentSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        context = {"currency": get_practice().currency}
        return Response(TreatmentSerializer(list(published_treatments()), many=True, context=context).data)


class TreatmentView(PublicView):
    @extend_schema(
        operation_id="treatments_retrieve",
        tags=["treatments"],
        summary="One treatment",
        responses=TreatmentSerializer,
    )
    def get(self, request: Request, slug: str) -> Response:
        treatment = get_published_treatment(slug)
        return Response(TreatmentSerializer(treatment, context={"currency": get_practice().currency}).data)
