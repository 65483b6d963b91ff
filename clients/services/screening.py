"""Keeping what people answered to safety questions and the guide, sealed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from clients.models import Client, Screening
from clients.sealing import place_of_screening
from clients.selectors import get_rules
from clients.services.locking import locked_client
from clinic.transactions import owns_transaction
from clinic.vault import doors


@owns_transaction()
def store_screening(
    *,
    answers: Mapping[str, Any],
    level: str,
    source: str,
    client: Client | None,
    appointment_reference: str = "",
    now: datetime,
) -> Screening:
    """Seal what was answered, under the client where there is one.

    `answers` is JSON; `level` the gravest level answered with yes, empty for none; `source` one of
    `Screening.Source`.
    """
    holder = locked_client(client.pk) if client else None
    screening_id = uuid4()
    text = json.dumps(answers, ensure_ascii=False, sort_keys=True)
    return Screening.objects.create(
        pk=screening_id,
        client=holder,
        appointment_reference=appointment_reference,
        source=Screening.Source(source),
        level=level,
        sealed_answers=doors.seal(text, place=place_of_screening(screening_id, holder)),
        created_at=now,
    )


def keep_guide_answers(*, slugs: Sequence[str], level: str, answers: Mapping[str, int], now: datetime) -> Screening:
    """What a visitor of the guide answered, without a name. Registered with `treatments.hooks`."""
    kept = {"safety": list(slugs), "guide": dict(answers)}
    return store_screening(answers=kept, level=level, source=Screening.Source.GUIDE, client=None, now=now)


@owns_transaction()
def purge_anonymous_screenings(*, now: datetime) -> int:
    """Remove nameless answers older than the clinic's rules allow; how many."""
    kept_since = now - timedelta(days=get_rules().anonymous_screening_days)
    deleted, _ = Screening.objects.filter(client=None, created_at__lt=kept_since).delete()
    return deleted
