"""Time off, as it comes and as it is answered."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from rest_framework import serializers

from bookings.fields import KeyField, LocalDateField, MomentField
from bookings.models import Resource, Therapist, TimeOff
from bookings.serializers.answers import NamedSerializer, local
from bookings.services.time_off import Action, Resolution
from clinic.api.serializers import LineField, StrictSerializer

_MOST_RESOLUTIONS = 100


class TimeOffSerializer(serializers.Serializer[Any]):
    """Of a therapist or of a room: the other is null."""

    id = serializers.IntegerField()
    therapist = NamedSerializer(allow_null=True)
    room = NamedSerializer(allow_null=True)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    reason = serializers.CharField()
    is_cancelled = serializers.BooleanField()


def time_off_answer(time_off: TimeOff, *, zone: ZoneInfo) -> dict[str, Any]:
    """Moments with the clinic's own offset. Wants `resource` with its therapist and room loaded."""
    resource = time_off.resource
    owner = resource.therapist if resource.kind == Resource.Kind.THERAPIST else resource.room
    named = {"id": owner.pk, "name": owner.name}
    is_therapist = isinstance(owner, Therapist)
    return {
        "id": time_off.pk,
        "therapist": named if is_therapist else None,
        "room": None if is_therapist else named,
        "starts_at": local(time_off.starts_at, zone),
        "ends_at": local(time_off.ends_at, zone),
        "reason": time_off.reason,
        "is_cancelled": time_off.is_cancelled,
    }


class ResolutionSerializer(StrictSerializer):
    """What becomes of one booking in the way."""

    reference = LineField(max_length=12)
    action = serializers.ChoiceField(choices=[action.value for action in Action])
    starts_at = MomentField(required=False, help_text="When it is moved to.")
    therapist = KeyField(required=False, help_text="To whom it is moved. Without: the same therapist.")
    reason = LineField(max_length=200, required=False, allow_blank=True)


class TimeOffChangeSerializer(StrictSerializer):
    starts_at = MomentField()
    ends_at = MomentField()
    reason = LineField(max_length=120, required=False, allow_blank=True, help_text="Seen by all staff.")
    resolutions = serializers.ListField(
        child=ResolutionSerializer(),
        required=False,
        max_length=_MOST_RESOLUTIONS,
        help_text="One for each booking in the way. All of them are carried out, or nothing is.",
    )
    end_holds = serializers.BooleanField(
        required=False, help_text="Take the time although visitors are just booking in it."
    )


class NewTimeOffSerializer(TimeOffChangeSerializer):
    therapist = KeyField(required=False, help_text="Either a therapist or a room.")
    room = KeyField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("therapist" in attrs) == ("room" in attrs):
            raise serializers.ValidationError({"therapist": ["Name either a therapist or a room."]}, code="one_of")
        return attrs


class TimeOffQuerySerializer(StrictSerializer):
    therapist = KeyField(required=False)
    room = KeyField(required=False)
    include_cancelled = serializers.BooleanField(required=False)
    page = KeyField(required=False)
    page_size = KeyField(required=False)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        # `from` cannot be the name of an attribute.
        return {
            **super().get_fields(),
            "from": LocalDateField(source="first", required=False),
            "to": LocalDateField(source="last", required=False),
        }


def as_resolutions(rows: list[dict[str, Any]]) -> list[Resolution]:
    return [
        Resolution(
            reference=row["reference"],
            action=Action(row["action"]),
            starts_at=row.get("starts_at"),
            therapist_id=row.get("therapist"),
            reason=row.get("reason", ""),
        )
        for row in rows
    ]
