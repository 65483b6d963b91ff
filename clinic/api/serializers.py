"""What every serializer of input has in common: nothing unknown, nothing a database cannot hold.

A body may only name fields that the call knows and lets the caller set; anything else is refused
by name instead of being dropped in silence. So mass assignment fails loudly, and so does a typo.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any, Final, TypeVar

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request

from clinic.api.phones import to_e164

_MOST_NAMED: Final = 20
_LONGEST_NAME: Final = 80


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses unknown and read-only fields (`unknown_field`) and unstorable characters.

    Strings are trimmed, as CharField does. Errors come as {field: [{code, message}]}.
    """

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            self._refuse_unstorable(data)
        errors = self._unknown_fields(data) if isinstance(data, Mapping) else {}
        try:
            values = super().to_internal_value(data)
        except serializers.ValidationError as error:
            if errors and isinstance(error.detail, Mapping):
                raise serializers.ValidationError({**error.detail, **errors}) from error
            raise
        if errors:
            raise serializers.ValidationError(errors)
        return values

    def _unknown_fields(self, data: Mapping[Any, Any]) -> dict[str, Any]:
        known = {name for name, field in self.fields.items() if not field.read_only}
        unknown = sorted(printable(str(name)) for name in data if name not in known)
        message = "There is no such field here."
        return {name: [ErrorDetail(message, code="unknown_field")] for name in unknown[:_MOST_NAMED]}

    def _refuse_unstorable(self, data: Mapping[Any, Any]) -> None:
        """Before anything else looks at a value: some messages repeat what was sent."""
        message = "Contains characters that cannot be stored."
        errors = {
            printable(str(name)): [ErrorDetail(message, code="characters_not_allowed")]
            for name, value in data.items()
            if holds_unstorable(value)
        }
        if errors:
            raise serializers.ValidationError(dict(list(errors.items())[:_MOST_NAMED]))


class LineField(serializers.CharField):
    """Text of one line: no line breaks, no control characters. For names, reasons, titles. A number is no text."""

    default_error_messages = {"not_one_line": "Please write this on one line."}

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        text = str(super().to_internal_value(data))
        if any(unicodedata.category(character) in {"Cc", "Zl", "Zp"} for character in text):
            self.fail("not_one_line")
        return text


class PhoneField(serializers.CharField):
    """A telephone number as people write it; E.164 once parsed. Without a country code: the clinic's country."""

    default_error_messages = {
        "invalid_phone": "This is not a telephone number. Write it as 020 7946 0018 or +44 20 7946 0018."
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 40, **kwargs})

    def to_internal_value(self, data: Any) -> str:
        number = to_e164(str(super().to_internal_value(data)))
        if not number:
            self.fail("invalid_phone")
        return number


S = TypeVar("S", bound=StrictSerializer)


def parsed_body(serializer: type[S], request: Request, **context: Any) -> dict[str, Any]:
    """The validated body of a request. Raises rest_framework's ValidationError."""
    return _validated(serializer(data=request.data, context=context))


def parsed_query(serializer: type[S], request: Request) -> dict[str, Any]:
    """The validated query string of a request; of a repeated parameter the last value counts."""
    return _validated(serializer(data=request.query_params.dict()))


def holds_unstorable(value: Any) -> bool:
    """Whether NUL or half of a surrogate pair is anywhere inside a JSON value, keys included."""
    if isinstance(value, str):
        return "\x00" in value or any("\ud800" <= character <= "\udfff" for character in value)
    if isinstance(value, Mapping):
        return any(holds_unstorable(key) or holds_unstorable(inner) for key, inner in value.items())
    if isinstance(value, list):
        return any(holds_unstorable(inner) for inner in value)
    return False


def printable(name: str) -> str:
    """A name that a caller made up, fit to be repeated in an answer."""
    return name.encode("utf-8", "replace").decode().replace("\x00", "?")[:_LONGEST_NAME]


def _validated(serializer: StrictSerializer) -> dict[str, Any]:
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)
