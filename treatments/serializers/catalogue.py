"""Treatments as everybody may read them. Texts come twice: as written, and as safe HTML."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from treatments.models import Treatment, TreatmentOption
from treatments.prose import render_markdown


class HtmlField(serializers.CharField):
    """The Markdown of another field as HTML that may be put into a page as it stands."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "HTML, made safe.")
        super().__init__(read_only=True, **kwargs)

    def to_representation(self, value: Any) -> str:
        return str(render_markdown(value))


class OptionSerializer(serializers.Serializer[TreatmentOption]):
    """One length. Needs `currency` in its context."""

    minutes = serializers.IntegerField()
    price = serializers.DecimalField(max_digits=8, decimal_places=2)
    currency = serializers.SerializerMethodField(help_text="ISO 4217, such as GBP.")
    label = serializers.CharField(help_text="What the length is for.")  # type: ignore[assignment]  # shadows Field.label
    is_first_visit_only = serializers.BooleanField()

    def get_currency(self, option: TreatmentOption) -> str:
        return str(self.context["currency"])


class TreatmentSerializer(serializers.Serializer[Any]):
    slug = serializers.SlugField()
    name = serializers.CharField()
    summary = serializers.CharField()
    description = serializers.CharField(help_text="Markdown.")
    description_html = HtmlField(source="description")
    tissues = serializers.ListField(child=serializers.CharField())
    what_to_wear = serializers.CharField(help_text="Markdown.")
    what_to_wear_html = HtmlField(source="what_to_wear")
    aftercare = serializers.CharField(help_text="Markdown.")
    aftercare_html = HtmlField(source="aftercare")
    not_for = serializers.CharField(help_text="Who should not have it. Markdown.")
    not_for_html = HtmlField(source="not_for")
    image = serializers.SerializerMethodField(help_text="Where the picture is, or null.")
    image_alt = serializers.CharField(help_text="The picture in words.")
    minimum_age = serializers.IntegerField()
    is_for_new_clients = serializers.BooleanField()
    options = OptionSerializer(many=True)

    def get_image(self, treatment: Treatment) -> str | None:
        return treatment.image.url if treatment.image else None
