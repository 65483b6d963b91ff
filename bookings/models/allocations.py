"""Time that is taken: the one table that the whole diary hangs on.

# Note [One table for all that takes time]
Appointments, holds and time off are rows here, one for each resource they take, in UTC, buffers
frozen in. One constraint keeps active rows of a resource apart, and no write path gets past it.

# Note [No allocation is longer than a week]
Longer time off is several rows that touch. A reader of a window therefore finds every row that
reaches into it by looking one week back on the index over (resource, starts_at), however long
the history is.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.lookups import LessThanOrEqual

from clinic.constraints import ElapsedDays, NoOverlap
from treatments.models import Treatment

LONGEST_ALLOCATION: Final = timedelta(days=7)


class Resource(models.Model):
    """Something that can be in use once at a time: a therapist's hands, a room."""

    class Kind(models.TextChoices):
        THERAPIST = "therapist", "Therapist"
        ROOM = "room", "Room"

    kind = models.CharField(max_length=12, choices=Kind.choices)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"


class Hold(models.Model):
    """A slot kept for someone who is filling in the form. `token_hash` is the SHA-256 of the token."""

    token_hash = models.CharField(max_length=64, unique=True)
    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="+")
    therapist = models.ForeignKey("bookings.Therapist", on_delete=models.CASCADE, related_name="+")
    room = models.ForeignKey("bookings.Room", null=True, on_delete=models.CASCADE, related_name="+")
    minutes = models.PositiveSmallIntegerField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    holder = models.CharField(max_length=64, blank=True, db_index=True, help_text="Keyed digest of who holds it.")
    created_at = models.DateTimeField()

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="hold_starts_before_end"),)

    def __str__(self) -> str:
        return f"Hold {self.pk}"


class TimeOff(models.Model):
    """A stretch in which a therapist or a room is not to be had."""

    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="time_off")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=120, blank=True, help_text="Seen by all staff.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    is_cancelled = models.BooleanField(default=False)

    class Meta:
        ordering = ("starts_at",)
        verbose_name_plural = "time off"
        constraints = (
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="time_off_starts_before_end"),
        )

    def __str__(self) -> str:
        return f"{self.reason or 'Time off'} {self.starts_at:%d %b %Y}"


class Allocation(models.Model):
    class Kind(models.TextChoices):
        APPOINTMENT = "appointment", "Appointment"
        HOLD = "hold", "Hold"
        TIME_OFF = "time_off", "Time off"

    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="allocations", db_index=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    kind = models.CharField(max_length=12, choices=Kind.choices)
    is_active = models.BooleanField(default=True)
    appointment = models.ForeignKey(
        "bookings.Appointment", null=True, on_delete=models.CASCADE, related_name="allocations"
    )
    hold = models.ForeignKey(Hold, null=True, on_delete=models.CASCADE, related_name="allocations")
    time_off = models.ForeignKey(TimeOff, null=True, on_delete=models.CASCADE, related_name="allocations")

    class Meta:
        indexes = (models.Index(fields=("resource", "starts_at"), name="allocation_diary"),)
        constraints = (
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="allocation_starts_before_end"),
            models.CheckConstraint(
                condition=LessThanOrEqual(ElapsedDays("starts_at", "ends_at"), LONGEST_ALLOCATION.days),
                name="allocation_at_most_a_week",
            ),
            models.CheckConstraint(
                condition=Q(kind="appointment", appointment__isnull=False, hold__isnull=True, time_off__isnull=True)
                | Q(kind="hold", appointment__isnull=True, hold__isnull=False, time_off__isnull=True)
                | Q(kind="time_off", appointment__isnull=True, hold__isnull=True, time_off__isnull=False),
                name="allocation_has_one_cause",
            ),
            NoOverlap(
                name="allocation_no_overlap",
                key="resource",
                starts="starts_at",
                ends="ends_at",
                condition=Q(is_active=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.starts_at:%d %b %H:%M}"
