"""What a person agreed to, or no longer agrees to. Each decision is a row; the latest one holds."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from clients.models.people import Client
from clinic.audit.frozen import Frozen


class ConsentRecord(models.Model):
    """One decision, as it was taken. Never changed, never removed."""

    class Purpose(models.TextChoices):
        TREATMENT = "treatment", "Treatment"
        PRIVACY_NOTICE = "privacy-notice", "Privacy notice"
        MARKETING = "marketing", "News and offers"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="consents")
    purpose = models.CharField(max_length=16, choices=Purpose.choices)
    is_given = models.BooleanField(help_text="No: withdrawn or refused.")
    wording_version = models.CharField(max_length=40, help_text="Which wording the person had before them.")
    given_by = models.CharField(max_length=120, help_text="Who decided: the client or, for a minor, the guardian.")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ("-recorded_at", "id")
        constraints = (
            Frozen(  # the client alone may change: a merge moves the row
                name="consent_is_frozen",
                fields=("id", "purpose", "is_given", "wording_version", "given_by", "recorded_by", "recorded_at"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.purpose} {'given' if self.is_given else 'withdrawn'}"
