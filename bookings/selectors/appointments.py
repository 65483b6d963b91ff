"""Reading appointments: who may see which, and who has been before."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from bookings.errors import BookingEnded
from bookings.manage_token import opens
from bookings.models import Appointment
from bookings.status import OPEN, AppointmentStatus
from clients.models import Client
from clinic.accounts.models import User
from clinic.accounts.roles import FRONT_DESK_ROLES, Role
from clinic.errors import NotFound, NotSignedIn

_HAS_BEEN = (AppointmentStatus.ARRIVED, AppointmentStatus.CHECKED_IN, AppointmentStatus.FULFILLED)


def visible_to(user: User | AnonymousUser) -> QuerySet[Appointment]:
    """The appointments this person may know of. Default: none."""
    if not isinstance(user, User) or not user.is_active:
        return Appointment.objects.none()
    if user.role in FRONT_DESK_ROLES:
        return Appointment.objects.all()
    if user.role == Role.THERAPIST:
        return Appointment.objects.filter(therapist__user=user)
    if user.role == Role.CLIENT:
        return Appointment.objects.filter(client__user=user)
    return Appointment.objects.none()


def find_own_booking(reference: str, *, token: str | None, user: User | AnonymousUser, now: datetime) -> Appointment:
    """The booking that a manage token opens, or that belongs to the signed-in client.

    Raises NotSignedIn where there is neither, NotFound where nothing is opened (whether or not there
    is such a booking), and BookingEnded for the token of a booking that is over.
    """
    client_user = user if isinstance(user, User) and user.is_active and user.role == Role.CLIENT else None
    if token is None and client_user is None:
        raise NotSignedIn
    bookings = with_parts(Appointment.objects.filter(reference=reference.upper()))
    if token is not None:
        booking = bookings.first()
        if booking is None or not opens(booking, token):
            raise NotFound
        if now >= booking.ends_at:
            raise BookingEnded
        return booking
    booking = bookings.filter(client__user=client_user).first()
    if booking is None:
        raise NotFound
    return booking


def with_parts(appointments: QuerySet[Appointment]) -> QuerySet[Appointment]:
    """Everything an answer names, in the same query."""
    return appointments.select_related("client", "therapist", "room", "location", "treatment")


def has_been_before(clients: Iterable[Client] | QuerySet[Client]) -> bool:
    """Whether any of these records stands for somebody who has come to an appointment: one query."""
    return Appointment.objects.filter(client__in=clients, status__in=_HAS_BEEN).exists()


def returning_clients(client_ids: Collection[int]) -> set[int]:
    """Those of them who have come to an appointment: one query."""
    been = Appointment.objects.filter(client_id__in=client_ids, status__in=_HAS_BEEN)
    return set(been.order_by().values_list("client_id", flat=True).distinct())


def is_returning(user: User | AnonymousUser) -> bool:
    """Whether the signed-in person has been before. An unproved visitor never counts as known."""
    if not isinstance(user, User) or user.role != Role.CLIENT:
        return False
    return Appointment.objects.filter(client__user=user, status__in=_HAS_BEEN).exists()


def upcoming_count(client: Client, *, now: datetime) -> int:
    """How many open bookings lie ahead of this client, or of anybody who gave the same address."""
    same_person = Q(client=client)
    if client.email:
        same_person |= Q(client__email=client.email, client__user=client.user_id)
        same_person |= Q(client__email=client.email, client__email_proved_at__isnull=True)
    return Appointment.objects.filter(same_person, status__in=OPEN, starts_at__gt=now).count()
