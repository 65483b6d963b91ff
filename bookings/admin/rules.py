"""The rules of booking: one page for the clinic, and one for each therapist who differs."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from bookings.admin.base import DiaryAdmin
from bookings.models import BookingRules
from bookings.models.rules import check_reminder_hours
from bookings.selectors.rules import load_rules
from bookings.services.places import NOTHING_OWN

_MAY_STAY_EMPTY = ("therapist", "cancellation_policy")
_NO_REMINDERS = "none"
_UNITS = {
    "grid_minutes": "Minutes. 15: starts at :00, :15, :30 and :45.",
    "buffer_after_minutes": "Minutes kept free after each appointment, unless the treatment says otherwise.",
    "first_visit_extra_minutes": "Minutes. Kept free after a new client's first appointment, on top of the buffer.",
    "minimum_notice_hours_new": "Hours. How soon somebody who has never been may book online.",
    "minimum_notice_hours_returning": "Hours. How soon a returning client may book online.",
    "horizon_days": "Days. How far ahead can be booked online.",
    "max_hands_on_minutes_per_day": "Minutes of treatment a day, buffers not counted. Staff may book more.",
    "hold_minutes": "Minutes for which a time is kept while somebody fills in the form.",
    "cancellation_notice_hours": "Hours before the start up to which cancelling and moving are free.",
    "late_cancellation_fee_percent": "Percent of the price. 0: no fee.",
    "no_show_fee_percent": "Percent of the price. 0: no fee.",
    "is_closed_on_bank_holidays": "Weekly hours rest on bank holidays; hours for single dates still hold.",
    "reminder_hours_before": f"Hours before the start, such as 72, 24. “{_NO_REMINDERS}” for no reminders.",
    "quiet_hours_start": "From this time of the clinic's clock no reminder goes out; it goes out before.",
    "quiet_hours_end": "Until this time. The same time twice: no quiet hours.",
}


class ReminderHoursField(forms.CharField):
    """`72, 24` as [72, 24]; empty as None."""

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list):
            return ", ".join(str(hours) for hours in value) or _NO_REMINDERS
        return value

    def to_python(self, value: Any) -> list[int] | None:  # type: ignore[override]  # text in, numbers out
        text = str(super().to_python(value) or "").strip()
        if not text:
            return None
        try:
            hours = [] if text.lower() == _NO_REMINDERS else [int(part) for part in text.split(",")]
        except ValueError:
            raise forms.ValidationError("Whole numbers of hours with commas between them, such as 72, 24.") from None
        check_reminder_hours(hours)
        return hours

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.prepare_value(initial) != data)


class BookingRulesForm(forms.ModelForm):  # type: ignore[type-arg]
    reminder_hours_before = ReminderHoursField(required=False, widget=UnfoldAdminTextInputWidget)

    class Meta:
        model = BookingRules
        fields = "__all__"  # noqa: DJ007  # the owner may set all of it
        help_texts = _UNITS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        is_clinics = bool(self.instance.pk) and self.instance.therapist_id is None
        if "therapist" in self.fields:
            self.fields["therapist"].required = not is_clinics
            self.fields["therapist"].help_text = "Whose own rules these are. What is left empty is as in the clinic's."
        if is_clinics:
            for name, field in self.fields.items():
                field.required = name not in _MAY_STAY_EMPTY
        closed = forms.TypedChoiceField(
            choices=(() if is_clinics else (("", "As the clinic"),)) + (("True", "Yes"), ("False", "No")),
            coerce=lambda value: value == "True",
            empty_value=None,
            required=is_clinics,
            label="Closed on bank holidays",
            help_text=_UNITS["is_closed_on_bank_holidays"],
            widget=UnfoldAdminSelectWidget,
        )
        if "is_closed_on_bank_holidays" in self.fields:
            self.fields["is_closed_on_bank_holidays"] = closed
        self.fields["reminder_hours_before"].help_text = _UNITS["reminder_hours_before"]


@admin.register(BookingRules)
class BookingRulesAdmin(DiaryAdmin):
    form = BookingRulesForm
    list_display: ClassVar = (
        "__str__",
        "grid_minutes",
        "buffer_after_minutes",
        "horizon_days",
        "is_closed_on_bank_holidays",
    )
    list_select_related: ClassVar = ("therapist",)
    fieldsets: ClassVar = (
        (None, {"fields": ("therapist",)}),
        (
            "Starts, lengths and breaks",
            {
                "fields": (
                    "grid_minutes",
                    "buffer_after_minutes",
                    "first_visit_extra_minutes",
                    "max_hands_on_minutes_per_day",
                )
            },
        ),
        (
            "When can be booked online",
            {
                "fields": (
                    "minimum_notice_hours_new",
                    "minimum_notice_hours_returning",
                    "horizon_days",
                    "hold_minutes",
                    "holds_per_visitor",
                    "upcoming_bookings_cap",
                )
            },
        ),
        (
            "Cancelling and not coming",
            {
                "description": "Each booking keeps the policy it was made under.",
                "fields": (
                    "cancellation_notice_hours",
                    "late_cancellation_fee_percent",
                    "no_show_fee_percent",
                    "cancellation_policy",
                ),
            },
        ),
        ("Bank holidays", {"fields": ("is_closed_on_bank_holidays", "bank_holiday_region")}),
        ("Reminders", {"fields": ("reminder_hours_before", "quiet_hours_start", "quiet_hours_end")}),
    )

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        load_rules()  # makes the clinic's own row in a new installation
        page: HttpResponse = super().changelist_view(request, extra_context)
        return page

    def get_queryset(self, request: HttpRequest) -> QuerySet[BookingRules]:
        rows: QuerySet[BookingRules] = super().get_queryset(request)
        return rows.order_by(F("therapist__name").asc(nulls_first=True))

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A therapist's own rules begin empty: all as in the clinic's."""
        return {**NOTHING_OWN, **super().get_changeform_initial_data(request)}

    def get_readonly_fields(self, request: HttpRequest, obj: BookingRules | None = None) -> Any:
        return ("therapist",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: BookingRules | None = None) -> bool:
        """The clinic's own rules are always there."""
        return obj is not None and obj.therapist_id is not None and bool(super().has_delete_permission(request, obj))
