"""Locations and rooms."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest

from bookings.admin.base import DiaryAdmin
from bookings.models import Location, Room
from bookings.services.places import add_room


@admin.register(Location)
class LocationAdmin(DiaryAdmin):
    list_display: ClassVar = ("name", "address", "is_active")
    search_fields: ClassVar = ("name", "address")

    def has_delete_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        """Past appointments were somewhere: a location is put out of use instead."""
        return False


@admin.register(Room)
class RoomAdmin(DiaryAdmin):
    list_display: ClassVar = ("name", "location", "is_active")
    list_filter: ClassVar = ("location", "is_active")
    list_select_related: ClassVar = ("location",)
    search_fields: ClassVar = ("name", "location__name")

    def save_model(self, request: HttpRequest, obj: Room, form: Any, change: bool) -> None:  # noqa: FBT001  # Django's signature
        if change:
            obj.save()
        else:
            add_room(obj)

    def has_delete_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        """Past appointments were somewhere: a room is put out of use instead."""
        return False
