"""The admin site's menu, by what an owner comes to do."""

from __future__ import annotations

from typing import Any, Final

from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse

# Group -> (what the menu calls it, model, icon). A model without an admin page is left out.
_MENU: Final[dict[str, tuple[tuple[str, str, str], ...]]] = {
    "Catalogue": (("Treatments", "treatments.treatment", "spa"),),
    "Guide": (
        ("Questions", "treatments.indicator", "quiz"),
        ("Safety questions", "treatments.safetyquestion", "health_and_safety"),
        ("Issues", "treatments.issue", "lightbulb"),
        ("Measures", "treatments.measure", "straighten"),
        ("Assessments", "treatments.assessment", "assignment_turned_in"),
        ("Guide settings", "treatments.guiderules", "tune"),
    ),
    "Diary": (
        ("Appointments", "bookings.appointment", "calendar_month"),
        ("Time off", "bookings.timeoff", "beach_access"),
        ("Waitlist", "bookings.waitlistentry", "hourglass_top"),
        ("Therapists and hours", "bookings.therapist", "badge"),
        ("Locations", "bookings.location", "location_on"),
        ("Rooms", "bookings.room", "meeting_room"),
    ),
    "Clients": (
        ("Clients", "clients.client", "group"),
        ("Audit trail", "audit.auditevent", "policy"),
    ),
    "Messages": (("Message log", "messaging.message", "mail"),),
    "Settings": (
        ("The clinic", "practice.practice", "storefront"),
        ("Booking rules", "bookings.bookingrules", "rule"),
        ("Record keeping", "clients.recordrules", "inventory_2"),
        ("Staff accounts", "accounts.user", "manage_accounts"),
    ),
}


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    work: dict[str, Any] = {
        "title": "",
        "items": [{"title": "Today and the diary", "icon": "event", "link": reverse("staff")}],
    }
    groups = [
        work,
        *({"title": title, "separator": True, "items": _items(entries)} for title, entries in _MENU.items()),
    ]
    return [group for group in groups if group["items"]]


def _items(entries: tuple[tuple[str, str, str], ...]) -> list[dict[str, Any]]:
    items = []
    for title, label, icon in entries:
        model = apps.get_model(label)
        if admin.site.is_registered(model):
            link = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
            items.append({"title": title, "icon": icon, "link": link})
    return items
