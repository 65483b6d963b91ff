"""The rules of booking: one record for the clinic, and where they differ one for a therapist."""

from __future__ import annotations

from datetime import time
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from bookings.models.clinic import Therapist
from clinic.practice.models import Practice

MOST_REMINDERS: Final = 5


def default_reminder_hours() -> list[int]:
    return [72, 24]


def check_reminder_hours(hours: Any) -> None:
    is_list = isinstance(hours, list) and all(type(h) is int for h in hours)
    is_right = is_list and len(set(hours)) == len(hours) <= MOST_REMINDERS and all(1 <= h <= 24 * 30 for h in hours)
    if not is_right:
        raise ValidationError("Up to five different whole numbers of hours, each 1 to 720.", code="reminder_hours")


class BookingRules(models.Model):
    """Empty fields of a therapist's record fall back to the clinic's, whose fields are all filled."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, default=1, editable=False, related_name="+")
    therapist = models.OneToOneField(
        Therapist,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="rules",
        help_text="Empty: these are the clinic's own rules.",
    )

    grid_minutes = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        default=15,
        validators=[MinValueValidator(5), MaxValueValidator(240)],
        help_text="Starts are offered on this grid, counted from the local midnight.",
    )
    buffer_after_minutes = models.PositiveSmallIntegerField(
        null=True, blank=True, default=15, validators=[MaxValueValidator(240)]
    )
    first_visit_extra_minutes = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        default=0,
        validators=[MaxValueValidator(240)],
        help_text="Kept free after a new client's first appointment, on top of the buffer.",
    )
    minimum_notice_hours_new = models.PositiveSmallIntegerField(null=True, blank=True, default=24)
    minimum_notice_hours_returning = models.PositiveSmallIntegerField(null=True, blank=True, default=4)
    horizon_days = models.PositiveSmallIntegerField(
        null=True, blank=True, default=56, validators=[MinValueValidator(1), MaxValueValidator(730)]
    )
    max_hands_on_minutes_per_day = models.PositiveSmallIntegerField(
        null=True, blank=True, default=300, validators=[MaxValueValidator(1440)]
    )
    hold_minutes = models.PositiveSmallIntegerField(
        null=True, blank=True, default=10, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    upcoming_bookings_cap = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        default=4,
        validators=[MinValueValidator(1)],
        help_text="How many bookings one client may have ahead of them. Staff may book more.",
    )
    holds_per_visitor = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        default=3,
        validators=[MinValueValidator(1)],
        help_text="How many slots one visitor may keep at the same time while filling in forms.",
    )
    cancellation_notice_hours = models.PositiveSmallIntegerField(null=True, blank=True, default=24)
    late_cancellation_fee_percent = models.PositiveSmallIntegerField(
        null=True, blank=True, default=50, validators=[MaxValueValidator(100)]
    )
    no_show_fee_percent = models.PositiveSmallIntegerField(
        null=True, blank=True, default=100, validators=[MaxValueValidator(100)]
    )
    cancellation_policy = models.TextField(
        blank=True, help_text="Words shown before booking. Empty: written from the figures above."
    )
    is_closed_on_bank_holidays = models.BooleanField(null=True, blank=True, default=True)
    bank_holiday_region = models.CharField(
        max_length=3,
        blank=True,
        default="ENG",
        choices=(("ENG", "England"), ("WLS", "Wales"), ("SCT", "Scotland"), ("NIR", "Northern Ireland")),
    )
    reminder_hours_before = models.JSONField(
        null=True, blank=True, default=default_reminder_hours, validators=[check_reminder_hours]
    )
    quiet_hours_start = models.TimeField(null=True, blank=True, default=time(20))
    quiet_hours_end = models.TimeField(null=True, blank=True, default=time(8))

    class Meta:
        verbose_name_plural = "booking rules"
        constraints = (
            models.UniqueConstraint(
                fields=("practice",), condition=Q(therapist__isnull=True), name="clinic_rules_are_one"
            ),
            models.CheckConstraint(
                condition=Q(therapist__isnull=False)
                | Q(
                    grid_minutes__isnull=False,
                    buffer_after_minutes__isnull=False,
                    first_visit_extra_minutes__isnull=False,
                    minimum_notice_hours_new__isnull=False,
                    minimum_notice_hours_returning__isnull=False,
                    horizon_days__isnull=False,
                    max_hands_on_minutes_per_day__isnull=False,
                    hold_minutes__isnull=False,
                    upcoming_bookings_cap__isnull=False,
                    holds_per_visitor__isnull=False,
                    cancellation_notice_hours__isnull=False,
                    late_cancellation_fee_percent__isnull=False,
                    no_show_fee_percent__isnull=False,
                    is_closed_on_bank_holidays__isnull=False,
                    reminder_hours_before__isnull=False,
                    quiet_hours_start__isnull=False,
                    quiet_hours_end__isnull=False,
                ),
                name="clinic_rules_complete",
            ),
        )

    def __str__(self) -> str:
        return f"Rules of {self.therapist or 'the clinic'}"


def fee(price: Decimal, percent: int) -> Decimal:
    """`percent` of `price`, to the penny, halves rounded to even."""
    return (price * percent / 100).quantize(Decimal("0.01"))
