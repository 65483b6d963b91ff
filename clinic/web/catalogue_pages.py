"""Treatments and the people who give them, as the server's pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.safestring import SafeString, mark_safe

from bookings.models import Therapist
from bookings.selectors.places import bookable_therapists
from clinic.practice.models import Practice
from clinic.web.headings import fit_headings
from clinic.web.money import price_text
from clinic.web.texts import fill, texts
from treatments.models import Treatment
from treatments.prose import render_markdown
from treatments.selectors import published_treatments

MOTIFS: Final = ("fibres", "arches", "band", "pair", "ripples")  # symbols of frontend/static/web/motifs.svg
_SECTION: Final = 2  # the level of the headings that the owner's texts stand below


@dataclass(frozen=True, slots=True)
class OfferedLength:
    minutes: int
    amount: Decimal
    price: str
    label: str
    is_first_visit_only: bool

    @property
    def minutes_text(self) -> str:
        return fill(texts()["minutes"], n=self.minutes)

    @property
    def book_text(self) -> str:
        return fill(texts()["treatment"]["book"], n=self.minutes)


@dataclass(frozen=True, slots=True)
class OfferedTreatment:
    """`motif` is the drawing that stands where the owner gave no picture."""

    slug: str
    name: str
    summary: str
    lengths: list[OfferedLength]
    record: Treatment
    motif: str

    @property
    def picture(self) -> str:
        return self.record.image.url if self.record.image else ""

    @property
    def description(self) -> SafeString:
        return prose(self.record.description)

    @property
    def what_to_wear(self) -> SafeString:
        return prose(self.record.what_to_wear)

    @property
    def aftercare(self) -> SafeString:
        return prose(self.record.aftercare)

    @property
    def not_for(self) -> SafeString:
        return prose(self.record.not_for)

    @property
    def conditions(self) -> list[str]:
        """Who may book it, in sentences."""
        words, record = texts()["treatment"], self.record
        age = fill(words["minimum_age"], age=record.minimum_age) if record.minimum_age else ""
        known = "" if record.is_for_new_clients else words["known_clients"]
        return [sentence for sentence in (age, known) if sentence]


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    biography: SafeString


def offered_treatments(practice: Practice) -> list[OfferedTreatment]:
    """What is published, in the owner's order."""
    return [offered(treatment, practice, place=place) for place, treatment in enumerate(published_treatments())]


def offered(treatment: Treatment, practice: Practice, *, place: int) -> OfferedTreatment:
    """`place` is where it stands among the published ones, from 0."""
    lengths = [
        OfferedLength(
            minutes=option.minutes,
            amount=option.price,
            price=price_text(option.price, practice.currency),
            label=option.label,
            is_first_visit_only=option.is_first_visit_only,
        )
        for option in treatment.options.all()
    ]
    return OfferedTreatment(
        treatment.slug, treatment.name, treatment.summary, lengths, treatment, MOTIFS[place % len(MOTIFS)]
    )


def people(*, treatment: Treatment | None = None) -> list[Person]:
    """Who can be booked, for one treatment or at all, in the owner's order. One query."""
    found = bookable_therapists().prefetch_related(None)
    if treatment is not None:
        found = found.filter(treatments=treatment)
    return [_person(therapist) for therapist in found]


def prose(text: str) -> SafeString:
    """The owner's Markdown as HTML that stands below a heading of the second level."""
    return mark_safe(fit_headings(render_markdown(text), below=_SECTION))  # noqa: S308  # as safe as what it was made from


def _person(therapist: Therapist) -> Person:
    return Person(therapist.name, prose(therapist.biography))
