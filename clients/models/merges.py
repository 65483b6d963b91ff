"""What became of two records that were one person."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from clients.models.people import Client
from clinic.audit.frozen import Frozen


class MergeRecord(models.Model):
    """One merge, with every value that the surviving record did not take over."""

    kept = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="merges")
    merged = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    merged_at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    differences = models.JSONField(default=dict, help_text="Field -> {kept, merged}, where both had a value.")
    taken_over = models.JSONField(default=list, help_text="Fields that were empty and were filled from the other.")
    moved = models.JSONField(default=dict, help_text="How many rows of what were moved.")

    class Meta:
        ordering = ("-merged_at", "-pk")
        constraints = (
            models.UniqueConstraint(fields=("merged",), name="client_merged_once"),
            models.CheckConstraint(condition=~Q(kept=F("merged")), name="merge_of_two"),
            Frozen(
                name="merge_is_frozen",
                fields=("id", "kept", "merged", "merged_at", "actor", "differences", "taken_over", "moved"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.merged_id} into {self.kept_id}"
