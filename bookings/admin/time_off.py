"""Time off: taken, changed and given back through its service."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldBooleanSwitchWidget

from bookings.admin.base import DiaryAdmin, rehearse, show_refusal
from bookings.models import Resource, TimeOff
from bookings.services.time_off import cancel_time_off, change_time_off, take_time_off
from clinic.accounts.models import User
from clinic.errors import DomainError


class ResourceChoiceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Resource) -> str:
        return str(obj.therapist if obj.kind == Resource.Kind.THERAPIST else obj.room)


class TimeOffForm(forms.ModelForm):  # type: ignore[type-arg]
    actor: ClassVar[User]
    resource = ResourceChoiceField(
        queryset=Resource.objects.select_related("therapist", "room__location").order_by("-kind", "pk"),
        widget=UnfoldAdminSelectWidget,
        label="Who or what",
    )
    end_holds = forms.BooleanField(
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        label="End what visitors hold",
        help_text="Take the time although somebody is just booking in it.",
    )

    class Meta:
        model = TimeOff
        fields = ("resource", "starts_at", "ends_at", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "resource" in self.fields:
            self.fields["resource"].disabled = bool(self.instance.pk)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if not self.errors:
            try:
                rehearse(self.carry_out)
            except DomainError as refusal:
                show_refusal(self, refusal)
        return cleaned

    def carry_out(self) -> TimeOff:
        """Call the service with what was filled in."""
        values = self.cleaned_data
        now, end_holds = timezone.now(), values["end_holds"]
        times = {name: values[name] for name in ("starts_at", "ends_at", "reason")}
        if self.instance.pk:
            return change_time_off(self.instance, changes=times, actor=self.actor, now=now, end_holds=end_holds)
        return take_time_off(values["resource"].pk, **times, actor=self.actor, now=now, end_holds=end_holds)


@admin.register(TimeOff)
class TimeOffAdmin(DiaryAdmin):
    form = TimeOffForm
    fields: ClassVar = ("resource", "starts_at", "ends_at", "reason", "end_holds")
    list_display: ClassVar = ("whose", "starts_at", "ends_at", "reason", "is_cancelled")
    list_filter: ClassVar = ("is_cancelled",)
    list_select_related: ClassVar = ("resource__therapist", "resource__room__location")
    date_hierarchy = "starts_at"
    actions: ClassVar = ("give_back",)

    @admin.display(description="Who or what")
    def whose(self, time_off: TimeOff) -> str:
        resource = time_off.resource
        return str(resource.therapist if resource.kind == Resource.Kind.THERAPIST else resource.room)

    @admin.action(description="Give the time back to the diary")
    def give_back(self, request: HttpRequest, queryset: QuerySet[TimeOff]) -> None:
        for time_off in queryset:
            cancel_time_off(time_off)
        self.message_user(request, "The time can be booked again.", messages.SUCCESS)

    def get_form(self, request: HttpRequest, obj: TimeOff | None = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001,FBT002  # Django's signature
        form = super().get_form(request, obj, change=change, **kwargs)
        form.actor = request.user
        return form

    def save_model(self, request: HttpRequest, obj: TimeOff, form: TimeOffForm, change: bool) -> None:  # noqa: FBT001  # Django's signature
        obj.pk = form.carry_out().pk

    def has_change_permission(self, request: HttpRequest, obj: TimeOff | None = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj and obj.is_cancelled)

    def has_delete_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        """It is given back, and stays known."""
        return False
