"""Treatments as the server's pages show them."""

from __future__ import annotations

from dataclasses import dataclass

from clinic.practice.models import Practice
from clinic.web.money import price_text
from treatments.models import Treatment
from treatments.selectors import published_treatments


@dataclass(frozen=True, slots=True)
class OfferedLength:
    minutes: int
    price: str
    label: str


@dataclass(frozen=True, slots=True)
class OfferedTreatment:
    slug: str
    name: str
    summary: str
    lengths: list[OfferedLength]
    record: Treatment


def offered_treatments(practice: Practice) -> list[OfferedTreatment]:
    """What is published, in the owner's order."""
    return [offered(treatment, practice) for treatment in published_treatments()]


def offered(treatment: Treatment, practice: Practice) -> OfferedTreatment:
    lengths = [
        OfferedLength(option.minutes, price_text(option.price, practice.currency), option.label)
        for option in treatment.options.all()
    ]
    return OfferedTreatment(treatment.slug, treatment.name, treatment.summary, lengths, treatment)
