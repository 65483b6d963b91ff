"""The waitlist: clients are put on it and taken off it through its service."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from bookings.admin.base import DiaryAdmin, rehearse, show_refusal
from bookings.models import WaitlistEntry
from bookings.services.waitlist import add_to_waitlist, withdraw_from_waitlist
from clinic.errors import DomainError


class WaitlistEntryForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = WaitlistEntry
        fields = ("client", "treatment", "minutes", "therapist", "from_on", "until_on", "note")

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if not self.errors:
            try:
                rehearse(self.carry_out)
            except DomainError as refusal:
                show_refusal(self, refusal)
        return cleaned

    def carry_out(self) -> WaitlistEntry:
        """Call the service with what was filled in."""
        values = self.cleaned_data
        return add_to_waitlist(
            values["client"],
            treatment_slug=values["treatment"].slug,
            minutes=values["minutes"],
            therapist=values["therapist"],
            from_on=values["from_on"],
            until_on=values["until_on"],
            note=values["note"],
            now=timezone.now(),
        )


@admin.register(WaitlistEntry)
class WaitlistEntryAdmin(DiaryAdmin):
    form = WaitlistEntryForm
    fields: ClassVar = ("client", "treatment", "minutes", "therapist", "from_on", "until_on", "note")
    list_display: ClassVar = ("client", "treatment", "minutes", "therapist", "from_on", "until_on", "state")
    list_filter: ClassVar = ("state", "treatment", "therapist")
    list_select_related: ClassVar = ("client", "treatment", "therapist")
    raw_id_fields: ClassVar = ("client",)
    actions: ClassVar = ("withdraw",)

    @admin.action(description="Take off the list")
    def withdraw(self, request: HttpRequest, queryset: QuerySet[WaitlistEntry]) -> None:
        for entry in queryset:
            try:
                withdraw_from_waitlist(entry)
            except DomainError as refusal:
                self.message_user(request, f"{entry}: {refusal.message}", messages.ERROR)

    def save_model(self, request: HttpRequest, obj: WaitlistEntry, form: WaitlistEntryForm, change: bool) -> None:  # noqa: FBT001  # Django's signature
        obj.pk = form.carry_out().pk

    def has_change_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        """It is withdrawn, and stays known."""
        return False
