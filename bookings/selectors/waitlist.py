"""Reading the waitlist."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from bookings.models import WaitlistEntry
from bookings.selectors.places import therapists_visible_to
from clinic.accounts.models import User
from clinic.accounts.roles import Role


def waitlist_visible_to(user: User) -> QuerySet[WaitlistEntry]:
    """All for owner and receptionist; for a therapist those who ask for them or for anybody."""
    entries = WaitlistEntry.objects.select_related("client", "treatment", "therapist")
    if not user.is_active:
        return entries.none()
    if user.runs_front_desk:
        return entries
    if user.role != Role.THERAPIST:
        return entries.none()
    return entries.filter(Q(therapist=None) | Q(therapist__in=therapists_visible_to(user)))
