"""Idempotency keys: the first answer to a request that may arrive twice."""

from __future__ import annotations

from django.db import models


class IdempotencyRecord(models.Model):
    """One key of one caller. `sealed_answer` holds the body sealed: it may carry a manage token."""

    scope = models.CharField(max_length=120, help_text="Who asked, and which operation.")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of the canonical request body.")
    status = models.PositiveSmallIntegerField(null=True)
    sealed_answer = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("scope", "key"), name="idempotency_key_once"),)

    def __str__(self) -> str:
        return f"{self.scope} {self.key}"
