"""The rules for client records: one page."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from unfold.admin import ModelAdmin

from clients.models import RecordRules
from clients.selectors import get_rules
from clients.services.custody import save_rules
from clinic.accounts.models import User


@admin.register(RecordRules)
class RecordRulesAdmin(ModelAdmin):  # type: ignore[misc]  # unfold carries no types
    fieldsets: ClassVar = (
        (
            "How long records are kept",
            {
                "fields": (
                    "adult_years_after_last_treatment",
                    "minor_until_age",
                    "minor_treated_at_17_until_age",
                    "unconverted_enquiry_months",
                    "anonymous_screening_days",
                    "basis",
                )
            },
        ),
        ("Minors", {"fields": ("guardian_required_under_age",)}),
    )

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:clients_recordrules_change", args=(get_rules().pk,)))

    def save_model(self, request: HttpRequest, obj: RecordRules, form: Any, change: bool) -> None:  # noqa: FBT001  # Django's signature
        if isinstance(request.user, User):
            save_rules(obj, changed=form.changed_data, actor=request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: RecordRules | None = None) -> bool:
        return False
