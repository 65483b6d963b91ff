"""Decisions of clients: what they agree to, and what they withdraw."""

from __future__ import annotations

from datetime import datetime

from clients.models import Client, ConsentRecord
from clients.services.locking import locked_client
from clients.services.preferences import stop_marketing
from clinic.accounts.models import User
from clinic.audit import services as audit
from clinic.audit.models import Action
from clinic.transactions import owns_transaction


@owns_transaction()
def record_consent(
    client_id: int,
    *,
    purpose: str,
    is_given: bool,
    wording_version: str,
    given_by: str = "",
    actor: User,
    now: datetime,
) -> ConsentRecord:
    """Add one decision; the latest one for a purpose holds. Nothing earlier is changed.

    `given_by` names who decided where that is not the client, such as a parent. To withdraw the
    consent to marketing also ends every marketing preference. Raises NotFound.
    """
    client = locked_client(client_id)
    consent = ConsentRecord.objects.create(
        client=client,
        purpose=ConsentRecord.Purpose(purpose),
        is_given=is_given,
        wording_version=wording_version,
        given_by=given_by or f"{client.first_name} {client.last_name}"[:120],
        recorded_by=actor,
        recorded_at=now,
    )
    if consent.purpose == ConsentRecord.Purpose.MARKETING and not is_given:
        stop_marketing(client)
    audit.record(
        Action.CREATE,
        subject_type="consent",
        subject_id=consent.pk,
        actor=actor,
        client_id=client.pk,
        detail={"purpose": consent.purpose, "is_given": is_given},
        now=now,
    )
    return consent


def has_consented(client: Client, purpose: str) -> bool:
    """Whether the client's latest decision on this purpose was to agree."""
    latest = client.consents.filter(purpose=purpose).order_by("-recorded_at", "-pk").first()
    return latest is not None and latest.is_given
