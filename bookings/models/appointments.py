"""Appointments and everything that ever happened to them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from bookings.models.clinic import Location, Room, Therapist
from bookings.status import AppointmentStatus
from clients.models import Client
from treatments.models import Treatment

# No option is longer than eight hours: a reader of a window looks back one day and has them all.
LONGEST_APPOINTMENT: Final = timedelta(days=1)


class Appointment(models.Model):
    """A treatment of a client at a time. Price, policy and times are as agreed when booked.

    A move keeps the row and its reference and raises `version`.
    """

    class Source(models.TextChoices):
        ONLINE = "online", "Online"
        STAFF = "staff", "Staff"

    reference = models.CharField(max_length=12, unique=True)
    manage_nonce = models.CharField(
        max_length=32, help_text="Part of what the manage token is made of. New nonce, dead token."
    )
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="appointments")
    therapist = models.ForeignKey(Therapist, on_delete=models.PROTECT, related_name="appointments")
    room = models.ForeignKey(Room, null=True, on_delete=models.PROTECT, related_name="appointments")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    treatment = models.ForeignKey(Treatment, on_delete=models.PROTECT, related_name="+")
    treatment_name = models.CharField(max_length=120)
    minutes = models.PositiveSmallIntegerField()
    price = models.DecimalField(max_digits=8, decimal_places=2)
    currency = models.CharField(max_length=3)

    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    buffer_before_minutes = models.PositiveSmallIntegerField(default=0)
    buffer_after_minutes = models.PositiveSmallIntegerField(default=0)
    status = models.CharField(
        max_length=16, choices=[(s.value, s.value) for s in AppointmentStatus], default=AppointmentStatus.BOOKED.value
    )
    version = models.PositiveIntegerField(default=1)
    source = models.CharField(max_length=8, choices=Source.choices)
    is_first_visit = models.BooleanField(default=False)
    needs_review = models.BooleanField(default=False, help_text="A safety answer asks the therapist to look first.")
    override_reason = models.CharField(max_length=200, blank=True, help_text="Why staff booked outside the rules.")
    booked_at = models.DateTimeField()
    booked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    policy_accepted_at = models.DateTimeField(null=True)
    policy_text = models.TextField(blank=True)
    cancellation_notice_hours = models.PositiveSmallIntegerField()
    late_cancellation_fee = models.DecimalField(max_digits=8, decimal_places=2)
    no_show_fee = models.DecimalField(max_digits=8, decimal_places=2)
    is_late_cancellation = models.BooleanField(default=False)
    fee_due = models.DecimalField(max_digits=8, decimal_places=2, default=Decimal("0.00"))
    ended_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("starts_at", "pk")
        indexes = (
            models.Index(fields=("therapist", "starts_at"), name="appointment_diary"),
            models.Index(fields=("client", "-starts_at"), name="appointment_client"),
        )
        constraints = (
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="appointment_starts_before_end"),
            models.CheckConstraint(
                condition=Q(status__in=[s.value for s in AppointmentStatus]), name="appointment_status_known"
            ),
        )

    def __str__(self) -> str:
        return self.reference


class AppointmentEvent(models.Model):
    """One change of one appointment: who, when, from what, to what, why. Never changed."""

    appointment = models.ForeignKey(Appointment, on_delete=models.CASCADE, related_name="events")
    version = models.PositiveIntegerField(help_text="The appointment's version after the change.")
    action = models.CharField(max_length=24)
    occurred_at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    actor_label = models.CharField(max_length=200)
    status_before = models.CharField(max_length=16, blank=True)
    status_after = models.CharField(max_length=16)
    changes = models.JSONField(default=dict, help_text="Field -> [before, after].")
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("appointment", "version", "pk")
        constraints = (models.UniqueConstraint(fields=("appointment", "version"), name="appointment_event_once"),)

    def __str__(self) -> str:
        return f"{self.action} of {self.appointment_id}"
