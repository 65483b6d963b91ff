"""The waitlist, to look at and to take clients off; staff put them on in the diary."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from bookings.admin.base import ReadOnlyAdmin
from bookings.models import WaitlistEntry
from bookings.services.waitlist import withdraw_from_waitlist
from clinic.errors import DomainError


@admin.register(WaitlistEntry)
class WaitlistEntryAdmin(ReadOnlyAdmin):
    fields: ClassVar = ("client", "treatment", "minutes", "therapist", "from_on", "until_on", "note", "state")
    list_display: ClassVar = ("client", "treatment", "minutes", "therapist", "from_on", "until_on", "state")
    list_filter: ClassVar = ("state", "treatment", "therapist")
    list_select_related: ClassVar = ("client", "treatment", "therapist")
    search_fields: ClassVar = ("client__first_name", "client__last_name", "client__email")
    actions: ClassVar = ("withdraw",)

    @admin.action(description="Take off the list")
    def withdraw(self, request: HttpRequest, queryset: QuerySet[WaitlistEntry]) -> None:
        for entry in queryset:
            try:
                withdraw_from_waitlist(entry)
            except DomainError as refusal:
                self.message_user(request, f"{entry}: {refusal.message}", messages.ERROR)
