"""The people who come to the clinic, and how they wish to be reached."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from phonenumber_field.modelfields import PhoneNumberField

from clients.names import LONGEST_KEY, name_key


class NameKeyField(models.CharField):  # type: ignore[type-arg]  # Django itself has no generic fields
    """Worked out from the names at every save, the way `auto_now` is, so that databases can compare names."""

    def pre_save(self, model_instance: models.Model, add: bool) -> str:  # noqa: FBT001  # Django's signature
        key = name_key(str(getattr(model_instance, "first_name", "")), str(getattr(model_instance, "last_name", "")))
        setattr(model_instance, self.attname, key)
        return key


class Client(models.Model):
    """One person's record. The number is for staff; `public_id` binds what is sealed to it."""

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    first_name = models.CharField(max_length=80)
    last_name = models.CharField(max_length=80)
    name_key = NameKeyField(max_length=LONGEST_KEY, editable=False, db_index=True)
    preferred_name = models.CharField(max_length=80, blank=True)
    date_of_birth = models.DateField(null=True, blank=True)
    email = models.EmailField(blank=True, db_index=True)
    email_proved_at = models.DateTimeField(
        null=True, blank=True, help_text="When the person last showed that this mailbox is theirs."
    )
    email_needs_confirming = models.BooleanField(
        default=False,
        help_text="Reception gave the address: its account opens nothing clinical until a therapist confirms it.",
    )
    phone = PhoneNumberField(blank=True, db_index=True)
    address = models.TextField(max_length=400, blank=True, validators=[MaxLengthValidator(400)])
    emergency_contact_name = models.CharField(max_length=120, blank=True)
    emergency_contact_phone = PhoneNumberField(blank=True)
    gp_name = models.CharField(max_length=120, blank=True, verbose_name="GP")
    gp_practice = models.CharField(max_length=200, blank=True, verbose_name="GP practice")
    guardian_name = models.CharField(max_length=120, blank=True, help_text="For a minor.")
    guardian_phone = PhoneNumberField(blank=True)
    guardian_relationship = models.CharField(max_length=60, blank=True)
    alert_line = models.CharField(
        max_length=80,
        blank=True,
        help_text="Shown in the diary to all staff, such as 'Ring on arrival'. Never a health detail.",
    )

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="client_records",
        help_text="Who signs in for this record: the client, or a parent for several.",
    )
    care_team = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="clients_in_care", blank=True)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged_records"
    )
    merged_at = models.DateTimeField(null=True, blank=True)

    last_treated_on = models.DateField(null=True, blank=True)
    is_on_legal_hold = models.BooleanField(default=False, help_text="Nothing of this record may be disposed of.")
    legal_hold_reason = models.CharField(max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("last_name", "first_name", "pk")
        indexes = (models.Index(fields=("last_name", "first_name"), name="client_name"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")), name="client_not_merged_into_itself"
            ),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="client_email_lower_case"),
        )

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        return f"{self.preferred_name or self.first_name} {self.last_name}".strip()


class ContactPreference(models.Model):
    """Whether one channel may be used for one purpose. No row: the purpose's default holds."""

    class Purpose(models.TextChoices):
        SERVICE = "service", "Confirmations and changes"
        REMINDER = "reminder", "Reminders"
        MARKETING = "marketing", "News and offers"

    class Channel(models.TextChoices):
        EMAIL = "email", "Email"
        SMS = "sms", "Text message"
        PHONE = "phone", "Telephone"

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="contact_preferences")
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    channel = models.CharField(max_length=12, choices=Channel.choices)
    is_allowed = models.BooleanField()
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("client", "purpose", "channel"), name="contact_preference_once"),
        )

    def __str__(self) -> str:
        return f"{self.purpose} by {self.channel}: {'yes' if self.is_allowed else 'no'}"
