"""The clinical record. Every text in it is sealed; see `clinic.vault.doors`."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from clients.models.people import Client
from clinic.audit.frozen import Frozen


class TreatmentNote(models.Model):
    """One SOAP note: a draft its author may rewrite, then signed and never changed, only added to."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        SIGNED = "signed", "Signed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    appointment_reference = models.CharField(max_length=16, blank=True, db_index=True)
    session_on = models.DateField(help_text="The local date of the session.")
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    sealed_content = models.TextField(help_text="Subjective, objective, assessment and plan as JSON, sealed.")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    signed_at = models.DateTimeField(null=True)
    signed_for = models.UUIDField(null=True, help_text="The client's public id when it was signed.")
    signed_digest = models.CharField(
        max_length=64, blank=True, help_text="Keyed digest of what was signed: outlives new keys and merges."
    )

    class Meta:
        ordering = ("-session_on", "-created_at")
        constraints = (
            models.CheckConstraint(
                condition=Q(state="draft", signed_at__isnull=True, signed_for__isnull=True, signed_digest="")
                | (Q(state="signed", signed_at__isnull=False, signed_for__isnull=False) & ~Q(signed_digest="")),
                name="note_signed_or_draft",
            ),
            # The seal may be made anew and the client may be merged; nothing else ever changes.
            Frozen(
                name="signed_note_is_frozen",
                fields=(
                    *("id", "author", "appointment_reference", "session_on", "state", "version"),
                    *("created_at", "signed_at", "signed_for", "signed_digest"),
                ),
                when={"state": "signed"},
            ),
        )

    def __str__(self) -> str:
        return f"Note {self.id}"


class Addendum(models.Model):
    """What was added to a signed note, by whom and when. Never changed, never removed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    note = models.ForeignKey(TreatmentNote, on_delete=models.PROTECT, related_name="addenda")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    sealed_text = models.TextField()
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("created_at", "id")
        verbose_name_plural = "addenda"
        constraints = (Frozen(name="addendum_is_frozen", fields=("id", "note", "author", "digest", "created_at")),)

    def __str__(self) -> str:
        return f"Addendum {self.id}"


class Screening(models.Model):
    """Safety questions and guide answers given on the way to a booking, sealed.

    Without a client it is what a visitor answered before being advised to seek care elsewhere.
    """

    class Source(models.TextChoices):
        GUIDE = "guide", "Guide"
        BOOKING = "booking", "Booking"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(Client, null=True, on_delete=models.PROTECT, related_name="screenings")
    appointment_reference = models.CharField(max_length=16, blank=True, db_index=True)
    source = models.CharField(max_length=8, choices=Source.choices)
    level = models.CharField(
        max_length=12, blank=True, help_text="The gravest level answered with yes; empty for none."
    )
    sealed_answers = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"Screening {self.id}"
