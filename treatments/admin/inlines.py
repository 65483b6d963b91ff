"""Rows inside an entry's page: weights, boosts, and what may be ticked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db.models import Field
from django.http import HttpRequest
from unfold.admin import StackedInline, TabularInline

from treatments.admin.fields import weight_field
from treatments.models import (
    AssessmentWeight,
    FollowUp,
    FollowUpBonus,
    IndicatorWeight,
    MeasureWeight,
    TreatmentBoost,
    TreatmentWeight,
)


class WeightInline(TabularInline):  # type: ignore[misc]  # has no types
    """Each row: towards what, and how strongly."""

    extra = 0
    hide_title = True
    verbose_name = "weight"
    verbose_name_plural = "What it speaks for"

    def formfield_for_dbfield(
        self, db_field: Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        if db_field.name == "weight":
            return weight_field(label="Weight")
        field: forms.Field | None = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            # Adding, changing and deleting an issue from within a weight would only mislead.
            field.widget = field.widget.widget
        return field


class TreatmentWeightInline(WeightInline):
    model = TreatmentWeight
    tab = True
    verbose_name_plural = "Guide: issues"
    fields = ("issue", "weight")


class TreatmentBoostInline(WeightInline):
    model = TreatmentBoost
    tab = True
    verbose_name = "answer"
    verbose_name_plural = "Guide: answers"
    fields = ("indicator", "weight")


class IndicatorWeightInline(WeightInline):
    model = IndicatorWeight
    fields = ("issue", "weight")


class MeasureWeightInline(WeightInline):
    model = MeasureWeight
    fields = ("issue", "weight")


class AssessmentWeightInline(WeightInline):
    model = AssessmentWeight
    fields = ("issue", "weight")


class FollowUpBonusInline(WeightInline):
    model = FollowUpBonus
    verbose_name_plural = "What a tick adds"
    fields = ("issue", "weight")


class FollowUpInline(StackedInline):  # type: ignore[misc]  # has no types
    model = FollowUp
    extra = 0
    tab = True
    verbose_name = "box to tick"
    verbose_name_plural = "Boxes to tick"
    fields = (("name", "slug"), ("is_active", "position"))
    ordering = ("position", "pk")
    inlines = (FollowUpBonusInline,)
