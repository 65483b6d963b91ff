"""Fields of requests that the diary's calls share."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Final

from rest_framework import serializers

_FIRST_YEAR: Final = 2000
_LAST_YEAR: Final = 2199


class MomentField(serializers.DateTimeField):
    """A moment as ISO 8601 with its offset. In UTC once parsed; whole seconds."""

    default_error_messages = {
        "offset_required": "Give the offset from UTC, as in 2027-01-04T09:00:00+00:00.",
        "out_of_range": f"Give a year from {_FIRST_YEAR} to {_LAST_YEAR}.",
    }

    def enforce_timezone(self, value: datetime) -> datetime:
        if value.tzinfo is None or value.utcoffset() is None:
            self.fail("offset_required")
        if not _FIRST_YEAR <= value.year <= _LAST_YEAR:
            self.fail("out_of_range")
        return value.astimezone(UTC).replace(microsecond=0)


class LocalDateField(serializers.DateField):
    """A local date of the clinic."""

    default_error_messages = {"out_of_range": f"Give a year from {_FIRST_YEAR} to {_LAST_YEAR}."}

    def to_internal_value(self, value: Any) -> date:
        day: date = super().to_internal_value(value)
        if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
            self.fail("out_of_range")
        return day


class WholeNumberField(serializers.IntegerField):
    """A number, also as text in a query string; true and false are none."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool):
            self.fail("invalid")
        return int(super().to_internal_value(data))


class KeyField(WholeNumberField):
    """The number of a row: positive, and small enough for the database."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=2**53, **kwargs)


class AmountField(serializers.DecimalField):
    """An amount of money, not negative. An empty text is no amount, and not "none given" either."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=8, decimal_places=2, min_value=0, **kwargs)

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        if isinstance(data, str) and not data.strip():
            self.fail("invalid")
        return super().validate_empty_values(data)
