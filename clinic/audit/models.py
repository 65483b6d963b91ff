"""Who saw or changed what, append-only, each event chained to the one before.

The hash of an event covers its own content and the hash of its predecessor, keyed with
AUDIT_KEY: an event cannot be changed, taken out or put in without the chain showing it.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models

from clinic.audit.frozen import Frozen


class Action(models.TextChoices):
    READ = "read", "read"
    CREATE = "create", "created"
    CHANGE = "change", "changed"
    SIGN = "sign", "signed"
    MERGE = "merge", "merged"
    EXPORT = "export", "exported"
    SIGN_IN = "sign-in", "signed in"
    RESEAL = "reseal", "re-sealed"


class AuditEvent(models.Model):
    sequence = models.PositiveBigIntegerField(unique=True)
    occurred_at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    actor_label = models.CharField(max_length=200)
    action = models.CharField(max_length=16, choices=Action.choices)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=64)
    client_id = models.BigIntegerField(null=True, db_index=True, help_text="Whose record this touched.")
    detail = models.JSONField(default=dict, help_text="Never clinical content.")
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ("-sequence",)
        indexes = (models.Index(fields=("subject_type", "subject_id"), name="audit_subject"),)
        constraints = (
            Frozen(
                name="audit_event_is_frozen",
                fields=(
                    *("id", "sequence", "occurred_at", "actor", "actor_label", "action", "subject_type", "subject_id"),
                    *("client_id", "detail", "previous_hash", "hash"),
                ),
            ),
        )

    def __str__(self) -> str:
        return f"{self.actor_label} {self.get_action_display()} {self.subject_type} {self.subject_id}"


class ChainHead(models.Model):
    """The end of the chain, locked by each writer: one row. Also what a back-up anchors."""

    sequence = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(pk=1), name="audit_chain_is_one"),)

    def __str__(self) -> str:
        return f"{self.sequence} {self.hash}"
