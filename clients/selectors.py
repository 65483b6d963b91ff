"""Who may see which people. Every list and every detail starts from `visible_to`."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from clients.models import Client, RecordRules
from clinic.accounts.models import User
from clinic.accounts.roles import Role
from clinic.errors import NotFound


def visible_to(user: User | AnonymousUser) -> QuerySet[Client]:
    """The records a user may meet at all: front desk all, therapists those in their care, clients their own.

    Records that were merged away are in no list.
    """
    current = Client.objects.filter(merged_into=None)
    if not isinstance(user, User) or not user.is_active:
        return current.none()
    if user.runs_front_desk:
        return current
    if user.role == Role.THERAPIST:
        return current.filter(care_team=user)
    if user.role == Role.CLIENT:
        return current.filter(user=user)
    return current.none()


def find_client(user: User | AnonymousUser, client_id: int) -> Client:
    """The record behind a number; behind the number of a merged one, the record it became part of.

    Raises NotFound where there is none or the user may not see it.
    """
    surviving = Client.objects.filter(pk=client_id).values(surviving=Coalesce("merged_into_id", "pk"))
    client = visible_to(user).filter(pk__in=surviving).first()
    if client is None:
        raise NotFound
    return client


def get_rules() -> RecordRules:
    """The clinic's rules for client records, made with their defaults on the first call."""
    rules, _ = RecordRules.objects.get_or_create(pk=1)
    return rules
