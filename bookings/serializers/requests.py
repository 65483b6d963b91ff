"""What callers of the diary may send."""

from __future__ import annotations

from typing import Any, Final

from rest_framework import serializers

from bookings.fields import AmountField, KeyField, LocalDateField, MomentField, WholeNumberField
from bookings.status import AppointmentStatus
from clinic.api.serializers import LineField, PhoneField, StrictSerializer
from treatments.serializers.guide import GuideAnswersSerializer

_MOST_MINUTES: Final = 480
STATUS_CHOICES: Final = tuple((status.value, status.value) for status in AppointmentStatus)


class WantedSerializer(StrictSerializer):
    """A treatment, a length, and perhaps a therapist."""

    treatment = serializers.CharField(max_length=80)
    minutes = WholeNumberField(min_value=1, max_value=_MOST_MINUTES)
    therapist = KeyField(required=False, allow_null=True)


class AvailabilityQuery(WantedSerializer):
    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        fields: dict[str, Any] = super().get_fields()
        fields["from"] = LocalDateField(source="first", help_text="Local date, inclusive.")
        fields["to"] = LocalDateField(source="last", help_text="Local date, inclusive; at most 62 days in all.")
        return fields


class OpeningsQuery(AvailabilityQuery):
    client = KeyField(required=False, help_text="Whom it is for: a first visit may need more time after it.")
    appointment = KeyField(required=False, help_text="One that is to move: its own time is no obstacle.")


class HoldRequest(WantedSerializer):
    starts_at = MomentField()


class ClientRequest(StrictSerializer):
    first_name = LineField(max_length=80)
    last_name = LineField(max_length=80)
    email = serializers.EmailField(max_length=254)
    phone = PhoneField(required=False, allow_blank=True, default="")
    date_of_birth = serializers.DateField(required=False, allow_null=True, default=None)


class BookingBody(WantedSerializer):
    starts_at = MomentField()
    hold = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")
    client = ClientRequest()
    safety = serializers.ListField(
        child=serializers.SlugField(max_length=80),
        required=False,
        default=list,
        max_length=50,
        help_text="The safety questions answered with yes.",
    )
    guide = GuideAnswersSerializer(required=False, help_text="What was sent to the guide, to travel with the booking.")
    accepts_policy = serializers.BooleanField()


class ClientCancelRequest(StrictSerializer):
    reason = LineField(max_length=200, required=False, allow_blank=True, default="")
    expected_fee = AmountField(
        required=False,
        allow_null=True,
        default=None,
        help_text="The fee you were shown. If it is another by now, nothing is cancelled.",
    )


class ClientMoveRequest(StrictSerializer):
    starts_at = MomentField()
    therapist = KeyField(required=False, allow_null=True, default=None)


class StepRequest(StrictSerializer):
    """What every step of staff may carry. `version`: the one you saw; refused if it has moved on."""

    version = WholeNumberField(min_value=1, max_value=2**31 - 1, required=False, allow_null=True, default=None)
    reason = LineField(max_length=200, required=False, allow_blank=True, default="")


class NoShowRequest(StepRequest):
    waives_fee = serializers.BooleanField(required=False, default=False)


class CancelRequest(StepRequest):
    by = serializers.ChoiceField(choices=("client", "clinic"), required=False, default="clinic")
    waives_fee = serializers.BooleanField(required=False, default=False)


class EnterInErrorRequest(StepRequest):
    reason = LineField(max_length=200)


class MoveRequest(StepRequest):
    starts_at = MomentField()
    therapist = KeyField(required=False, allow_null=True, default=None)
    minutes = WholeNumberField(
        min_value=1,
        max_value=_MOST_MINUTES,
        required=False,
        allow_null=True,
        default=None,
        help_text="Another length that the treatment comes in; the price becomes that length's.",
    )
    override_reason = LineField(
        max_length=200,
        required=False,
        allow_blank=True,
        default="",
        help_text="Why outside working hours, off the grid or in the past.",
    )


class AppointmentBody(WantedSerializer):
    client = KeyField()
    starts_at = MomentField()
    override_reason = LineField(max_length=200, required=False, allow_blank=True, default="")


class AppointmentFilter(StrictSerializer):
    client = KeyField(required=False)
    therapist = KeyField(required=False)
    status = serializers.ChoiceField(choices=STATUS_CHOICES, required=False)
    page = WholeNumberField(min_value=1, required=False)
    page_size = WholeNumberField(min_value=1, required=False)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        fields: dict[str, Any] = super().get_fields()
        fields["from"] = LocalDateField(source="first", required=False)
        fields["to"] = LocalDateField(source="last", required=False)
        return fields
