"""Reading the clinic's record."""

from __future__ import annotations

from typing import Final

from clinic.practice.models import Practice

NAME_UNTIL_NAMED: Final = "The clinic"


def get_practice() -> Practice:
    """The clinic's record, made with its defaults on the first call of a new installation."""
    practice, _ = Practice.objects.get_or_create(pk=1, defaults={"name": NAME_UNTIL_NAMED})
    return practice
