"""The catalogue, for its owner."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import URLPattern, path
from unfold.admin import TabularInline
from unfold.forms import PaginationInlineFormSet

from clinic.errors import InvalidInput
from clinic.images import tidy_picture
from treatments import services
from treatments.admin.decorators import display
from treatments.admin.fields import LinesField, MarkdownField, MarkdownWidget
from treatments.admin.history import HistoryAdmin
from treatments.admin.inlines import TreatmentBoostInline, TreatmentWeightInline
from treatments.models import Treatment, TreatmentOption
from treatments.prose import render_markdown


class TreatmentForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs alone
    tissues = LinesField(required=False, help_text="The muscles and other tissues worked on, one on each line.")

    def clean_image(self) -> Any:
        return tidy_picture(self.cleaned_data.get("image"))


class OptionForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs alone
    class Meta:
        labels = {"label": "What it is for", "is_first_visit_only": "First visit only"}


class OptionFormSet(PaginationInlineFormSet):  # type: ignore[misc]  # has no types
    def clean(self) -> None:
        super().clean()
        if any(self.errors) or self.instance.state != Treatment.State.PUBLISHED:
            return
        kept = [form for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        try:
            services.check_can_be_published(option_count=len(kept))
        except InvalidInput as error:
            raise _as_validation_error(error) from error


class OptionInline(TabularInline):  # type: ignore[misc]  # has no types
    model = TreatmentOption
    form = OptionForm
    formset = OptionFormSet
    extra = 0
    hide_title = True
    verbose_name = "length"
    verbose_name_plural = "Lengths and prices"
    fields = ("minutes", "price", "label", "is_first_visit_only")


@admin.register(Treatment)
class TreatmentAdmin(HistoryAdmin):
    form = TreatmentForm
    inlines = (OptionInline, TreatmentWeightInline, TreatmentBoostInline)
    list_display = ("title", "state_label", "lengths", "clients", "updated_at")
    list_filter = ("state", "is_for_new_clients")
    search_fields = ("name", "slug", "summary", "description", "aftercare", "not_for")
    search_help_text = "Search names and texts"
    ordering = ("position", "name")
    ordering_field = "position"
    hide_ordering_field = True
    actions = ("publish_selected", "hide_selected")
    prepopulated_fields = {"slug": ("name",)}
    formfield_overrides = {models.TextField: {"form_class": MarkdownField, "widget": MarkdownWidget}}
    fieldsets = (
        (None, {"fields": ("name", "slug", "summary", ("state", "position"))}),
        ("Description", {"classes": ("tab",), "fields": ("description", "tissues")}),
        ("The visit", {"classes": ("tab",), "fields": ("what_to_wear", "aftercare")}),
        ("Who should not have it", {"classes": ("tab",), "fields": ("not_for",)}),
        ("Picture", {"classes": ("tab",), "fields": ("image", "image_alt")}),
        (
            "Booking",
            {
                "classes": ("tab",),
                "fields": (
                    ("buffer_before_minutes", "buffer_after_minutes"),
                    ("minimum_age", "is_for_new_clients"),
                ),
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Treatment]:
        options = Prefetch("options", queryset=TreatmentOption.objects.order_by("minutes"))
        treatments: QuerySet[Treatment] = super().get_queryset(request)
        return treatments.prefetch_related(options)

    def get_urls(self) -> list[URLPattern]:
        preview = path("preview/", self.admin_site.admin_view(preview_markdown), name="treatments_treatment_preview")
        return [preview, *super().get_urls()]

    # --- The list ---------------------------------------------------------------------------------

    @display(description="treatment", ordering="name", header=True)
    def title(self, treatment: Treatment) -> list[str]:
        return [treatment.name, treatment.slug]

    @display(description="state", ordering="state", label={"Published": "success", "Draft": "warning"})
    def state_label(self, treatment: Treatment) -> str:
        return treatment.get_state_display()

    @display(description="lengths and prices")
    def lengths(self, treatment: Treatment) -> str:
        nowrap = "{minutes}\u00a0min\u00a0{price}"
        options = (nowrap.format(minutes=one.minutes, price=one.price) for one in treatment.options.all())
        return " · ".join(options) or "none yet"

    @display(description="for")
    def clients(self, treatment: Treatment) -> str:
        return "everybody" if treatment.is_for_new_clients else "returning clients"

    @admin.action(description="Publish")
    def publish_selected(self, request: HttpRequest, queryset: QuerySet[Treatment]) -> None:
        for treatment in queryset:
            try:
                services.publish(treatment, by=request.user)  # type: ignore[arg-type]  # the admin is for users
            except InvalidInput as error:
                messages.error(request, f"{treatment}: {_message(error)}")
            else:
                messages.success(request, f"{treatment} is published.")

    @admin.action(description="Hide")
    def hide_selected(self, request: HttpRequest, queryset: QuerySet[Treatment]) -> None:
        for treatment in queryset:
            services.hide(treatment, by=request.user)  # type: ignore[arg-type]  # the admin is for users
            messages.success(request, f"{treatment} is hidden. What is booked stays booked.")


def preview_markdown(request: HttpRequest) -> HttpResponse:
    """The `text` of the form as clients will see it."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    return HttpResponse(render_markdown(request.POST.get("text", "")))


def _message(error: InvalidInput) -> str:
    return " ".join(problem["message"] for problems in error.errors.values() for problem in problems)


def _as_validation_error(error: InvalidInput) -> ValidationError:
    code = next(problem["code"] for problems in error.errors.values() for problem in problems)
    return ValidationError(_message(error), code=code)
