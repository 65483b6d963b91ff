"""Working hours and one-off hours, as they come and as they are answered."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from bookings.fields import KeyField, LocalDateField
from bookings.models import WorkingHours
from clinic.api.serializers import StrictSerializer


@extend_schema_field({"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d$", "example": "09:30"})
class ClockField(serializers.TimeField):
    """A time of the clinic's clock, to the minute."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%H:%M", input_formats=["%H:%M"], **kwargs)


_MOST_ROWS = 100
_STRANDED = "Store the change although upcoming bookings would then lie outside hours."


class WorkingHoursSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    therapist = serializers.IntegerField(source="therapist_id")
    location = serializers.IntegerField(source="location_id")
    weekday = serializers.IntegerField(min_value=0, max_value=6, help_text="Monday is 0.")
    starts = ClockField()
    ends = ClockField(help_text="00:00 is midnight at the end of the day.")
    valid_from = serializers.DateField(allow_null=True)
    valid_until = serializers.DateField(allow_null=True)


class WorkingHoursChangeSerializer(StrictSerializer):
    location = KeyField()
    weekday = serializers.ChoiceField(choices=WorkingHours.Weekday.values, help_text="Monday is 0.")
    starts = ClockField()
    ends = ClockField(help_text="00:00 is midnight at the end of the day.")
    valid_from = LocalDateField(allow_null=True, required=False)
    valid_until = LocalDateField(allow_null=True, required=False)
    accept_stranded = serializers.BooleanField(required=False, help_text=_STRANDED)


class NewWorkingHoursSerializer(WorkingHoursChangeSerializer):
    therapist = KeyField()


class WeekRowSerializer(StrictSerializer):
    """With an `id`: what that row becomes. Without: a new one."""

    id = KeyField(required=False)
    location = KeyField()
    weekday = serializers.ChoiceField(choices=WorkingHours.Weekday.values, help_text="Monday is 0.")
    starts = ClockField()
    ends = ClockField(help_text="00:00 is midnight at the end of the day.")
    valid_from = LocalDateField(allow_null=True, default=None)
    valid_until = LocalDateField(allow_null=True, default=None)


class WorkingWeekChangeSerializer(StrictSerializer):
    therapist = KeyField()
    store = serializers.ListField(child=WeekRowSerializer(), max_length=_MOST_ROWS)
    remove = serializers.ListField(child=KeyField(), max_length=_MOST_ROWS, help_text="Ids. Gone already is fine.")
    accept_stranded = serializers.BooleanField(required=False, help_text=_STRANDED)


class OneOffHoursSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    therapist = serializers.IntegerField(source="therapist_id")
    location = serializers.IntegerField(source="location_id")
    on = serializers.DateField()
    starts = ClockField()
    ends = ClockField(help_text="00:00 is midnight at the end of the day.")


class OneOffHoursChangeSerializer(StrictSerializer):
    location = KeyField()
    on = LocalDateField()
    starts = ClockField()
    ends = ClockField(help_text="00:00 is midnight at the end of the day.")
    accept_stranded = serializers.BooleanField(required=False, help_text=_STRANDED)


class NewOneOffHoursSerializer(OneOffHoursChangeSerializer):
    therapist = KeyField()


class HoursQuerySerializer(StrictSerializer):
    therapist = KeyField(required=False)
    page = KeyField(required=False)
    page_size = KeyField(required=False)


class RemovalQuerySerializer(StrictSerializer):
    accept_stranded = serializers.BooleanField(required=False)
