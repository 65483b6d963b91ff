"""Clients who would come if a time came free."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from bookings.models.clinic import Therapist
from clients.models import Client
from treatments.models import Treatment


class WaitlistEntry(models.Model):
    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        BOOKED = "booked", "Booked"
        WITHDRAWN = "withdrawn", "Withdrawn"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="waitlist_entries")
    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="+")
    minutes = models.PositiveSmallIntegerField()
    therapist = models.ForeignKey(Therapist, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    from_on = models.DateField()
    until_on = models.DateField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    note = models.CharField(max_length=200, blank=True, help_text="Which days or times suit. Never a health detail.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("created_at", "pk")
        verbose_name_plural = "waitlist entries"
        constraints = (models.CheckConstraint(condition=Q(from_on__lte=F("until_on")), name="waitlist_dates_in_order"),)

    def __str__(self) -> str:
        return f"{self.client} from {self.from_on}"
