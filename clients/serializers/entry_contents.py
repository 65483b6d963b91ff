"""The shapes of what entries say, for the schema. What is accepted is decided by `clients.record_kinds`."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from clients.record_kinds import body_charts, home_care, intakes, measurements
from clients.record_kinds.body_charts import CHART


class IntakeAnswersSerializer(serializers.Serializer[Any]):
    """At least one of these."""

    presenting_complaint = serializers.CharField(max_length=intakes.LONGEST_ANSWER, required=False, allow_blank=True)
    history = serializers.CharField(max_length=intakes.LONGEST_ANSWER, required=False, allow_blank=True)
    medication = serializers.CharField(max_length=intakes.LONGEST_ANSWER, required=False, allow_blank=True)
    allergies = serializers.CharField(max_length=intakes.LONGEST_ANSWER, required=False, allow_blank=True)
    goals = serializers.CharField(max_length=intakes.LONGEST_ANSWER, required=False, allow_blank=True)


class IntakeContentSerializer(serializers.Serializer[Any]):
    answers = IntakeAnswersSerializer()


class ActivitySerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=120, help_text="In the client's own words.")
    score = serializers.FloatField()


class MeasurementContentSerializer(serializers.Serializer[Any]):
    """Which of the fields a test has is said by the test; any other one is refused.

    Worked out, and not to be sent: the `value` of a test made up of items or activities.
    """

    test = serializers.ChoiceField(choices=list(measurements.TESTS))
    side = serializers.ChoiceField(
        choices=[*measurements.SIDES, measurements.NO_SIDE],
        required=False,
        help_text="Needed for tests of one side; `none` for others.",
    )
    value = serializers.FloatField(required=False)
    items = serializers.DictField(child=serializers.IntegerField(), required=False)
    activities = ActivitySerializer(many=True, required=False)
    components = serializers.DictField(child=serializers.FloatField(), required=False)
    positive = serializers.BooleanField(required=False)
    grade = serializers.CharField(required=False)
    faults = serializers.ListField(child=serializers.CharField(), required=False)
    zones = serializers.ListField(child=serializers.CharField(), required=False)
    age_in_months = serializers.IntegerField(required=False)
    model = serializers.CharField(required=False, max_length=120)
    position = serializers.CharField(required=False)
    direction = serializers.ChoiceField(
        choices=list(measurements.DIRECTIONS), required=False, help_text="Which way is better, where it may be either."
    )
    version = serializers.CharField(required=False, max_length=40, help_text="Which version of a questionnaire.")
    note = serializers.CharField(required=False, max_length=measurements.LONGEST_NOTE, allow_blank=True)


class MarkSerializer(serializers.Serializer[Any]):
    view = serializers.ChoiceField(choices=list(CHART.views))
    points = serializers.ListField(
        child=serializers.ListField(child=serializers.FloatField(min_value=0, max_value=1), min_length=2, max_length=2),
        min_length=1,
        max_length=body_charts.MOST_POINTS_OF_A_MARK,
        help_text="[x, y] as parts of the view's width and height.",
    )
    kind = serializers.ChoiceField(choices=list(CHART.mark_kinds))
    intensity = serializers.IntegerField(min_value=0, max_value=10, required=False, allow_null=True)
    note = serializers.CharField(max_length=body_charts.LONGEST_NOTE, required=False, allow_blank=True)
    author = serializers.ChoiceField(choices=list(CHART.mark_authors))


class BodyChartContentSerializer(serializers.Serializer[Any]):
    marks = serializers.ListField(child=MarkSerializer(), min_length=1, max_length=body_charts.MOST_MARKS)


class HomeCareItemSerializer(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=home_care.LONGEST_TITLE)
    instructions = serializers.CharField(max_length=home_care.LONGEST_TEXT)
    times_per_day = serializers.IntegerField(min_value=1, max_value=24, required=False, allow_null=True)
    days_per_week = serializers.IntegerField(min_value=1, max_value=7, required=False, allow_null=True)
    until = serializers.DateField(required=False, allow_null=True)


class HomeCareContentSerializer(serializers.Serializer[Any]):
    items = serializers.ListField(child=HomeCareItemSerializer(), min_length=1, max_length=home_care.MOST_ITEMS)
    note = serializers.CharField(max_length=home_care.LONGEST_TEXT, required=False, allow_blank=True)


@extend_schema_field(IntakeContentSerializer)
class IntakeContentField(serializers.JSONField):
    pass


@extend_schema_field(MeasurementContentSerializer)
class MeasurementContentField(serializers.JSONField):
    pass


@extend_schema_field(BodyChartContentSerializer)
class BodyChartContentField(serializers.JSONField):
    pass


@extend_schema_field(HomeCareContentSerializer)
class HomeCareContentField(serializers.JSONField):
    pass
