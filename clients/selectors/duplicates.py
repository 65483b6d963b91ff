"""Records that may be one person. People decide whether they are; see `clients.services.merging`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import Count, Q, QuerySet

from clients.models import Client


class Reason(StrEnum):
    """Why two records may be one person, the strongest first."""

    SAME_EMAIL = "same_email"
    SAME_PHONE = "same_phone"
    SAME_NAME_AND_BIRTH = "same_name_and_date_of_birth"
    SAME_NAME = "same_name"  # and at least one of them without a date of birth


@dataclass(frozen=True, slots=True)
class Group:
    """Records that share something."""

    reason: Reason
    clients: tuple[Client, ...]


def possible_duplicates_of(client: Client, *, among: QuerySet[Client]) -> list[tuple[Client, list[Reason]]]:
    """Other records that may be this person, those with the most reasons first. One query."""
    alike = Q(name_key=client.name_key)
    if client.email:
        alike |= Q(email=client.email)
    if client.phone:
        alike |= Q(phone=client.phone)
    others = among.exclude(pk=client.pk).filter(alike, merged_into=None).order_by("pk").distinct()
    found = [(other, _reasons(client, other)) for other in others]
    return sorted(((other, reasons) for other, reasons in found if reasons), key=lambda pair: -len(pair[1]))


def duplicate_groups(clients: QuerySet[Client]) -> list[tuple[Reason, list[int]]]:
    """All groups of records that share something: the reason and the records' numbers, in a fixed order.

    Four queries, whatever the number of records.
    """
    current = clients.filter(merged_into=None)
    return [
        *_shared(current.exclude(email=""), Reason.SAME_EMAIL, "email"),
        *_shared(current.exclude(phone=""), Reason.SAME_PHONE, "phone"),
        *_shared(current.exclude(date_of_birth=None), Reason.SAME_NAME_AND_BIRTH, "name_key", "date_of_birth"),
        *_namesakes(current),
    ]


def load_groups(keys: Iterable[tuple[Reason, list[int]]]) -> list[Group]:
    """The groups with their records. One query."""
    chosen = list(keys)
    rows = Client.objects.in_bulk([pk for _, pks in chosen for pk in pks])
    return [Group(reason, tuple(rows[pk] for pk in pks if pk in rows)) for reason, pks in chosen]


def _shared(clients: QuerySet[Client], reason: Reason, *fields: str) -> list[tuple[Reason, list[int]]]:
    groups: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for pk, *values in _sharing(clients, fields[0]).values_list("pk", *fields):
        groups[tuple(values)].append(pk)
    return [(reason, pks) for pks in groups.values() if len(pks) > 1]


def _namesakes(clients: QuerySet[Client]) -> list[tuple[Reason, list[int]]]:
    """Groups of one name in which somebody's date of birth is missing, so that it contradicts nobody's."""
    groups: dict[str, list[tuple[int, date | None]]] = defaultdict(list)
    for pk, name, born in _sharing(clients, "name_key").values_list("pk", "name_key", "date_of_birth"):
        groups[name].append((pk, born))
    return [
        (Reason.SAME_NAME, [pk for pk, _ in members])
        for members in groups.values()
        if any(born is None for _, born in members)
    ]


def _sharing(clients: QuerySet[Client], field: str) -> QuerySet[Client]:
    """The records whose value of this field is not theirs alone, in the order of their numbers."""
    shared = clients.order_by().values(field).annotate(number=Count("pk")).filter(number__gt=1)
    return clients.filter(**{f"{field}__in": shared.values(field)}).order_by("pk")


def _reasons(client: Client, other: Client) -> list[Reason]:
    reasons = []
    if client.email and client.email == other.email:
        reasons.append(Reason.SAME_EMAIL)
    if client.phone and client.phone == other.phone:
        reasons.append(Reason.SAME_PHONE)
    if client.name_key == other.name_key:
        if client.date_of_birth is None or other.date_of_birth is None:
            reasons.append(Reason.SAME_NAME)
        elif client.date_of_birth == other.date_of_birth:
            reasons.append(Reason.SAME_NAME_AND_BIRTH)
    return reasons
