"""Contact preferences and consents, in and out."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from clients.models import Client, ConsentRecord, ContactPreference
from clients.serializers.people import LARGEST_KEY
from clients.services.preferences import Preference, preferences_of
from clinic.api.serializers import LineField, StrictSerializer


class PreferenceSerializer(serializers.Serializer[Any]):
    purpose = serializers.ChoiceField(choices=ContactPreference.Purpose.choices)
    channel = serializers.ChoiceField(choices=ContactPreference.Channel.choices)
    is_allowed = serializers.BooleanField()
    is_default = serializers.BooleanField(help_text="Nobody has said anything; this is what holds then.")


class PreferencesSerializer(serializers.Serializer[Any]):
    client = serializers.IntegerField()
    preferences = PreferenceSerializer(many=True)


class WishSerializer(StrictSerializer):
    purpose = serializers.ChoiceField(choices=ContactPreference.Purpose.choices)
    channel = serializers.ChoiceField(choices=ContactPreference.Channel.choices)
    is_allowed = serializers.BooleanField()


class WishesSerializer(StrictSerializer):
    """Only what is named is changed."""

    preferences = serializers.ListField(child=WishSerializer(), min_length=1, max_length=20)


class OwnWishesSerializer(WishesSerializer):
    client = serializers.IntegerField(
        min_value=1, max_value=LARGEST_KEY, required=False, help_text="Needed by those with several records."
    )


class ConsentSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    client = serializers.IntegerField(source="client_id")
    purpose = serializers.ChoiceField(choices=ConsentRecord.Purpose.choices)
    is_given = serializers.BooleanField()
    wording_version = serializers.CharField()
    given_by = serializers.CharField()
    recorded_by = serializers.CharField()
    recorded_at = serializers.DateTimeField()


class NewConsentSerializer(StrictSerializer):
    """One decision. To withdraw is another decision; nothing recorded is ever changed."""

    purpose = serializers.ChoiceField(choices=ConsentRecord.Purpose.choices)
    is_given = serializers.BooleanField()
    wording_version = LineField(max_length=40)
    given_by = LineField(
        max_length=120, required=False, allow_blank=True, default="", help_text="Who decided, if not the client."
    )


class OwnConsentSerializer(StrictSerializer):
    purpose = serializers.ChoiceField(choices=ConsentRecord.Purpose.choices)
    is_given = serializers.BooleanField()
    wording_version = LineField(max_length=40)
    client = serializers.IntegerField(
        min_value=1, max_value=LARGEST_KEY, required=False, help_text="Needed by those with several records."
    )


def preferences_answer(client: Client) -> dict[str, Any]:
    return {
        "client": client.pk,
        "preferences": [
            {"purpose": p.purpose, "channel": p.channel, "is_allowed": p.is_allowed, "is_default": p.is_default}
            for p in preferences_of(client)
        ],
    }


def wishes_in(body: dict[str, Any]) -> list[Preference]:
    return [Preference(w["purpose"], w["channel"], w["is_allowed"]) for w in body["preferences"]]
