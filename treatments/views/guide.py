"""The guide: its questions, and what it says to the answers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle

from clinic.api.serializers import parsed_body
from clinic.api.throttles import PublicThrottle
from treatments.selectors import guide_contents
from treatments.serializers.guide import GuideAnswerSerializer, GuideAnswersSerializer, GuideSerializer
from treatments.services import GuideAnswer, answer_guide
from treatments.views.public import PublicView

SUGGESTED: Final = ("issues", "treatments", "measures", "assessments")


class GuideThrottle(PublicThrottle):
    """Counted apart from bookings: whoever plays with the guide must still be able to book."""

    scope = "guide"


class GuideView(PublicView):
    def get_throttles(self) -> list[BaseThrottle]:
        return [GuideThrottle()] if self.request.method == "POST" else super().get_throttles()

    @extend_schema(
        operation_id="guide_retrieve",
        tags=["guide"],
        summary="The guide's questions, and what it may speak of",
        responses=GuideSerializer,
    )
    def get(self, request: Request) -> Response:
        return Response(GuideSerializer(guide_contents()).data)

    @extend_schema(
        operation_id="guide_answer",
        tags=["guide"],
        summary="Answer the guide",
        description=(
            "A yes to a safety question comes before everything else: the answer is then `advice` alone, except "
            "at level `review`. Otherwise the lists, best first."
        ),
        request=GuideAnswersSerializer,
        responses=GuideAnswerSerializer,
    )
    def post(self, request: Request) -> Response:
        body = parsed_body(GuideAnswersSerializer, request)
        answer = answer_guide(**body, now=datetime.now(UTC))
        return Response(GuideAnswerSerializer(_members(answer)).data)


def _members(answer: GuideAnswer) -> dict[str, Any]:
    """What there is nothing of is left out, so that nothing can be read into an empty list or a null."""
    members: dict[str, Any] = {}
    if answer.screening.level is not None:
        members["advice"] = answer.screening
    if answer.suggestions is not None:
        members |= {name: getattr(answer.suggestions, name) for name in SUGGESTED}
    return members
