"""Notes and safety answers, in and out."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from clients.models import Addendum, Screening, TreatmentNote
from clients.serializers.people import LARGEST_VERSION, PersonSerializer
from clients.services.notes import LONGEST_TEXT, NoteContent, OpenedNote
from clinic.accounts.models import User
from clinic.api.serializers import LineField, StrictSerializer
from treatments.models import SafetyQuestion


class SoapSerializer(serializers.Serializer[Any]):
    subjective = serializers.CharField()
    objective = serializers.CharField()
    assessment = serializers.CharField()
    plan = serializers.CharField()


class NewSoapSerializer(StrictSerializer):
    subjective = serializers.CharField(max_length=LONGEST_TEXT, required=False, allow_blank=True, default="")
    objective = serializers.CharField(max_length=LONGEST_TEXT, required=False, allow_blank=True, default="")
    assessment = serializers.CharField(max_length=LONGEST_TEXT, required=False, allow_blank=True, default="")
    plan = serializers.CharField(max_length=LONGEST_TEXT, required=False, allow_blank=True, default="")


class NoteSummarySerializer(serializers.Serializer[Any]):
    """What is known about a note without opening it."""

    id = serializers.UUIDField()
    client = serializers.IntegerField()
    session_on = serializers.DateField()
    appointment_reference = serializers.CharField()
    state = serializers.ChoiceField(choices=TreatmentNote.State.choices)
    author = PersonSerializer()
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    signed_at = serializers.DateTimeField(allow_null=True)
    addenda_count = serializers.IntegerField()


class AddendumSummarySerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    author = PersonSerializer()
    created_at = serializers.DateTimeField()


class AddendumSerializer(AddendumSummarySerializer):
    text = serializers.CharField()


class NoteSerializer(NoteSummarySerializer):
    """An opened note. That it was opened is on record."""

    content = SoapSerializer()
    addenda = AddendumSerializer(many=True)


class NewNoteSerializer(StrictSerializer):
    content = NewSoapSerializer()
    session_on = serializers.DateField(
        required=False, help_text="The clinic's local date of the session; of the appointment if one is named; today."
    )
    appointment_reference = LineField(max_length=16, required=False, allow_blank=True, default="")


class NoteChangeSerializer(StrictSerializer):
    """The whole content anew. `version`: the one you saw; refused if it has moved on."""

    content = NewSoapSerializer()
    version = serializers.IntegerField(min_value=1, max_value=LARGEST_VERSION)


class SignSerializer(StrictSerializer):
    version = serializers.IntegerField(min_value=1, max_value=LARGEST_VERSION)


class NewAddendumSerializer(StrictSerializer):
    text = serializers.CharField(max_length=LONGEST_TEXT)


class ScreeningSummarySerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    created_at = serializers.DateTimeField()
    source = serializers.ChoiceField(choices=Screening.Source.choices)  # type: ignore[assignment]  # a field named source
    appointment_reference = serializers.CharField()
    level = serializers.CharField(help_text="The gravest level answered with yes; empty for none.")
    level_name = serializers.SerializerMethodField(help_text="The same in words.")

    def get_level_name(self, row: Screening) -> str:
        return dict(SafetyQuestion.Level.choices).get(row.level, row.level)


class ToldAnswerSerializer(serializers.Serializer[Any]):
    question = serializers.CharField()
    answer = serializers.CharField()


class ScreeningSerializer(ScreeningSummarySerializer):
    answers = serializers.JSONField()
    told = ToldAnswerSerializer(many=True, help_text="The same in the words of the questions, as they stand today.")


def person(user: User) -> dict[str, Any]:
    return {"id": user.pk, "name": str(user)}


def note_summary(note: TreatmentNote, *, addenda_count: int | None = None) -> dict[str, Any]:
    """`addenda_count` for rows that do not come from `visible_notes`, which counts them."""
    return {
        "id": note.pk,
        "client": note.client_id,
        "session_on": note.session_on,
        "appointment_reference": note.appointment_reference,
        "state": note.state,
        "author": person(note.author),
        "version": note.version,
        "created_at": note.created_at,
        "updated_at": note.updated_at,
        "signed_at": note.signed_at,
        "addenda_count": getattr(note, "addenda_count", 0) if addenda_count is None else addenda_count,
    }


def addendum_summary(addendum: Addendum) -> dict[str, Any]:
    return {"id": addendum.pk, "author": person(addendum.author), "created_at": addendum.created_at}


def opened_note(opened: OpenedNote) -> dict[str, Any]:
    content = opened.content
    return {
        **note_summary(opened.row, addenda_count=len(opened.addenda)),
        "content": {
            "subjective": content.subjective,
            "objective": content.objective,
            "assessment": content.assessment,
            "plan": content.plan,
        },
        "addenda": [{**addendum_summary(a.row), "text": a.text} for a in opened.addenda],
    }


def content_in(body: dict[str, Any]) -> NoteContent:
    return NoteContent(**body["content"])
