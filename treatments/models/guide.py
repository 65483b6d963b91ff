"""The guide as data: what a person notices (indicators), what may be behind it (issues), what we
work on (treatments), what else helps (measures) and what is looked at first (assessments).

Weights run from 0 to 3 and are the therapist's to edit. `treatments.scoring` says what they mean.
"""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from treatments.models.catalogue import Treatment

MAX_WEIGHT = 3


class GuideEntry(models.Model):
    """What every part of the guide has: a slug, words for people, and a place in the order."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=160)
    text = models.TextField(blank=True, help_text="Markdown, in plain words.")
    position = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        abstract = True
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return self.name


class Issue(GuideEntry):
    also_called = models.CharField(max_length=160, blank=True)
    knee = models.CharField(max_length=240, blank=True, help_text="What it may mean for the knee.")
    evidence = models.CharField(
        max_length=80, blank=True, help_text="How well this is supported: keep the wording as careful."
    )


class Indicator(GuideEntry):
    """Something a person notices, answered 0 never, 1 sometimes, 2 often, 3 always."""

    question = models.CharField(max_length=240)


class FollowUp(GuideEntry):
    """A closer look at one indicator, ticked or not."""

    slug = models.SlugField(max_length=80)
    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="follow_ups")

    class Meta(GuideEntry.Meta):
        verbose_name = "follow-up"
        constraints = (models.UniqueConstraint(fields=("indicator", "slug"), name="follow_up_once"),)


class Measure(GuideEntry):
    """What helps besides treatment."""

    evidence = models.CharField(max_length=80, blank=True)


class Assessment(GuideEntry):
    """What the therapist may look at first."""


class SafetyQuestion(GuideEntry):
    class Level(models.TextChoices):
        EMERGENCY = "emergency", "Emergency: 999 or A&E now"
        URGENT = "urgent", "Urgent: NHS 111 or urgent treatment centre, same day"
        GP = "gp", "GP or physiotherapist before massage"
        REVIEW = "review", "Booking allowed, the therapist looks first"

    question = models.CharField(max_length=300)
    level = models.CharField(max_length=12, choices=Level.choices)
    advice = models.TextField(help_text="Plain words, shown at once.")


class Weight(models.Model):
    towards: ClassVar[str] = "issue"

    weight = models.PositiveSmallIntegerField(validators=[MinValueValidator(0), MaxValueValidator(MAX_WEIGHT)])

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{getattr(self, self.towards)}: {self.weight}"


class IndicatorWeight(Weight):
    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="weights")
    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("indicator", "issue"), name="indicator_weight_once"),
            models.CheckConstraint(condition=Q(weight__lte=MAX_WEIGHT), name="indicator_weight_0_to_3"),
        )


class FollowUpBonus(Weight):
    follow_up = models.ForeignKey(FollowUp, on_delete=models.CASCADE, related_name="bonuses")
    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name_plural = "follow-up bonuses"
        constraints = (
            models.UniqueConstraint(fields=("follow_up", "issue"), name="follow_up_bonus_once"),
            models.CheckConstraint(condition=Q(weight__lte=MAX_WEIGHT), name="follow_up_bonus_0_to_3"),
        )


class TreatmentWeight(Weight):
    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="issue_weights")
    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("treatment", "issue"), name="treatment_weight_once"),
            models.CheckConstraint(condition=Q(weight__lte=MAX_WEIGHT), name="treatment_weight_0_to_3"),
        )


class TreatmentBoost(Weight):
    """How much one answer speaks for a treatment directly."""

    towards = "indicator"

    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="boosts")
    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("treatment", "indicator"), name="treatment_boost_once"),
            models.CheckConstraint(condition=Q(weight__lte=MAX_WEIGHT), name="treatment_boost_0_to_3"),
        )


class MeasureWeight(Weight):
    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="weights")
    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("measure", "issue"), name="measure_weight_once"),
            models.CheckConstraint(condition=Q(weight__lte=MAX_WEIGHT), name="measure_weight_0_to_3"),
        )


class AssessmentWeight(Weight):
    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="weights")
    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("assessment", "issue"), name="assessment_weight_once"),
            models.CheckConstraint(condition=Q(weight__lte=MAX_WEIGHT), name="assessment_weight_0_to_3"),
        )


class GuideRules(models.Model):
    """The guide's one setting: issues that score below `threshold` are left out."""

    threshold = models.DecimalField(
        max_digits=4, decimal_places=3, default="0.250", validators=[MinValueValidator(0), MaxValueValidator(1)]
    )
    introduction = models.TextField(blank=True)

    class Meta:
        verbose_name_plural = "guide rules"
        constraints = (models.CheckConstraint(condition=Q(pk=1), name="guide_rules_are_one"),)

    def __str__(self) -> str:
        return "Guide rules"
