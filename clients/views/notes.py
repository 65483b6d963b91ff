"""Treatment notes and safety answers, for those who may read them. For everybody else there are none."""

from __future__ import annotations

import json
from typing import Final
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from clients.sealing import sealed_screening
from clients.selectors.notes import find_note, find_screening, visible_notes, visible_screenings
from clients.serializers.notes import (
    AddendumSummarySerializer,
    NewAddendumSerializer,
    NewNoteSerializer,
    NoteChangeSerializer,
    NoteSerializer,
    NoteSummarySerializer,
    ScreeningSerializer,
    ScreeningSummarySerializer,
    SignSerializer,
    ToldAnswerSerializer,
    addendum_summary,
    content_in,
    note_summary,
    opened_note,
)
from clients.serializers.people import PageQuerySerializer
from clients.services.notes import add_addendum, draft_note, read_note, rewrite_draft, sign_note
from clients.views.asking import find_clinical_client, today, user_of
from clinic.api.pagination import PagePagination
from clinic.api.serializers import parsed_body, parsed_query
from clinic.vault import doors
from treatments.selectors.told import told_answers

_TAGS: Final = ["notes"]


class NotesView(APIView):
    permission_classes = (IsAuthenticated,)
    pagination_class = PagePagination

    @extend_schema(
        operation_id="list_notes",
        tags=_TAGS,
        parameters=[PageQuerySerializer],
        responses=NoteSummarySerializer(many=True),
    )
    def get(self, request: Request, client_id: int) -> Response:
        """The client's notes, latest session first, none of them opened."""
        client = find_clinical_client(request, client_id)
        parsed_query(PageQuerySerializer, request)
        found = visible_notes(user_of(request)).filter(client=client).order_by("-session_on", "-created_at", "pk")
        paginator = self.pagination_class()
        page = paginator.paginate_queryset(found, request, view=self) or []
        return paginator.get_paginated_response([note_summary(note) for note in page])

    @extend_schema(
        operation_id="draft_note", tags=_TAGS, request=NewNoteSerializer, responses={201: NoteSummarySerializer}
    )
    def post(self, request: Request, client_id: int) -> Response:
        """Begin a note. With an appointment's reference its date is the session's."""
        client = find_clinical_client(request, client_id)
        body = parsed_body(NewNoteSerializer, request)
        note = draft_note(
            client,
            author=user_of(request),
            content=content_in(body),
            session_on=body.get("session_on"),
            appointment_reference=body["appointment_reference"],
            today=today(),
        )
        return Response(note_summary(note), status=status.HTTP_201_CREATED)


class NoteView(APIView):
    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="get_note", tags=_TAGS, responses=NoteSerializer)
    def get(self, request: Request, note_id: UUID) -> Response:
        """The opened note with its addenda. Each reading goes on record first."""
        note = find_note(user_of(request), note_id)
        return Response(opened_note(read_note(note.pk, reader=user_of(request))))

    @extend_schema(
        operation_id="rewrite_draft", tags=_TAGS, request=NoteChangeSerializer, responses=NoteSummarySerializer
    )
    def put(self, request: Request, note_id: UUID) -> Response:
        """Replace a draft's words. Its author only."""
        note = find_note(user_of(request), note_id)
        body = parsed_body(NoteChangeSerializer, request)
        changed = rewrite_draft(note.pk, author=user_of(request), content=content_in(body), version=body["version"])
        return Response(note_summary(changed))


class SignNoteView(APIView):
    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="sign_note", tags=_TAGS, request=SignSerializer, responses=NoteSummarySerializer)
    def post(self, request: Request, note_id: UUID) -> Response:
        """Sign a complete draft, for good. Its author only. 422 `note_incomplete` names what is `missing`."""
        note = find_note(user_of(request), note_id)
        body = parsed_body(SignSerializer, request)
        signed = sign_note(note.pk, author=user_of(request), version=body["version"], now=timezone.now())
        return Response(note_summary(signed))


class AddendaView(APIView):
    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="add_addendum",
        tags=_TAGS,
        request=NewAddendumSerializer,
        responses={201: AddendumSummarySerializer},
    )
    def post(self, request: Request, note_id: UUID) -> Response:
        """Add to a signed note, under one's own name."""
        note = find_note(user_of(request), note_id)
        body = parsed_body(NewAddendumSerializer, request)
        addendum = add_addendum(note.pk, author=user_of(request), text=body["text"], now=timezone.now())
        return Response(addendum_summary(addendum), status=status.HTTP_201_CREATED)


class ScreeningsView(APIView):
    permission_classes = (IsAuthenticated,)
    pagination_class = PagePagination

    @extend_schema(
        operation_id="list_screenings",
        tags=_TAGS,
        parameters=[PageQuerySerializer],
        responses=ScreeningSummarySerializer(many=True),
    )
    def get(self, request: Request, client_id: int) -> Response:
        """When the client answered safety questions, latest first, none of them opened."""
        client = find_clinical_client(request, client_id)
        parsed_query(PageQuerySerializer, request)
        found = visible_screenings(user_of(request)).filter(client=client).order_by("-created_at", "pk")
        paginator = self.pagination_class()
        page = paginator.paginate_queryset(found, request, view=self) or []
        return paginator.get_paginated_response(ScreeningSummarySerializer(page, many=True).data)


class ScreeningView(APIView):
    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="get_screening", tags=_TAGS, responses=ScreeningSerializer)
    def get(self, request: Request, screening_id: UUID) -> Response:
        """What the client answered. The reading goes on record first."""
        row = find_screening(user_of(request), screening_id)
        text = doors.read(sealed_screening(row), reader=user_of(request), purpose="screening")
        answers = json.loads(text)
        told = ToldAnswerSerializer(told_answers(answers), many=True).data
        return Response({**ScreeningSummarySerializer(row).data, "answers": answers, "told": told})
