"""Admin pages with a history: who changed what and when, a way back, and deleted entries to bring back.

django-reversion brings the views; unfold has no templates for them in this version, so they are ours.
"""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import unquote
from django.db import IntegrityError
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from reversion.admin import VersionAdmin
from reversion.models import Version
from unfold.admin import ModelAdmin

from clinic.errors import InvalidInput
from clinic.practice.selectors import get_practice
from treatments import services
from treatments.history import forget_parts_of_others, is_recording, lost_since, recorded
from treatments.selectors.uses import protected_uses


class HistoryAdmin(VersionAdmin, ModelAdmin):  # type: ignore[misc]  # neither has types
    """An entry that keeps its history together with its inlines. See `treatments.history`."""

    change_list_template = "treatments/admin/change_list.html"
    object_history_template = "treatments/admin/history.html"
    revision_form_template = "treatments/admin/revision_form.html"
    recover_list_template = "treatments/admin/recover_list.html"
    recover_form_template = "treatments/admin/revision_form.html"
    delete_confirmation_template = "treatments/admin/delete_confirmation.html"
    delete_selected_confirmation_template = "treatments/admin/delete_selected_confirmation.html"
    history_latest_first = True
    warn_unsaved_form = True
    list_filter_sheet = False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Not in one revision, as VersionAdmin has it: see the danger named in `treatments.history`."""
        context = {"has_change_permission": self.has_change_permission(request), **(extra_context or {})}
        answer: HttpResponse = super(VersionAdmin, self).changelist_view(request, context)
        return answer

    def save_model(self, request: HttpRequest, obj: Model, form: ModelForm[Any], change: bool) -> None:  # noqa: FBT001  # Django's signature
        if is_recording():
            super().save_model(request, obj, form, change)
            return
        change_message = json.dumps(self.construct_change_message(request, form, None, not change))
        comment = LogEntry(change_message=change_message).get_change_message()
        with recorded(obj, comment=comment, by=request.user):  # type: ignore[arg-type]  # the admin is for users
            super().save_model(request, obj, form, change)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        answer: HttpResponse = super().history_view(request, object_id, {**_in_clinic(), **(extra_context or {})})
        return answer

    def recoverlist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        answer: HttpResponse = super().recoverlist_view(request, {**_in_clinic(), **(extra_context or {})})
        return answer

    def recover_view(
        self, request: HttpRequest, version_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        answer: HttpResponse = super().recover_view(request, version_id, extra_context)
        version = get_object_or_404(Version, pk=version_id)
        if request.method == "POST" and self.get_queryset(request).filter(pk=version.object_id).exists():
            forget_parts_of_others(version)
        return answer

    def _reversion_revisionform_view(
        self, request: HttpRequest, version: Version, template_name: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """One step as it was, and going back to it. A POST is what goes back."""
        if lost := lost_since(version):
            return self._refuse_step(
                request, f"This version speaks of a deleted {' and a deleted '.join(sorted(lost))}."
            )
        hidden = ("show_delete", "show_save_and_continue", "show_save_and_add_another")
        context = {**_in_clinic(), **(extra_context or {}), "version": version, **dict.fromkeys(hidden, False)}
        try:
            answer: HttpResponse = super()._reversion_revisionform_view(request, version, template_name, context)
        except IntegrityError:  # deleted while the page was open
            return self._refuse_step(request, "This version speaks of something that was just deleted.")
        return answer

    def _refuse_step(self, request: HttpRequest, reason: str) -> HttpResponse:
        messages.error(request, f"{reason} Bring that back first: its list has a button “Deleted”.")
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")

    # --- Deleting ---------------------------------------------------------------------------------

    def get_deleted_objects(
        self, objs: QuerySet[Model] | list[Model], request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[str]]:
        """What is booked is counted and not listed, and nothing else is looked at."""
        if uses := protected_uses(list(objs)):
            return [], {}, set(), uses
        deleted: tuple[list[Any], dict[str, int], set[str], list[str]] = super().get_deleted_objects(objs, request)
        return deleted

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        try:
            answer: HttpResponse = super().delete_view(request, object_id, extra_context)
        except InvalidInput as error:  # booked between the question and the answer
            self._tell(request, error)
            return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", unquote(object_id))
        return answer

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        services.remove_entry(obj, by=request.user)  # type: ignore[arg-type]  # the admin is for users

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> None:
        for entry in queryset:
            services.remove_entry(entry, by=request.user)  # type: ignore[arg-type]  # the admin is for users

    def _tell(self, request: HttpRequest, error: InvalidInput) -> None:
        for problems in error.errors.values():
            for problem in problems:
                messages.error(request, problem["message"])


def _in_clinic() -> dict[str, Any]:
    return {"clinic_zone": get_practice().zone}
