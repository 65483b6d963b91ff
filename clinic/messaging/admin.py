"""The message log for the owner: to read, and to give a failed message a new start."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.admin import ModelAdmin

from clinic.errors import DomainError
from clinic.messaging.models import Message
from clinic.messaging.services import send_again


@admin.register(Message)
class MessageAdmin(ModelAdmin):  # type: ignore[misc]  # unfold carries no types
    list_display = ("due_at", "kind", "recipient", "status", "reason", "attempts", "settled_at")
    list_filter = ("status", "kind", "channel")
    search_fields = ("recipient", "topic_id")
    date_hierarchy = "due_at"
    ordering = ("-due_at",)
    actions = ("send_chosen_again",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.action(description="Send failed messages again")
    def send_chosen_again(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        sent, refused = 0, ""
        for message in queryset:
            try:
                send_again(message, now=timezone.now())
                sent += 1
            except DomainError as error:
                refused = error.message
        if sent:
            self.message_user(request, f"{sent} on the way again.", messages.SUCCESS)
        if refused:
            self.message_user(request, refused, messages.WARNING)
