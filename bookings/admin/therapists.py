"""Therapists and their hours on one page, stored as one change."""

from __future__ import annotations

from copy import copy
from typing import Any, ClassVar, Final

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.utils import timezone
from unfold.admin import TabularInline
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldBooleanSwitchWidget

from bookings.admin.base import DiaryAdmin, in_words, rehearse, show_refusal
from bookings.models import OneOffHours, Therapist, WorkingHours
from bookings.services.hours import Hours, OverlappingHours, change_hours, check_hours
from bookings.services.places import add_therapist
from clinic.accounts.models import User
from clinic.accounts.roles import CLINICAL_ROLES
from clinic.errors import DomainError, InvalidInput

_ROOM_FOR_WORDS: Final = ("weekday", "location")
_OWN_FIELDS: Final = {"weekday", "on", "starts", "ends", "location", "valid_from", "valid_until"}


class HoursForm(forms.ModelForm):  # type: ignore[type-arg]  # for two models
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("starts", "ends"):
            self.fields[name].widget.format = "%H:%M"

    def clean(self) -> dict[str, Any] | None:
        """The service's words, before a constraint of the database gives its name."""
        cleaned = super().clean()
        if not self.errors:
            row = copy(self.instance)
            for name in _OWN_FIELDS & self.cleaned_data.keys():
                setattr(row, name, self.cleaned_data[name])
            try:
                check_hours(row)
            except InvalidInput as refusal:
                show_refusal(self, refusal)
        return cleaned


class HoursFormSet(BaseInlineFormSet):  # type: ignore[type-arg]  # for two models
    instance: Therapist

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        changed = [form for form in self.forms if form.has_changed() and form not in self.deleted_forms]
        # Copies: a rehearsed row would believe itself stored.
        rows: dict[int, forms.BaseForm] = {}
        store: list[Hours] = []
        for form in changed:
            row = copy(form.instance)
            rows[id(row)] = form
            store.append(row)
        try:
            rehearse(
                lambda: change_hours(
                    self.instance,
                    store=store,
                    remove=[copy(form.instance) for form in self.deleted_forms if form.instance.pk],
                    now=timezone.now(),
                    accept_stranded="accept_stranded" in self.data,
                )
            )
        except OverlappingHours as refusal:
            rows[id(refusal.refused)].add_error("starts", refusal.message)
        except DomainError as refusal:
            raise ValidationError(in_words(refusal)) from refusal


class HoursInline(TabularInline):  # type: ignore[misc]  # unfold carries no types
    form = HoursForm
    formset = HoursFormSet
    extra = 0
    hide_title = True

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name in _ROOM_FOR_WORDS:
            field.widget.attrs["style"] = "min-width: 9rem"  # the row is a table's, and squeezes what it may
        return field


class WorkingHoursInline(HoursInline):
    model = WorkingHours
    fields = ("weekday", "starts", "ends", "location", "valid_from", "valid_until")


class OneOffHoursInline(HoursInline):
    model = OneOffHours
    fields = ("on", "starts", "ends", "location")


class TherapistForm(forms.ModelForm):  # type: ignore[type-arg]
    accept_stranded = forms.BooleanField(
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        label="Leave bookings outside the new hours",
        help_text="Without this, hours that upcoming bookings need cannot be taken away.",
    )

    class Meta:
        model = Therapist
        fields = "__all__"  # noqa: DJ007  # the owner may set all of it
        widgets: ClassVar = {
            "treatments": UnfoldAdminCheckboxSelectMultipleWidget,
            "rooms": UnfoldAdminCheckboxSelectMultipleWidget,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "user" in self.fields:
            people = User.objects.filter(role__in=CLINICAL_ROLES, is_active=True)
            self.fields["user"].queryset = people | User.objects.filter(pk=self.instance.user_id)  # type: ignore[attr-defined]  # a ModelChoiceField


@admin.register(Therapist)
class TherapistAdmin(DiaryAdmin):
    form = TherapistForm
    inlines: ClassVar = (WorkingHoursInline, OneOffHoursInline)
    list_display: ClassVar = ("name", "user", "is_bookable", "position")
    list_filter: ClassVar = ("is_bookable",)
    list_select_related: ClassVar = ("user",)
    search_fields: ClassVar = ("name",)
    prepopulated_fields: ClassVar = {"slug": ("name",)}
    fieldsets: ClassVar = (
        (None, {"fields": ("name", "slug", "biography", "is_bookable", "position")}),
        ("Treats", {"fields": ("treatments", "rooms")}),
        ("Signs in as", {"fields": ("user",)}),
        ("Hours", {"fields": ("accept_stranded",)}),
    )

    def get_inlines(self, request: HttpRequest, obj: Therapist | None) -> Any:
        """Hours come second: they need somebody whose they are."""
        return self.inlines if obj else ()

    def save_model(self, request: HttpRequest, obj: Therapist, form: Any, change: bool) -> None:  # noqa: FBT001  # Django's signature
        if change:
            obj.save()
        else:
            add_therapist(obj)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001  # Django's signature
        form.save_m2m()
        store = [row for formset in formsets for row in formset.save(commit=False)]
        remove = [row for formset in formsets for row in formset.deleted_objects]
        if store or remove:
            accepts = form.cleaned_data["accept_stranded"]
            change_hours(form.instance, store=store, remove=remove, now=timezone.now(), accept_stranded=accepts)

    def has_delete_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        """Past appointments were with somebody: a therapist is made not bookable instead."""
        return False
