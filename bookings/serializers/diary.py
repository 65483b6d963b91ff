"""The diary's question and its answer. The answer is documented here and built by its selector."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from bookings.fields import KeyField, LocalDateField
from bookings.serializers.answers import AppointmentClientSerializer, BookedTreatmentSerializer, NamedSerializer
from bookings.serializers.requests import STATUS_CHOICES
from clinic.api.serializers import StrictSerializer


class DiaryQuerySerializer(StrictSerializer):
    therapist = KeyField(required=False)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        # `from` cannot be the name of an attribute.
        return {
            "from": LocalDateField(source="first"),
            "to": LocalDateField(source="last"),
            **super().get_fields(),
        }


class DiaryTherapistSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    slug = serializers.CharField()
    name = serializers.CharField()
    is_bookable = serializers.BooleanField()


class DiaryHoursSerializer(serializers.Serializer[Any]):
    therapist = serializers.IntegerField()
    location = serializers.IntegerField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()


class DiaryAppointmentSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    reference = serializers.CharField()
    therapist = serializers.IntegerField()
    location = serializers.IntegerField()
    room = NamedSerializer(allow_null=True)
    client = AppointmentClientSerializer()
    treatment = BookedTreatmentSerializer()
    minutes = serializers.IntegerField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    buffer_before_minutes = serializers.IntegerField()
    buffer_after_minutes = serializers.IntegerField()
    status = serializers.ChoiceField(choices=STATUS_CHOICES)
    next_statuses = serializers.ListField(child=serializers.ChoiceField(choices=STATUS_CHOICES))
    version = serializers.IntegerField()
    is_first_visit = serializers.BooleanField()
    source = serializers.CharField()  # type: ignore[assignment]  # hides an attribute of fields, used by none here
    needs_review = serializers.BooleanField(required=False, help_text="For owner and therapists only.")


class DiaryHoldSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    therapist = serializers.IntegerField()
    room = serializers.IntegerField(allow_null=True)
    treatment_name = serializers.CharField()
    minutes = serializers.IntegerField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()


class DiaryTimeOffSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    therapist = serializers.IntegerField(allow_null=True)
    room = NamedSerializer(allow_null=True)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    reason = serializers.CharField()


class DiarySerializer(serializers.Serializer[Any]):
    time_zone = serializers.CharField()
    to = serializers.DateField()
    bank_holidays = serializers.ListField(child=serializers.DateField(), help_text="Days on which weekly hours rest.")
    therapists = DiaryTherapistSerializer(many=True)
    working_hours = DiaryHoursSerializer(many=True)
    appointments = DiaryAppointmentSerializer(many=True)
    holds = DiaryHoldSerializer(many=True)
    time_off = DiaryTimeOffSerializer(many=True)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {"from": serializers.DateField(), **super().get_fields()}
