"""The form of a client's record. Its checks are the services'."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from unfold.widgets import UnfoldAdminSelectMultipleWidget, UnfoldAdminTextInputWidget

from clients.models import Client
from clients.services.people import EDITABLE_BY_STAFF, check_fields
from clinic import clock
from clinic.accounts.models import User
from clinic.accounts.roles import CLINICAL_ROLES
from clinic.errors import InvalidInput
from clinic.practice.selectors import get_practice

_PHONES = ("phone", "emergency_contact_phone", "guardian_phone")


def _phone_field() -> forms.CharField:
    return forms.CharField(max_length=40, required=False, widget=UnfoldAdminTextInputWidget)


class ClientForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs alone
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    phone = _phone_field()
    emergency_contact_phone = _phone_field()
    guardian_phone = _phone_field()
    care_team = forms.ModelMultipleChoiceField(
        queryset=User.objects.none(),
        required=False,
        widget=UnfoldAdminSelectMultipleWidget,
        help_text="Besides the owner, only they see the clinical record.",
    )

    class Meta:
        model = Client
        fields = (*EDITABLE_BY_STAFF, "is_on_legal_hold", "legal_hold_reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        team = User.objects.filter(role__in=CLINICAL_ROLES).order_by("name", "email")
        self.fields["care_team"].queryset = team  # type: ignore[attr-defined]  # a field of a queryset has one
        if self.instance.pk:
            self.fields["version"].initial = self.instance.version
            self.fields["care_team"].initial = self.instance.care_team.all()
            for name in _PHONES:
                self.initial[name] = str(getattr(self.instance, name) or "")

    def written_fields(self) -> dict[str, Any]:
        """What the services take."""
        return {name: self.cleaned_data[name] for name in EDITABLE_BY_STAFF if name in self.cleaned_data}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        trial = Client.objects.filter(pk=self.instance.pk).first() or Client()
        try:
            check_fields(trial, self.written_fields(), today=today())
        except InvalidInput as refusal:
            for name, errors in refusal.errors.items():
                self.add_error(name if name in self.fields else None, ValidationError([e["message"] for e in errors]))
        if cleaned.get("is_on_legal_hold") and not str(cleaned.get("legal_hold_reason", "")).strip():
            self.add_error("legal_hold_reason", ValidationError("Say why nothing may be disposed of."))
        return cleaned

    def _post_clean(self) -> None:
        """Nothing is put on the instance here: the services write, and `clean` has asked them."""


def today() -> Any:
    """The clinic's local date."""
    return clock.local_date(timezone.now(), get_practice().zone)
