"""What a caller is told about accounts."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from clinic.accounts.models import User
from clinic.accounts.roles import Role


class AccountSerializer(serializers.ModelSerializer[User]):
    role = serializers.ChoiceField(choices=Role.choices)

    class Meta:
        model = User
        fields = ("id", "name", "email", "role")
        read_only_fields = fields


class SessionSerializer(serializers.Serializer[Any]):
    is_authenticated = serializers.BooleanField()
    user = AccountSerializer(allow_null=True)
