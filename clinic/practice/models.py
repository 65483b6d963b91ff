"""The clinic's own record: its name, address, time zone and currency. One row."""

from __future__ import annotations

import zoneinfo
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, RegexValidator
from django.db import models
from phonenumber_field.modelfields import PhoneNumberField

from clinic.practice.origins import parse_origins


def check_time_zone(name: str) -> None:
    if name not in zoneinfo.available_timezones():
        raise ValidationError(
            f"{name} is not the name of a time zone, such as Europe/London.", code="unknown_time_zone"
        )


class OriginsField(models.TextField):  # type: ignore[type-arg]  # Django itself has no generic fields
    """Addresses of sites, one on each line, made alike as they are checked: so they can be compared as texts."""

    def clean(self, value: Any, model_instance: models.Model | None) -> str:
        try:
            return "\n".join(parse_origins(super().clean(value, model_instance)))
        except ValueError as error:
            raise ValidationError(str(error), code="invalid_origin") from error


class Practice(models.Model):
    name = models.CharField(max_length=120)
    tagline = models.CharField(max_length=200, blank=True)
    address = models.TextField(max_length=400, blank=True)
    phone = PhoneNumberField(blank=True)
    email = models.EmailField(blank=True, help_text="Where clients' replies to messages go.")
    website = models.URLField(blank=True)
    time_zone = models.CharField(max_length=64, default="Europe/London", validators=[check_time_zone])
    currency = models.CharField(
        max_length=3, default="GBP", validators=[RegexValidator(r"^[A-Z]{3}$", "Three capital letters, such as GBP.")]
    )
    logo = models.ImageField(upload_to="practice/", blank=True)
    colour = models.CharField(
        max_length=7,
        default="#1f5f5b",
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", "A colour such as #1f5f5b.")],
    )
    embed_origins = OriginsField(
        blank=True, verbose_name="sites that may show your booking pages", validators=[MaxLengthValidator(4000)]
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "clinic"
        verbose_name_plural = "the clinic"
        constraints = (models.CheckConstraint(condition=models.Q(pk=1), name="practice_is_one_row"),)

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)
