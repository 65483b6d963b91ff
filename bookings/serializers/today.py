"""The question for the work of the day and its answer. The answer is documented here and built by its selector."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from bookings.fields import KeyField
from bookings.serializers.answers import BookedTreatmentSerializer, NamedSerializer
from bookings.serializers.diary import DiaryAppointmentSerializer, DiaryTherapistSerializer
from clinic.api.serializers import StrictSerializer

_CLINICAL = "For owner and therapists only."


class TodayQuerySerializer(StrictSerializer):
    therapist = KeyField(required=False)


class UnsignedNoteSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    client = NamedSerializer()
    session_on = serializers.DateField()


class FailedMessageSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    kind = serializers.CharField(help_text="Such as confirmation or reminder-24h.")
    client = NamedSerializer(allow_null=True)
    reason = serializers.CharField()
    created_at = serializers.DateTimeField()


class WaitingSerializer(serializers.Serializer[Any]):
    """An entry of the waitlist that would fit."""

    id = serializers.IntegerField()
    client = NamedSerializer()
    treatment = BookedTreatmentSerializer()
    minutes = serializers.IntegerField()


class GapSerializer(serializers.Serializer[Any]):
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    therapist = serializers.IntegerField()
    waitlist = WaitingSerializer(many=True, help_text="The longest waiting first.")


class TodaySerializer(serializers.Serializer[Any]):
    date = serializers.DateField()
    time_zone = serializers.CharField()
    therapists = DiaryTherapistSerializer(many=True)
    next = DiaryAppointmentSerializer(many=True, help_text="Of each therapist the one that runs or comes next.")
    unwritten = DiaryAppointmentSerializer(
        many=True,
        required=False,
        help_text=f"Over for at most 14 days and without a note; the oldest 50. {_CLINICAL}",
    )
    unwritten_count = serializers.IntegerField(required=False, help_text=_CLINICAL)
    unsigned = UnsignedNoteSerializer(
        many=True, required=False, help_text=f"Drafts of sessions that have been; the oldest 50. {_CLINICAL}"
    )
    unsigned_count = serializers.IntegerField(required=False, help_text=_CLINICAL)
    failed_messages = FailedMessageSerializer(many=True, help_text="Given up in the last 14 days; the latest 50.")
    gaps = GapSerializer(
        many=True, help_text="Free time of today and six days more that somebody who waits could fill; at most 20."
    )
