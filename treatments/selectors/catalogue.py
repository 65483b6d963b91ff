"""Reading the catalogue."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from clinic.errors import InvalidInput, NotFound
from treatments.models import Treatment, TreatmentOption


def published_treatments() -> QuerySet[Treatment]:
    """What everybody may see, in the owner's order, with `options` by length: two queries in all."""
    return (
        Treatment.objects.filter(state=Treatment.State.PUBLISHED)
        .prefetch_related(Prefetch("options", queryset=TreatmentOption.objects.order_by("minutes")))
        .order_by("position", "name")
    )


def get_published_treatment(slug: str) -> Treatment:
    """Raises NotFound for a draft as for what does not exist."""
    treatment = published_treatments().filter(slug=slug).first()
    if treatment is None:
        raise NotFound
    return treatment


def get_option(*, slug: str, minutes: int) -> TreatmentOption:
    """The published length of a treatment that somebody asks to book, its treatment loaded: one query.

    Raises InvalidInput naming `treatment` (code `unknown_treatment`) where no such treatment is
    published, or `minutes` (code `unknown_length`) where it does not come in that length.
    """
    option = (
        TreatmentOption.objects.select_related("treatment")
        .filter(treatment__slug=slug, treatment__state=Treatment.State.PUBLISHED, minutes=minutes)
        .first()
    )
    if option is not None:
        return option
    lengths = list(
        TreatmentOption.objects.filter(treatment__slug=slug, treatment__state=Treatment.State.PUBLISHED)
        .order_by("minutes")
        .values_list("minutes", flat=True)
    )
    if not lengths:
        raise InvalidInput.field("treatment", "There is no such treatment to book.", code="unknown_treatment")
    offered = ", ".join(str(length) for length in lengths)
    raise InvalidInput.field("minutes", f"This treatment comes in {offered} minutes.", code="unknown_length")
