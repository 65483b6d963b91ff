"""The audit trail in the owner's site, to look at."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from clinic.audit.models import AuditEvent


@admin.register(AuditEvent)
class AuditEventAdmin(ModelAdmin):  # type: ignore[misc]  # unfold carries no types
    list_display: ClassVar = (
        "sequence",
        "occurred_at",
        "actor_label",
        "action",
        "subject_type",
        "subject_id",
        "client_id",
    )
    list_filter: ClassVar = ("action", "subject_type")
    list_per_page = 50
    search_fields: ClassVar = ("=client_id", "=subject_id", "actor_label")
    search_help_text = "The number of a client or of what was touched, or part of a name."
    ordering: ClassVar = ("-sequence",)
    fields: ClassVar = (
        *("sequence", "occurred_at", "actor_label", "action", "subject_type", "subject_id", "client_id", "detail"),
        *("previous_hash", "hash"),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: AuditEvent | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: AuditEvent | None = None) -> bool:
        return False
