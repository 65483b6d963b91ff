"""Who may see which people. Every list and every detail starts from `visible_to`."""

from __future__ import annotations

import re
from typing import Final

from django.contrib.auth.models import AnonymousUser
from django.db.models import CharField, ExpressionWrapper, F, Q, QuerySet
from django.db.models.functions import Coalesce

from clients.models import Client, RecordRules
from clients.names import folded
from clinic.accounts.models import User
from clinic.accounts.roles import Role
from clinic.errors import NotFound

_PHONE_LIKE: Final = re.compile(r"[+(]?[0-9][0-9 ()./-]*")
_FEWEST_DIGITS: Final = 4


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


def open_to(user: User | AnonymousUser) -> QuerySet[Client]:
    """The signed-in client's own records whose clinical part they may read. None for everybody else.

    Whatever a client reads of their own record starts here. See Note [Who decides who reads].
    """
    if not isinstance(user, User) or user.role != Role.CLIENT:
        return Client.objects.none()
    return visible_to(user).filter(email_needs_confirming=False)


def find_client(user: User | AnonymousUser, client_id: int) -> Client:
    """The record behind a number; behind the number of a merged one, the record it became part of.

    Raises NotFound where there is none or the user may not see it.
    """
    surviving = Client.objects.filter(pk=client_id).values(surviving=Coalesce("merged_into_id", "pk"))
    client = visible_to(user).filter(pk__in=surviving).first()
    if client is None:
        raise NotFound
    return client


def records_of(client_id: int) -> list[int]:
    """The numbers of the records that were merged into this one."""
    return list(Client.objects.filter(merged_into=client_id).values_list("pk", flat=True))


def get_rules() -> RecordRules:
    """The clinic's rules for client records, made with their defaults on the first call."""
    rules, _ = RecordRules.objects.get_or_create(pk=1)
    return rules


def search_clients(clients: QuerySet[Client], text: str) -> QuerySet[Client]:
    """Those whose name, email address or telephone number holds what was typed, however it was spelt.

    Several words must all be found, each in any of the names or the address.
    """
    digits = _phone_digits(text)
    if digits:
        # As text: the field itself would take part of a number for a whole one.
        plain = ExpressionWrapper(F("phone"), output_field=CharField())
        return clients.annotate(phone_text=plain).filter(phone_text__contains=digits)
    for word in text.split():
        clients = clients.filter(
            Q(name_key__contains=folded(word)) | Q(preferred_name__icontains=word) | Q(email__contains=word.lower())
        )
    return clients


def _phone_digits(text: str) -> str:
    """The digits by which to look in E.164 numbers, where the text can only be (part of) a number."""
    if not _PHONE_LIKE.fullmatch(text.strip()):
        return ""
    digits = "".join(character for character in text.replace("(0)", "") if character.isdecimal())
    return digits.lstrip("0") if len(digits) >= _FEWEST_DIGITS else ""
