"""Reading the clinic's record."""

from __future__ import annotations

from typing import Final

from clinic.practice.models import Practice

NAME_UNTIL_NAMED: Final = "The clinic"


def get_practice() -> Practice:
    """The clinic's record, made with its defaults on the first call of a new installation."""
    practice, _ = Practice.objects.get_or_create(pk=1, defaults={"name": NAME_UNTIL_NAMED})
    return practice


def embed_origins() -> list[str]:
    """The other sites that may show our booking pages and read what is public, as browsers name them.

    One small query each time: what the owner takes off the list is off at once, in every process.
    """
    return "\n".join(Practice.objects.filter(pk=1).values_list("embed_origins", flat=True)).splitlines()
