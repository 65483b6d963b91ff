"""How every page of the diary's admin behaves.

# Note [Rehearsed while the form is checked]
A service refuses when it is called, which in the admin is after the form was found valid: too late
for a message beside the field. So forms call the service once while they are checked, inside a
savepoint that is always rolled back. What another person changes in between is caught when the
service is called for good, and shown as a message.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from unfold.admin import ModelAdmin

from clinic.errors import DomainError, InvalidInput


class DiaryAdmin(ModelAdmin):  # type: ignore[misc]  # unfold carries no types
    """Refusals of services are shown as messages."""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            response: HttpResponse = super().changeform_view(request, object_id, form_url, extra_context)
        except DomainError as refusal:
            self.message_user(request, " ".join(in_words(refusal)), messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())
        return response


class ReadOnlyAdmin(DiaryAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False


def rehearse(work: Callable[[], object]) -> None:
    """Raise what `work` would raise just now; whatever it wrote is undone. See Note [Rehearsed while the form is checked]."""
    with transaction.atomic():
        work()
        transaction.set_rollback(True)


def show_refusal(form: BaseForm, refusal: DomainError) -> None:
    """Put a service's refusal on the form, beside the fields it names where the form has them."""
    for name, errors in _errors_of(refusal).items():
        words = [error["message"] for error in errors]
        form.add_error(name if name in form.fields else None, ValidationError(words))
    if not _errors_of(refusal):
        form.add_error(None, ValidationError(in_words(refusal)))


def in_words(refusal: DomainError) -> list[str]:
    """The refusal's message, the fields' messages, and one line for each booking in the way."""
    named = [error["message"] for errors in _errors_of(refusal).values() for error in errors]
    bookings = [_booking_in_words(booking) for booking in refusal.data.get("bookings", ())]
    return list(dict.fromkeys((refusal.message, *named, *bookings)))


def _errors_of(refusal: DomainError) -> Mapping[str, list[dict[str, str]]]:
    errors: Mapping[str, list[dict[str, str]]] = (
        refusal.errors if isinstance(refusal, InvalidInput) else refusal.data.get("errors", {})
    )
    return errors


def _booking_in_words(booking: Mapping[str, Any]) -> str:
    when = datetime.fromisoformat(booking["starts_at"])
    return f"{booking['reference']}: {when:%a %d %b %Y %H:%M}, {booking['client']}, {booking['therapist']['name']}."
