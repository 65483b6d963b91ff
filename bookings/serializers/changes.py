"""Bodies of PATCH: any of the fields, as strictly as all of them."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request

from clinic.api.serializers import StrictSerializer


def parsed_changes(serializer: type[StrictSerializer], request: Request) -> dict[str, Any]:
    """The fields that were sent, validated; no defaults. Raises rest_framework's ValidationError."""
    sent = serializer(data=request.data, partial=True)
    sent.is_valid(raise_exception=True)
    return dict(sent.validated_data)
