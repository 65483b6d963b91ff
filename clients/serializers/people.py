"""Clients' records, in and out."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import F
from rest_framework import serializers

from clients.models import Client
from clients.selectors.duplicates import Reason
from clinic.api.serializers import LineField, PhoneField, StrictSerializer

LARGEST_KEY: Final = 2**53
LARGEST_VERSION: Final = 2**31 - 1
REASON_CHOICES: Final = [(reason.value, reason.value) for reason in Reason]
ORDERINGS: Final = {
    "name": ("last_name", "first_name", "pk"),
    "-name": ("-last_name", "-first_name", "-pk"),
    "created_at": ("created_at", "pk"),
    "-created_at": ("-created_at", "-pk"),
    "last_treated_on": ("last_treated_on", "pk"),
    "-last_treated_on": (F("last_treated_on").desc(nulls_last=True), "-pk"),  # databases differ where nothing is
}


class PersonSerializer(serializers.Serializer[Any]):
    """Someone of the staff."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class ClientSummarySerializer(serializers.Serializer[Client]):
    """A client as lists show them. Nothing clinical."""

    id = serializers.IntegerField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    preferred_name = serializers.CharField()
    display_name = serializers.CharField()
    date_of_birth = serializers.DateField(allow_null=True)
    email = serializers.CharField()
    is_email_proved = serializers.BooleanField()
    phone = serializers.CharField()
    alert_line = serializers.CharField()
    has_account = serializers.BooleanField(help_text="Whether the client has signed in to this record.")


class ClientSerializer(ClientSummarySerializer):
    """A whole record. Nothing clinical."""

    address = serializers.CharField()
    emergency_contact_name = serializers.CharField()
    emergency_contact_phone = serializers.CharField()
    gp_name = serializers.CharField()
    gp_practice = serializers.CharField()
    guardian_name = serializers.CharField()
    guardian_phone = serializers.CharField()
    guardian_relationship = serializers.CharField()
    care_team = PersonSerializer(many=True)
    account_email = serializers.CharField(help_text="Of the account that opens the record; empty where there is none.")
    email_needs_confirming = serializers.BooleanField(
        help_text="Reception gave the address. Until it is confirmed its account opens nothing clinical."
    )
    last_treated_on = serializers.DateField(allow_null=True)
    is_on_legal_hold = serializers.BooleanField()
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class ClientFieldsSerializer(StrictSerializer):
    """What staff may write. Everything else of a record has its own call."""

    first_name = LineField(max_length=80)
    last_name = LineField(max_length=80)
    preferred_name = LineField(max_length=80, required=False, allow_blank=True)
    date_of_birth = serializers.DateField(required=False, allow_null=True)
    email = serializers.EmailField(max_length=254, required=False, allow_blank=True)
    phone = PhoneField(required=False, allow_blank=True)
    address = serializers.CharField(max_length=400, required=False, allow_blank=True)
    emergency_contact_name = LineField(max_length=120, required=False, allow_blank=True)
    emergency_contact_phone = PhoneField(required=False, allow_blank=True)
    gp_name = LineField(max_length=120, required=False, allow_blank=True)
    gp_practice = LineField(max_length=200, required=False, allow_blank=True)
    guardian_name = LineField(
        max_length=120, required=False, allow_blank=True, help_text="Needed for minors; the clinic sets the age."
    )
    guardian_phone = PhoneField(required=False, allow_blank=True)
    guardian_relationship = LineField(max_length=60, required=False, allow_blank=True)
    alert_line = LineField(
        max_length=80,
        required=False,
        allow_blank=True,
        help_text="Shown in the diary to all staff, such as 'Ring on arrival'. Never a health detail.",
    )


class ClientChangeSerializer(ClientFieldsSerializer):
    """Only what is named is changed. `version`: the one you saw; refused if it has moved on."""

    first_name = LineField(max_length=80, required=False)
    last_name = LineField(max_length=80, required=False)
    version = serializers.IntegerField(min_value=1, max_value=LARGEST_VERSION)


class ClientQuerySerializer(StrictSerializer):
    search = serializers.CharField(
        max_length=200, required=False, allow_blank=True, help_text="Part of a name, address or telephone number."
    )
    therapist = serializers.IntegerField(
        min_value=1, max_value=LARGEST_KEY, required=False, help_text="In the care of this member of staff."
    )
    has_account = serializers.BooleanField(required=False)
    ordering = serializers.ChoiceField(choices=tuple(ORDERINGS), required=False, default="name")
    page = serializers.IntegerField(min_value=1, required=False)
    page_size = serializers.IntegerField(min_value=1, required=False)


class PageQuerySerializer(StrictSerializer):
    page = serializers.IntegerField(min_value=1, required=False)
    page_size = serializers.IntegerField(min_value=1, required=False)


class PossibleDuplicateSerializer(serializers.Serializer[Any]):
    client = ClientSummarySerializer()
    reasons = serializers.ListField(child=serializers.ChoiceField(choices=REASON_CHOICES))


class DuplicateGroupSerializer(serializers.Serializer[Any]):
    """Records that share something and may be one person."""

    reason = serializers.ChoiceField(choices=REASON_CHOICES)
    clients = ClientSummarySerializer(many=True)


class MergeSerializer(StrictSerializer):
    """`merged`: the record that becomes part of this one. `version`: this one's, as you saw it."""

    merged = serializers.IntegerField(min_value=1, max_value=LARGEST_KEY)
    version = serializers.IntegerField(min_value=1, max_value=LARGEST_VERSION)


class ConfirmEmailSerializer(StrictSerializer):
    """`version`: the one you saw; refused if it has moved on, since the address may be another one now."""

    version = serializers.IntegerField(min_value=1, max_value=LARGEST_VERSION)


class TimelineQuerySerializer(StrictSerializer):
    page = serializers.IntegerField(min_value=1, max_value=100, required=False, default=1)


class TimelineEntrySerializer(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    kind = serializers.CharField()
    title = serializers.CharField()
    reference = serializers.CharField()
    actor = serializers.CharField()


class TimelineSerializer(serializers.Serializer[Any]):
    results = TimelineEntrySerializer(many=True)
    has_more = serializers.BooleanField()


def client_summary(client: Client) -> dict[str, Any]:
    return {
        "id": client.pk,
        "first_name": client.first_name,
        "last_name": client.last_name,
        "preferred_name": client.preferred_name,
        "display_name": client.display_name,
        "date_of_birth": client.date_of_birth,
        "email": client.email,
        "is_email_proved": client.email_proved_at is not None,
        "phone": str(client.phone or ""),
        "alert_line": client.alert_line,
        "has_account": client.user_id is not None,
    }


def client_detail(client: Client) -> dict[str, Any]:
    return {
        **client_summary(client),
        "address": client.address,
        "emergency_contact_name": client.emergency_contact_name,
        "emergency_contact_phone": str(client.emergency_contact_phone or ""),
        "gp_name": client.gp_name,
        "gp_practice": client.gp_practice,
        "guardian_name": client.guardian_name,
        "guardian_phone": str(client.guardian_phone or ""),
        "guardian_relationship": client.guardian_relationship,
        "care_team": [{"id": user.pk, "name": str(user)} for user in client.care_team.all()],
        "account_email": client.user.email if client.user else "",
        "email_needs_confirming": client.email_needs_confirming,
        "last_treated_on": client.last_treated_on,
        "is_on_legal_hold": client.is_on_legal_hold,
        "version": client.version,
        "created_at": client.created_at,
        "updated_at": client.updated_at,
    }
