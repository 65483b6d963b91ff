from __future__ import annotations

from typing import Any, Final

from rest_framework import serializers

from clinic.api.serializers import LineField, StrictSerializer
from clinic.messaging.models import Channel, Message, MessageStatus

_FIRST_YEAR: Final = 2000
_LAST_YEAR: Final = 2199
_LARGEST_KEY: Final = 2**53


class _DueDateField(serializers.DateField):
    default_error_messages = {"out_of_range": f"Give a year from {_FIRST_YEAR} to {_LAST_YEAR}."}

    def to_internal_value(self, value: Any) -> Any:
        day = super().to_internal_value(value)
        if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
            self.fail("out_of_range")
        return day


class MessageFilter(StrictSerializer):
    status = serializers.ChoiceField(choices=MessageStatus.choices, required=False)
    kind = LineField(max_length=40, required=False, help_text="Such as confirmation or reminder-24h.")
    client = serializers.IntegerField(min_value=1, max_value=_LARGEST_KEY, required=False, source="client_id")
    page = serializers.IntegerField(min_value=1, required=False)
    page_size = serializers.IntegerField(min_value=1, required=False)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        fields: dict[str, Any] = super().get_fields()
        fields["from"] = _DueDateField(source="first", required=False, help_text="Due on this local date or later.")
        fields["to"] = _DueDateField(source="last", required=False, help_text="Due on this local date or earlier.")
        return fields


class MessageSerializer(serializers.ModelSerializer[Message]):
    """A line of the log. What the message said is not kept; links in it are secrets of its reader."""

    id = serializers.UUIDField()
    channel = serializers.ChoiceField(choices=Channel.choices)
    client = serializers.IntegerField(source="client_id", allow_null=True)
    client_name = serializers.SerializerMethodField(help_text="Empty where there is no client, or none you may see.")
    recipient = serializers.CharField(help_text="The address it was sent to; empty as long as it was not.")
    status = serializers.ChoiceField(choices=MessageStatus.choices)

    class Meta:
        model = Message
        fields = (
            "id",
            "topic",
            "topic_id",
            "kind",
            "channel",
            "client",
            "client_name",
            "recipient",
            "due_at",
            "status",
            "reason",
            "attempts",
            "unclear_attempts",
            "created_at",
            "settled_at",
        )
        read_only_fields = fields

    def get_client_name(self, message: Message) -> str:
        names: dict[int, str] = self.context["names"]
        return names.get(message.client_id or 0, "")
