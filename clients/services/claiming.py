"""What belongs to a person once they have proved their email address."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from clients.models import Client
from clients.services.matching import contradict
from clients.services.merging import join_records
from clinic.accounts.models import User
from clinic.accounts.roles import Role
from clinic.audit import services as audit
from clinic.audit.models import Action
from clinic.errors import DomainError
from clinic.transactions import owns_transaction

_log = logging.getLogger(__name__)


@owns_transaction()
def claim_records(user: User, *, now: datetime | None = None) -> None:
    """Bring the records with the address that `user` has just proved under their account.

    Records of one name, without two dates of birth, are then merged into the oldest. Records of
    another account are never touched, and nothing happens for staff: their addresses are no clients'.
    """
    if user.role != Role.CLIENT:
        return
    at = now or timezone.now()
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    mine = Q(user=user) | Q(user=None, email=user.email)
    records = list(Client.objects.select_for_update().filter(mine, merged_into=None).order_by("pk"))
    claimed = [record for record in records if record.user_id is None]
    for record in records:
        record.user = user
        if record.email == user.email:
            record.email_proved_at = at
    Client.objects.bulk_update(records, ["user", "email_proved_at"])
    events = [
        audit.NewEvent(Action.CHANGE, "client", record.pk, record.pk, {"fields": ["user"], "by": "proved address"})
        for record in claimed
    ]
    audit.record_all([*events, *_merge_namesakes(records, actor=user, now=at)], actor=user, now=at)


def _merge_namesakes(records: Iterable[Client], *, actor: User, now: datetime) -> list[audit.NewEvent]:
    """Merge locked records of one account that have one name, each group into its oldest."""
    events = []
    groups: dict[str, list[Client]] = defaultdict(list)
    for record in sorted(records, key=lambda r: (r.created_at, r.pk)):
        survivors = groups[record.name_key]
        same = next((s for s in survivors if not contradict(s.date_of_birth, record.date_of_birth)), None)
        event = _try_to_merge(same, record, actor=actor, now=now) if same else None
        if event is None:
            survivors.append(record)
        else:
            events.append(event)
    return events


def _try_to_merge(kept: Client, merged: Client, *, actor: User, now: datetime) -> audit.NewEvent | None:
    """A record that cannot be merged now stays; the sign-in that brought us here goes on."""
    try:
        with transaction.atomic():
            return join_records(kept, merged, actor=actor, now=now)
    except DomainError as error:
        _log.warning("Client %s was not merged into %s: %s", merged.pk, kept.pk, error.code)
        kept.refresh_from_db()
        merged.refresh_from_db()
        return None
