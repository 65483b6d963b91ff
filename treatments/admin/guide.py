"""The guide, for its owner: what is asked, what it speaks for, and how strongly."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import admin
from django.db import models
from django.db.models import Model, Prefetch, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html_join

from treatments.admin.decorators import display
from treatments.admin.fields import MarkdownField, MarkdownWidget, TextField
from treatments.admin.history import HistoryAdmin
from treatments.admin.inlines import (
    AssessmentWeightInline,
    FollowUpInline,
    IndicatorWeightInline,
    MeasureWeightInline,
)
from treatments.models import (
    Assessment,
    AssessmentWeight,
    GuideRules,
    Indicator,
    IndicatorWeight,
    Issue,
    Measure,
    MeasureWeight,
    SafetyQuestion,
)
from treatments.safety import TEXT_OF, Level

_TOP: Final = (("name", "slug"), ("is_active", "position"))


class GuideEntryAdmin(HistoryAdmin):
    """What all parts of the guide have in common."""

    list_display: tuple[str, ...] = ("name", "is_active")
    list_filter: tuple[str, ...] = ("is_active",)
    search_fields: tuple[str, ...] = ("name", "slug", "text")
    ordering = ("position", "pk")
    ordering_field = "position"
    hide_ordering_field = True
    prepopulated_fields = {"slug": ("name",)}
    formfield_overrides: dict[Any, Any] = {models.TextField: {"form_class": MarkdownField, "widget": MarkdownWidget}}


class WeighedAdmin(GuideEntryAdmin):
    """Entries with weights towards issues, shown in the list."""

    weight_model: type[IndicatorWeight | MeasureWeight | AssessmentWeight]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        weights = self.weight_model.objects.select_related("issue").order_by("issue__position", "issue")
        entries: QuerySet[Any] = super().get_queryset(request)
        return entries.prefetch_related(Prefetch("weights", queryset=weights))

    @display(description="speaks for")
    def speaks_for(self, entry: Any) -> str:
        return " · ".join(f"{one.issue} {one.weight}" for one in entry.weights.all() if one.weight) or "nothing yet"


@admin.register(Issue)
class IssueAdmin(GuideEntryAdmin):
    list_display = ("name", "also_called", "evidence", "is_active")
    fieldsets = ((None, {"fields": (*_TOP, "also_called", "knee", "text", "evidence")}),)


@admin.register(Indicator)
class IndicatorAdmin(WeighedAdmin):
    weight_model = IndicatorWeight
    inlines = (IndicatorWeightInline, FollowUpInline)
    list_display = ("name", "question", "speaks_for", "is_active")
    search_fields = ("name", "slug", "question", "text")
    fieldsets = ((None, {"fields": (*_TOP, "question", "text")}),)


@admin.register(Measure)
class MeasureAdmin(WeighedAdmin):
    weight_model = MeasureWeight
    inlines = (MeasureWeightInline,)
    list_display = ("name", "evidence", "speaks_for", "is_active")
    fieldsets = ((None, {"fields": (*_TOP, "text", "evidence")}),)


@admin.register(Assessment)
class AssessmentAdmin(WeighedAdmin):
    weight_model = AssessmentWeight
    inlines = (AssessmentWeightInline,)
    list_display = ("name", "speaks_for", "is_active")
    fieldsets = ((None, {"fields": (*_TOP, "text")}),)


@admin.register(SafetyQuestion)
class SafetyQuestionAdmin(GuideEntryAdmin):
    list_display = ("name", "question", "level_label", "is_active")
    list_filter = ("level", "is_active")
    search_fields = ("name", "slug", "question", "advice")
    formfield_overrides: dict[Any, Any] = {models.TextField: {"form_class": TextField}}
    fieldsets = (
        (
            None,
            {
                "fields": (*_TOP, "question", "level", "advice"),
                "description": format_html_join(
                    "",
                    "<p><strong>{}</strong>: {}</p>",
                    ((level.label, TEXT_OF[Level(level.value)]) for level in SafetyQuestion.Level),
                ),
            },
        ),
    )

    @display(
        description="level",
        ordering="level",
        label={"emergency": "danger", "urgent": "warning", "gp": "info", "review": "primary"},
    )
    def level_label(self, question: SafetyQuestion) -> str:
        return question.level


@admin.register(GuideRules)
class GuideRulesAdmin(HistoryAdmin):
    """One row, so its list leads straight to it."""

    fieldsets = ((None, {"fields": ("threshold", "introduction")}),)
    formfield_overrides: dict[Any, Any] = {models.TextField: {"form_class": MarkdownField, "widget": MarkdownWidget}}

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        rules = GuideRules.objects.first()
        return (
            redirect("admin:treatments_guiderules_change", rules.pk)
            if rules
            else redirect("admin:treatments_guiderules_add")
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(super().has_add_permission(request)) and not GuideRules.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: GuideRules | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Model, form: ModelForm[Any], change: bool) -> None:  # noqa: FBT001  # Django's signature
        obj.pk = 1  # there is one row
        super().save_model(request, obj, form, change)
