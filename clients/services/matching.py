"""Whose booking is this? A person is matched by verified identity only.

# Note [A typed email proves nothing]
Whoever books without signing in may type any name and any address. Such a booking never touches an
existing record: it gets a new one, which belongs to nobody until the address is proved by an emailed
code. Then the record comes under the account of that address, and is merged with the account's
record of the same name. A name alone, or a typed address alone, never joins two records: the staff
see them among the possible duplicates and decide.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from clients.models import Client
from clients.names import name_key
from clients.services.locking import locked_client
from clients.services.sign_in import ensure_account
from clinic.accounts.models import User, normalise_email
from clinic.accounts.roles import CLINICAL_ROLES, Role
from clinic.audit import services as audit
from clinic.audit.models import Action
from clinic.transactions import transaction_required

VISITOR_LABEL: Final = "visitor"


@dataclass(frozen=True, slots=True)
class ClientDetails:
    """What a person says about themselves when booking. `phone` is E.164 or empty."""

    first_name: str
    last_name: str
    email: str
    phone: str = ""
    date_of_birth: date | None = None


@transaction_required
def client_for_booking(*, details: ClientDetails, user: User | None, now: datetime) -> Client:
    """The record a booking is for: the signed-in client's own, or a new one.

    `user` is who is signed in, None for a visitor. Staff are treated as visitors here: whom they
    book for, they choose by number. See Note [A typed email proves nothing].
    """
    if user is None or user.role != Role.CLIENT:
        ensure_account(details.email)
        return _new_record(details, user=None, now=now)
    User.objects.select_for_update(no_key=True).get(pk=user.pk)  # two bookings at once make one record
    found = client_of(user, details)
    if found is None:
        return _new_record(details, user=user, now=now)
    client = locked_client(found.pk)
    _take_news(client, details, actor=user, now=now)
    return client


def client_of(user: User, details: ClientDetails) -> Client | None:
    """The oldest record under the user with this name and no other date of birth, if there is one."""
    records = Client.objects.filter(
        user=user, merged_into=None, name_key=name_key(details.first_name, details.last_name)
    ).order_by("created_at", "pk")
    return next((record for record in records if not contradict(record.date_of_birth, details.date_of_birth)), None)


@transaction_required
def add_to_care_team(client: Client, user: User, *, actor: User | None = None) -> None:
    """From now on `user`, a therapist or the owner, sees this client's record. Nothing happens the second time."""
    if user.role not in CLINICAL_ROLES:
        raise ValueError("Only those who may read the clinical record can be in a care team.")
    if client.care_team.filter(pk=user.pk).exists():
        return
    client.care_team.add(user)
    audit.record(
        Action.CHANGE,
        subject_type="client",
        subject_id=client.pk,
        actor=actor,
        client_id=client.pk,
        detail={"care_team_added": user.pk},
    )


def contradict(one: date | None, other: date | None) -> bool:
    """Whether two dates of birth cannot be one person's."""
    return one is not None and other is not None and one != other


def _new_record(details: ClientDetails, *, user: User | None, now: datetime) -> Client:
    email = normalise_email(details.email)
    client = Client.objects.create(
        first_name=details.first_name,
        last_name=details.last_name,
        email=email,
        email_proved_at=now if user and user.email == email else None,
        phone=details.phone,
        date_of_birth=details.date_of_birth,
        user=user,
    )
    audit.record(
        Action.CREATE,
        subject_type="client",
        subject_id=client.pk,
        actor=user,
        actor_label="" if user else VISITOR_LABEL,
        client_id=client.pk,
        detail={"by": "booking"},
        now=now,
    )
    return client


def _take_news(client: Client, details: ClientDetails, *, actor: User, now: datetime) -> None:
    """A signed-in person's newer telephone number, and a date of birth that was missing.

    The address stays: a new one has to be proved first.
    """
    news: dict[str, object] = {}
    if details.phone and details.phone != str(client.phone or ""):
        news["phone"] = details.phone
    if details.date_of_birth and client.date_of_birth is None:
        news["date_of_birth"] = details.date_of_birth
    if not news:
        return
    for field, value in news.items():
        setattr(client, field, value)
    client.version += 1
    client.save(update_fields=(*news, "version", "updated_at"))
    audit.record(
        Action.CHANGE,
        subject_type="client",
        subject_id=client.pk,
        actor=actor,
        client_id=client.pk,
        detail={"fields": sorted(news), "by": "booking"},
        now=now,
    )
