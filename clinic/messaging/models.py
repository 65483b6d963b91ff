"""The outbox: what is to be said to whom, written in the transaction that gives cause for it.

A message names its cause by `topic`, `topic_id` and `topic_version` (an appointment, its key, its
version); who owns the topic composes the words at the moment of sending, from the state then.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q


class Channel(models.TextChoices):
    EMAIL = "email", "Email"


class MessageStatus(models.TextChoices):
    PENDING = "pending", "Waiting"
    SENT = "sent", "Sent"
    SKIPPED = "skipped", "Not needed any more"
    FAILED = "failed", "Failed"


class Message(models.Model):
    """One message to one person through one channel."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    topic = models.CharField(max_length=32)
    topic_id = models.CharField(max_length=64)
    topic_version = models.PositiveIntegerField()
    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=16, choices=Channel.choices)
    recipient = models.CharField(
        max_length=320, help_text="The address at the time of sending; empty until then.", blank=True
    )
    client_id = models.BigIntegerField(null=True, db_index=True)

    due_at = models.DateTimeField()
    status = models.CharField(max_length=16, choices=MessageStatus.choices, default=MessageStatus.PENDING)
    reason = models.CharField(max_length=200, blank=True, help_text="Why it was skipped or failed.")
    attempts = models.PositiveSmallIntegerField(default=0)
    unclear_attempts = models.PositiveSmallIntegerField(
        default=0, help_text="Attempts whose end nobody wrote down: each may have left a copy."
    )
    lease_token = models.UUIDField(null=True)
    leased_until = models.DateTimeField(
        null=True, help_text="Nobody takes it before. Without a token it is a pause after a failure."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True, help_text="When it was sent, skipped or given up.")

    class Meta:
        ordering = ("-due_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("topic", "topic_id", "topic_version", "kind", "channel"), name="message_said_once"
            ),
        )
        indexes = (
            models.Index(fields=("due_at",), name="message_due", condition=Q(status="pending")),
            models.Index(fields=("topic", "topic_id"), name="message_topic"),
        )

    def __str__(self) -> str:
        return f"{self.kind} by {self.channel} about {self.topic} {self.topic_id}"
