"""Rooms and therapists. Each is made together with the resource that its time is taken on."""

from __future__ import annotations

from bookings.models import BookingRules, Resource, Room, Therapist
from clinic.accounts.models import User
from clinic.accounts.roles import Role
from clinic.transactions import owns_transaction

# What a therapist's own rules start as: every figure falls back to the clinic's.
NOTHING_OWN = {
    field.name: None if field.null else ""
    for field in BookingRules._meta.concrete_fields
    if field.editable and not field.primary_key and field.name != "therapist"
}


@owns_transaction()
def add_room(room: Room) -> Room:
    """Store a new room and its resource."""
    room.resource = Resource.objects.create(kind=Resource.Kind.ROOM)
    room.save(force_insert=True)
    return room


@owns_transaction()
def add_therapist(therapist: Therapist) -> Therapist:
    """Store a new therapist and the resource that is the time of their hands."""
    therapist.resource = Resource.objects.create(kind=Resource.Kind.THERAPIST)
    therapist.save(force_insert=True)
    return therapist


@owns_transaction()
def link_user(therapist: Therapist, user: User) -> None:
    """Let `user` sign in as `therapist`. One user is one therapist: an older link of theirs ends."""
    Therapist.objects.filter(user=user).exclude(pk=therapist.pk).update(user=None)
    therapist.user = user
    therapist.save(update_fields=("user",))


def link_new_therapist(user: User) -> None:
    """A staff account was made: where one therapist of that name has none yet, it is theirs."""
    if user.role != Role.THERAPIST:
        return
    namesakes = list(Therapist.objects.filter(user=None, name__iexact=user.name)[:2])
    if len(namesakes) == 1:
        link_user(namesakes[0], user)
