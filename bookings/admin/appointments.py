"""Appointments and their history, to look at: they are changed in the diary."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import RangeDateTimeFilter

from bookings.admin.base import ReadOnlyAdmin
from bookings.models import Appointment, AppointmentEvent


class AppointmentEventInline(TabularInline):  # type: ignore[misc]  # unfold carries no types
    model = AppointmentEvent
    fields = ("version", "occurred_at", "actor_label", "action", "status_before", "status_after", "changes", "reason")
    readonly_fields = fields
    ordering = ("version",)
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False


@admin.register(Appointment)
class AppointmentAdmin(ReadOnlyAdmin):
    inlines: ClassVar = (AppointmentEventInline,)
    list_display: ClassVar = ("reference", "starts_at", "client", "therapist", "treatment_name", "minutes", "status")
    list_filter: ClassVar = ("status", "therapist", ("starts_at", RangeDateTimeFilter))
    list_filter_submit = True
    list_select_related: ClassVar = ("client", "therapist")
    search_fields: ClassVar = ("reference", "client__first_name", "client__last_name", "client__email")
    ordering: ClassVar = ("-starts_at",)
    fieldsets: ClassVar = (
        (None, {"fields": ("reference", "status", "version", "client", "therapist", "room", "location")}),
        ("Treatment", {"fields": ("treatment_name", "minutes", "price", "currency", "is_first_visit", "needs_review")}),
        ("Time", {"fields": ("starts_at", "ends_at", "buffer_before_minutes", "buffer_after_minutes")}),
        ("Booked", {"fields": ("booked_at", "booked_by", "source", "override_reason")}),
        (
            "Policy as agreed",
            {
                "fields": (
                    "policy_accepted_at",
                    "policy_text",
                    "cancellation_notice_hours",
                    "late_cancellation_fee",
                    "no_show_fee",
                )
            },
        ),
        ("End", {"fields": ("ended_reason", "is_late_cancellation", "fee_due")}),
    )
