"""Entries of the waitlist, as they come and as they are answered."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from rest_framework import serializers

from bookings.fields import KeyField, LocalDateField
from bookings.models import WaitlistEntry
from bookings.serializers.answers import BookedTreatmentSerializer, NamedSerializer, local
from clinic.api.serializers import LineField, StrictSerializer


class WaitlistEntrySerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    client = NamedSerializer()
    treatment = BookedTreatmentSerializer()
    minutes = serializers.IntegerField()
    therapist = NamedSerializer(allow_null=True, help_text="Null: anybody.")
    from_on = serializers.DateField()
    until_on = serializers.DateField()
    state = serializers.ChoiceField(choices=WaitlistEntry.State.choices)
    note = serializers.CharField()
    created_at = serializers.DateTimeField()


def waitlist_answer(entry: WaitlistEntry, *, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "id": entry.pk,
        "client": {"id": entry.client_id, "name": entry.client.display_name},
        "treatment": {"slug": entry.treatment.slug, "name": entry.treatment.name},
        "minutes": entry.minutes,
        "therapist": {"id": entry.therapist.pk, "name": entry.therapist.name} if entry.therapist else None,
        "from_on": entry.from_on.isoformat(),
        "until_on": entry.until_on.isoformat(),
        "state": entry.state,
        "note": entry.note,
        "created_at": local(entry.created_at, zone),
    }


class NewWaitlistEntrySerializer(StrictSerializer):
    client = KeyField()
    treatment = serializers.SlugField(max_length=80)
    minutes = serializers.IntegerField(min_value=5, max_value=480)
    therapist = KeyField(required=False, allow_null=True)
    from_on = LocalDateField()
    until_on = LocalDateField()
    note = LineField(max_length=200, required=False, allow_blank=True, help_text="Never a health detail.")


class WaitlistQuerySerializer(StrictSerializer):
    state = serializers.ChoiceField(choices=WaitlistEntry.State.choices, required=False)
    page = KeyField(required=False)
    page_size = KeyField(required=False)
