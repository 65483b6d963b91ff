"""Reading the clinic's record."""

from __future__ import annotations

from clinic.practice.models import Practice


def get_practice() -> Practice:
    """The clinic's record, made with its defaults on the first call of a new installation."""
    practice, _ = Practice.objects.get_or_create(pk=1, defaults={"name": "The clinic"})
    return practice
