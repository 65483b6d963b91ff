"""Single entries of the clinical record besides notes: intake, measurements, body charts, home care."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from clients.models.people import Client
from clinic.audit.frozen import Frozen


class RecordEntry(models.Model):
    """One entry, as it was written. Never changed, never removed: a correction is an entry that replaces it."""

    class Kind(models.TextChoices):
        INTAKE = "intake", "Intake form"
        MEASUREMENT = "measurement", "Measurement"
        BODY_CHART = "body-chart", "Body chart"
        HOME_CARE = "home-care", "Home care plan"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    recorded_on = models.DateField(help_text="The local date it speaks of.")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    appointment_reference = models.CharField(max_length=16, blank=True, db_index=True)
    sealed_content = models.TextField(help_text="What it says as JSON, sealed.")
    replaces = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="replacements")
    written_for = models.UUIDField(help_text="The client's public id when it was written.")
    series = models.CharField(
        max_length=64,
        blank=True,
        db_index=True,
        help_text="Of a measurement: a keyed digest of what was measured and where, without showing either.",
    )
    digest = models.CharField(max_length=64, help_text="Keyed digest of the entry: outlives new keys and merges.")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("-recorded_on", "-created_at", "id")
        verbose_name_plural = "record entries"
        indexes = (models.Index(fields=("client", "kind", "-recorded_on"), name="entry_of_client"),)
        constraints = (
            models.UniqueConstraint(fields=("replaces",), name="entry_replaced_once"),
            # The seal may be made anew and the client may be merged; nothing else ever changes.
            Frozen(
                name="entry_is_frozen",
                fields=(
                    *("id", "kind", "recorded_on", "author", "appointment_reference", "replaces"),
                    *("written_for", "series", "digest", "created_at"),
                ),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.id}"
