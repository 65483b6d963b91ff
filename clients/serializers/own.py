"""What signed-in clients see and change of their own records."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from rest_framework import serializers

from clients.models import Client
from clients.serializers.people import LARGEST_KEY, LARGEST_VERSION
from clinic.accounts.models import User
from clinic.api.serializers import LineField, PhoneField, StrictSerializer


class OwnRecordSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    preferred_name = serializers.CharField()
    date_of_birth = serializers.DateField(allow_null=True)
    email = serializers.CharField()
    phone = serializers.CharField()
    address = serializers.CharField()
    emergency_contact_name = serializers.CharField()
    emergency_contact_phone = serializers.CharField()
    gp_name = serializers.CharField()
    gp_practice = serializers.CharField()
    guardian_name = serializers.CharField()
    is_clinical_record_open = serializers.BooleanField(
        help_text="No: the clinic has yet to confirm the email address; until then nothing clinical is shown."
    )
    version = serializers.IntegerField()


class OwnProfileSerializer(serializers.Serializer[Any]):
    """One person may have several records: a parent their own and their children's."""

    email = serializers.CharField()
    name = serializers.CharField()
    clients = OwnRecordSerializer(many=True)


class OwnChangeSerializer(StrictSerializer):
    """Only what is named is changed. Names, date of birth and address for mail are changed at the clinic."""

    client = serializers.IntegerField(
        min_value=1, max_value=LARGEST_KEY, required=False, help_text="Needed by those with several records."
    )
    version = serializers.IntegerField(min_value=1, max_value=LARGEST_VERSION)
    preferred_name = LineField(max_length=80, required=False, allow_blank=True)
    phone = PhoneField(required=False, allow_blank=True)
    address = serializers.CharField(max_length=400, required=False, allow_blank=True)
    emergency_contact_name = LineField(max_length=120, required=False, allow_blank=True)
    emergency_contact_phone = PhoneField(required=False, allow_blank=True)
    gp_name = LineField(max_length=120, required=False, allow_blank=True)
    gp_practice = LineField(max_length=200, required=False, allow_blank=True)


def own_record(client: Client, *, is_open: bool) -> dict[str, Any]:
    return {
        "id": client.pk,
        "first_name": client.first_name,
        "last_name": client.last_name,
        "preferred_name": client.preferred_name,
        "date_of_birth": client.date_of_birth,
        "email": client.email,
        "phone": str(client.phone or ""),
        "address": client.address,
        "emergency_contact_name": client.emergency_contact_name,
        "emergency_contact_phone": str(client.emergency_contact_phone or ""),
        "gp_name": client.gp_name,
        "gp_practice": client.gp_practice,
        "guardian_name": client.guardian_name,
        "is_clinical_record_open": is_open,
        "version": client.version,
    }


def own_profile(user: User, clients: list[Client], *, opened: Collection[Client]) -> dict[str, Any]:
    """`opened`: those of the records whose clinical part the user may read."""
    records = [own_record(client, is_open=client in opened) for client in clients]
    return {"email": user.email, "name": user.name, "clients": records}
