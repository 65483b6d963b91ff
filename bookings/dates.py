"""Stretches of local dates that callers ask for."""

from __future__ import annotations

from datetime import date
from typing import Final

from clinic.errors import InvalidInput

MOST_DAYS: Final = 62


def check_range(first: date, last: date) -> None:
    """Raise InvalidInput naming `to` unless the dates are in order and at most 62 days, both counted."""
    if last < first:
        raise InvalidInput.field("to", "The last day must not be before the first.", code="ends_before_start")
    if (last - first).days >= MOST_DAYS:
        raise InvalidInput.field("to", f"At most {MOST_DAYS} days at a time.", code="too_many_days")
