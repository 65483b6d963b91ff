"""What the clinic offers: treatments, and the lengths and prices each comes in."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q


class Treatment(models.Model):
    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        PUBLISHED = "published", "Published"

    slug = models.SlugField(
        max_length=80, unique=True, help_text="Part of the web address. Links break when it changes."
    )
    name = models.CharField(max_length=120)
    summary = models.CharField(max_length=240, help_text="One or two plain sentences for lists and shared links.")
    description = models.TextField(blank=True, help_text="Markdown.")
    tissues = models.JSONField(default=list, blank=True, help_text="The muscles and other tissues worked on.")
    what_to_wear = models.TextField(blank=True)
    aftercare = models.TextField(blank=True, help_text="Markdown.")
    not_for = models.TextField(blank=True, verbose_name="who should not have it", help_text="Markdown.")
    image = models.ImageField(upload_to="treatments/", blank=True)
    image_alt = models.CharField(max_length=200, blank=True, verbose_name="image in words")
    position = models.PositiveIntegerField(default=0, db_index=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)

    buffer_before_minutes = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(240)])
    buffer_after_minutes = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MaxValueValidator(240)],
        help_text="Empty: the clinic's own buffer from the booking rules.",
    )
    minimum_age = models.PositiveSmallIntegerField(default=16, validators=[MaxValueValidator(120)])
    is_for_new_clients = models.BooleanField(
        default=True, help_text="Off: only clients who have been before may book it."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("position", "name")
        constraints = (
            models.CheckConstraint(condition=Q(state__in=("draft", "published")), name="treatment_state_known"),
        )

    def __str__(self) -> str:
        return self.name


class TreatmentOption(models.Model):
    """One length of a treatment, with its price in the clinic's currency."""

    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="options")
    minutes = models.PositiveSmallIntegerField(validators=[MinValueValidator(5), MaxValueValidator(480)])
    price = models.DecimalField(max_digits=8, decimal_places=2, validators=[MinValueValidator(0)])
    label = models.CharField(max_length=120, blank=True, help_text="What the length is for, such as “one region”.")
    is_first_visit_only = models.BooleanField(default=False)

    class Meta:
        verbose_name = "length"
        ordering = ("minutes",)
        constraints = (
            models.UniqueConstraint(fields=("treatment", "minutes"), name="option_minutes_once"),
            models.CheckConstraint(condition=Q(price__gte=0), name="option_price_not_negative"),
            models.CheckConstraint(condition=Q(minutes__gte=5, minutes__lte=480), name="option_minutes_sensible"),
        )

    def __str__(self) -> str:
        return f"{self.minutes} minutes"
