"""When a therapist works. Times are of the clinic's clock; dates are local."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from bookings.models.clinic import Location, Therapist


class WorkingHours(models.Model):
    """One stretch of one weekday, every week from `valid_from` to `valid_until` (both inclusive)."""

    class Weekday(models.IntegerChoices):
        MONDAY = 0, "Monday"
        TUESDAY = 1, "Tuesday"
        WEDNESDAY = 2, "Wednesday"
        THURSDAY = 3, "Thursday"
        FRIDAY = 4, "Friday"
        SATURDAY = 5, "Saturday"
        SUNDAY = 6, "Sunday"

    therapist = models.ForeignKey(Therapist, on_delete=models.CASCADE, related_name="working_hours")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    weekday = models.PositiveSmallIntegerField(choices=Weekday.choices)
    starts = models.TimeField()
    ends = models.TimeField(help_text="00:00 means midnight at the end of the day.")
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("therapist", "weekday", "starts")
        verbose_name_plural = "working hours"
        constraints = (
            models.CheckConstraint(
                condition=Q(starts__lt=F("ends")) | Q(ends="00:00"), name="working_hours_start_before_end"
            ),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="working_hours_weekday_known"),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_until__isnull=True)
                | Q(valid_from__lte=F("valid_until")),
                name="working_hours_valid_in_order",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.starts:%H:%M} to {self.ends:%H:%M}"


class OneOffHours(models.Model):
    """Hours on one date. They replace the weekly hours of that date, and hold on bank holidays too."""

    therapist = models.ForeignKey(Therapist, on_delete=models.CASCADE, related_name="one_off_hours")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    starts = models.TimeField()
    ends = models.TimeField(help_text="00:00 means midnight at the end of the day.")

    class Meta:
        ordering = ("on", "starts")
        verbose_name_plural = "one-off hours"
        indexes = (models.Index(fields=("therapist", "on"), name="one_off_hours_date"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(starts__lt=F("ends")) | Q(ends="00:00"), name="one_off_hours_start_before_end"
            ),
        )

    def __str__(self) -> str:
        return f"{self.on:%d %b %Y} {self.starts:%H:%M} to {self.ends:%H:%M}"
