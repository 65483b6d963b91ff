"""Entries of the record, in and out."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from clients.models import RecordEntry
from clients.record_kinds.measurements import TESTS
from clients.serializers.entry_contents import (
    BodyChartContentField,
    BodyChartContentSerializer,
    HomeCareContentField,
    HomeCareContentSerializer,
    IntakeContentField,
    IntakeContentSerializer,
    MeasurementContentField,
    MeasurementContentSerializer,
)
from clients.serializers.notes import person
from clients.serializers.people import LARGEST_KEY, PersonSerializer
from clients.services.comparisons import Comparison
from clients.services.entries import OpenedEntry
from clinic.api.serializers import LineField, StrictSerializer


class EntrySummarySerializer(serializers.Serializer[Any]):
    """What is known about an entry without opening it."""

    id = serializers.UUIDField()
    client = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=RecordEntry.Kind.choices)
    recorded_on = serializers.DateField(help_text="The clinic's local date.")
    appointment_reference = serializers.CharField()
    author = PersonSerializer()
    replaces = serializers.UUIDField(allow_null=True)
    replaced_by = serializers.UUIDField(allow_null=True, help_text="Null: this entry holds.")
    created_at = serializers.DateTimeField()


class IntakeSerializer(EntrySummarySerializer):
    """An opened entry. That it was opened is on record."""

    content = IntakeContentSerializer()


class BodyChartSerializer(EntrySummarySerializer):
    """An opened entry. That it was opened is on record."""

    content = BodyChartContentSerializer()


class HomeCareSerializer(EntrySummarySerializer):
    """An opened entry. That it was opened is on record."""

    content = HomeCareContentSerializer()


class ChangeSerializer(serializers.Serializer[Any]):
    """Since the measurement before of the same thing, in the unit of the test."""

    since = serializers.UUIDField()
    since_on = serializers.DateField()
    by = serializers.FloatField()
    is_within_measurement_error = serializers.BooleanField(
        allow_null=True, help_text="Whether it is smaller than `mdc`; null where no mdc is known. Never a verdict."
    )


class MeasurementSerializer(EntrySummarySerializer):
    """An opened entry. That it was opened is on record. Reference values are for orientation, never a diagnosis."""

    content = MeasurementContentSerializer()
    unit = serializers.CharField()
    range = serializers.ListField(child=serializers.FloatField(), min_length=2, max_length=2, allow_null=True)
    reference = serializers.CharField(help_text="Empty where there is none.")
    mdc = serializers.FloatField(allow_null=True, help_text="The smallest change larger than measurement error.")
    change = ChangeSerializer(allow_null=True)


class NewEntrySerializer(StrictSerializer):
    """`replaces`: the entry that this one corrects; both stay to be read."""

    recorded_on = serializers.DateField(
        required=False,
        help_text="The clinic's local date; without it the appointment's, that of the replaced entry, or today.",
    )
    appointment_reference = LineField(max_length=16, required=False, allow_blank=True, default="")
    replaces = serializers.UUIDField(required=False, allow_null=True, default=None)


class NewIntakeSerializer(NewEntrySerializer):
    content = IntakeContentField()


class NewMeasurementSerializer(NewEntrySerializer):
    content = MeasurementContentField()


class NewBodyChartSerializer(NewEntrySerializer):
    content = BodyChartContentField()


class NewHomeCareSerializer(NewEntrySerializer):
    content = HomeCareContentField()


class NewOwnIntakeSerializer(NewIntakeSerializer):
    client = serializers.IntegerField(
        min_value=1, max_value=LARGEST_KEY, required=False, help_text="Needed by those with several records."
    )


def entry_summary(entry: RecordEntry) -> dict[str, Any]:
    return {
        "id": entry.pk,
        "client": entry.client_id,
        "kind": entry.kind,
        "recorded_on": entry.recorded_on,
        "appointment_reference": entry.appointment_reference,
        "author": person(entry.author),
        "replaces": entry.replaces_id,
        "replaced_by": getattr(entry, "replaced_by", None),
        "created_at": entry.created_at,
    }


def opened_entry(opened: OpenedEntry) -> dict[str, Any]:
    return {**entry_summary(opened.row), "content": opened.content}


def opened_measurement(opened: OpenedEntry, comparison: Comparison | None) -> dict[str, Any]:
    definition = TESTS[opened.content["test"]]
    return {
        **opened_entry(opened),
        "unit": definition.unit,
        "range": definition.range,
        "reference": definition.reference,
        "mdc": definition.mdc,
        "change": _change(comparison) if comparison else None,
    }


def _change(comparison: Comparison) -> dict[str, Any]:
    return {
        "since": comparison.since,
        "since_on": comparison.since_on,
        "by": comparison.change.by,
        "is_within_measurement_error": comparison.change.is_within_measurement_error,
    }
