"""The clinic's rules for client records. One row, edited in the admin; no figure of it is in code."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q


class RecordRules(models.Model):
    """Defaults follow the retention periods usual for health records in the UK; see `basis`."""

    adult_years_after_last_treatment = models.PositiveSmallIntegerField(
        default=8, validators=[MinValueValidator(1), MaxValueValidator(99)]
    )
    minor_until_age = models.PositiveSmallIntegerField(
        default=25, validators=[MinValueValidator(18), MaxValueValidator(99)]
    )
    minor_treated_at_17_until_age = models.PositiveSmallIntegerField(
        default=26, validators=[MinValueValidator(18), MaxValueValidator(99)]
    )
    unconverted_enquiry_months = models.PositiveSmallIntegerField(
        default=12, validators=[MinValueValidator(1), MaxValueValidator(120)]
    )
    anonymous_screening_days = models.PositiveSmallIntegerField(
        default=90,
        validators=[MinValueValidator(1), MaxValueValidator(3650)],
        help_text="How long the safety answers of a visitor who never became a client are kept.",
    )
    guardian_required_under_age = models.PositiveSmallIntegerField(
        default=16,
        validators=[MaxValueValidator(25)],
        help_text="Below this age a record needs a parent or guardian.",
    )
    basis = models.TextField(
        max_length=2000,
        blank=True,
        default=(
            "Storage limitation, UK GDPR article 5(1)(e). Periods as in the NHS records management code of practice "
            "for adult and children's health records. Check with your insurer and professional body."
        ),
        help_text="Why these periods: the law, the insurer or the professional body they follow.",
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "rules for client records"
        constraints = (models.CheckConstraint(condition=Q(pk=1), name="record_rules_is_one_row"),)

    def __str__(self) -> str:
        return "Rules for client records"
