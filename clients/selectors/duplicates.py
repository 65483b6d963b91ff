"""Records that may be one person. People decide whether they are; see `clients.services.merging`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import CharField, ExpressionWrapper, F, Q, QuerySet

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

    One query that reads five short columns of every record: 20,000 take well under a second. Asking
    the database which values occur twice looks better and is not: without fresh statistics PostgreSQL
    compares every record with every group.
    """
    groups: dict[tuple[Reason, object], list[_Key]] = defaultdict(list)
    for key in _keys(clients.filter(merged_into=None)):
        for reason, shared in key.shared():
            groups[reason, shared].append(key)
    order = list(Reason)
    found = [(reason, keys) for (reason, _), keys in groups.items() if _is_group(reason, keys)]
    found.sort(key=lambda pair: (order.index(pair[0]), pair[1][0].pk))
    return [(reason, [key.pk for key in keys]) for reason, keys in found]


def load_groups(keys: Iterable[tuple[Reason, list[int]]]) -> list[Group]:
    """The groups with their records. One query."""
    chosen = list(keys)
    rows = Client.objects.in_bulk([pk for _, pks in chosen for pk in pks])
    return [Group(reason, tuple(rows[pk] for pk in pks if pk in rows)) for reason, pks in chosen]


@dataclass(frozen=True, slots=True)
class _Key:
    """What of a record is compared."""

    pk: int
    email: str
    phone: str
    name: str
    born: date | None

    def shared(self) -> Iterator[tuple[Reason, object]]:
        """The groups this record belongs to, should there be anybody else in them."""
        if self.email:
            yield Reason.SAME_EMAIL, self.email
        if self.phone:
            yield Reason.SAME_PHONE, self.phone
        if self.born:
            yield Reason.SAME_NAME_AND_BIRTH, (self.name, self.born)
        yield Reason.SAME_NAME, self.name


def _keys(clients: QuerySet[Client]) -> Iterator[_Key]:
    # As text: to make a telephone number of each would take most of the time.
    phone = ExpressionWrapper(F("phone"), output_field=CharField())
    columns = clients.order_by("pk").values_list("pk", "email", phone, "name_key", "date_of_birth")
    for row in columns.iterator(chunk_size=5000):
        yield _Key(*row)


def _is_group(reason: Reason, keys: list[_Key]) -> bool:
    """Namesakes count only where a date of birth is missing: two different ones are two people."""
    return len(keys) > 1 and (reason is not Reason.SAME_NAME or any(key.born is None for key in keys))


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
