"""Where the work is done and by whom."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from bookings.models.allocations import Resource
from treatments.models import Treatment


class Location(models.Model):
    name = models.CharField(max_length=120, unique=True)
    address = models.TextField(max_length=400, blank=True)
    directions = models.TextField(blank=True, help_text="How to find the room, where to park.")
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Room(models.Model):
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="rooms")
    name = models.CharField(max_length=80)
    is_active = models.BooleanField(default=True)
    resource = models.OneToOneField(Resource, on_delete=models.PROTECT, related_name="room", editable=False)

    class Meta:
        ordering = ("location", "name")
        constraints = (models.UniqueConstraint(fields=("location", "name"), name="room_name_once"),)

    def __str__(self) -> str:
        return f"{self.name}, {self.location}"


class Therapist(models.Model):
    """Someone who treats. The time of their hands is `resource`."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=80, unique=True)
    biography = models.TextField(blank=True, help_text="Markdown.")
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="therapist"
    )
    treatments = models.ManyToManyField(Treatment, related_name="therapists", blank=True)
    rooms = models.ManyToManyField(Room, related_name="therapists", blank=True)
    is_bookable = models.BooleanField(default=True)
    position = models.PositiveIntegerField(default=0)
    resource = models.OneToOneField(Resource, on_delete=models.PROTECT, related_name="therapist", editable=False)

    class Meta:
        ordering = ("position", "name")

    def __str__(self) -> str:
        return self.name
