"""Reading locations, rooms and therapists, each caller their own share."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from bookings.models import Location, Resource, Room, Therapist
from clinic.accounts.models import User
from clinic.accounts.roles import Role
from clinic.errors import NotFound
from treatments.models import Treatment


def therapists_visible_to(user: User) -> QuerySet[Therapist]:
    """Whose diary `user` may see and change: all for owner and receptionist, their own for a therapist."""
    if not user.is_active:
        return Therapist.objects.none()
    if user.runs_front_desk:
        return Therapist.objects.all()
    return Therapist.objects.filter(user=user) if user.role == Role.THERAPIST else Therapist.objects.none()


def resources_visible_to(user: User) -> QuerySet[Resource]:
    """Whose time off `user` may see and change: rooms are for owner and receptionist."""
    if user.is_active and user.runs_front_desk:
        return Resource.objects.all()
    return Resource.objects.filter(therapist__in=therapists_visible_to(user))


def get_visible_therapist(user: User, therapist_id: int) -> Therapist:
    """Raises NotFound for a therapist whom `user` may not see."""
    therapist = therapists_visible_to(user).filter(pk=therapist_id).first()
    if therapist is None:
        raise NotFound
    return therapist


def open_locations() -> QuerySet[Location]:
    return Location.objects.filter(is_active=True).order_by("name")


def bookable_therapists() -> QuerySet[Therapist]:
    """What everybody may see, in the owner's order; `treatments` are the published ones, `rooms` those in use.

    Three queries.
    """
    published = Treatment.objects.filter(state=Treatment.State.PUBLISHED).order_by("position", "name")
    in_use = Room.objects.filter(is_active=True, location__is_active=True).select_related("location")
    return (
        Therapist.objects.filter(is_bookable=True)
        .prefetch_related(Prefetch("treatments", queryset=published), Prefetch("rooms", queryset=in_use))
        .order_by("position", "name")
    )
