"""Who looks after a record, how long it is kept, and by which rules: decided by the owner."""

from __future__ import annotations

from collections.abc import Iterable

from clients.models import Client, RecordRules
from clients.services.locking import locked_client
from clinic.accounts.models import User
from clinic.audit import services as audit
from clinic.audit.models import Action
from clinic.errors import InvalidInput
from clinic.transactions import owns_transaction


@owns_transaction()
def set_care_team(client_id: int, *, members: Iterable[User], actor: User) -> Client:
    """Exactly these see the clinical record from now on, besides the owner. Raises InvalidInput, NotFound."""
    client = locked_client(client_id)
    wanted = {user.pk: user for user in members}
    if any(not user.may_read_clinical for user in wanted.values()):
        message = "Only those who may read the clinical record can be in a care team."
        raise InvalidInput.field("care_team", message, code="not_clinical")
    before = set(client.care_team.values_list("pk", flat=True))
    if before == set(wanted):
        return client
    client.care_team.set(wanted.values())
    detail: dict[str, object] = {
        "care_team_added": sorted(set(wanted) - before),
        "care_team_removed": sorted(before - set(wanted)),
    }
    _record(client, detail, actor)
    return client


@owns_transaction()
def set_legal_hold(client_id: int, *, is_on_hold: bool, reason: str, actor: User) -> Client:
    """While it lasts nothing of the record may be disposed of. Raises InvalidInput without a reason, NotFound."""
    client = locked_client(client_id)
    words = reason.strip() if is_on_hold else ""
    if is_on_hold and not words:
        raise InvalidInput.field("legal_hold_reason", "Say why nothing may be disposed of.", code="required")
    if (client.is_on_legal_hold, client.legal_hold_reason) == (is_on_hold, words):
        return client
    client.is_on_legal_hold, client.legal_hold_reason = is_on_hold, words
    client.version += 1
    client.save(update_fields=("is_on_legal_hold", "legal_hold_reason", "version", "updated_at"))
    _record(client, {"is_on_legal_hold": is_on_hold}, actor)
    return client


@owns_transaction()
def save_rules(rules: RecordRules, *, changed: Iterable[str], actor: User) -> RecordRules:
    """Write the clinic's rules for records, which the caller has checked, and who changed which of them."""
    rules.save()
    detail = {"fields": sorted(changed)}
    audit.record(Action.CHANGE, subject_type="record_rules", subject_id=rules.pk, actor=actor, detail=detail)
    return rules


def _record(client: Client, detail: dict[str, object], actor: User) -> None:
    audit.record(
        Action.CHANGE, subject_type="client", subject_id=client.pk, actor=actor, client_id=client.pk, detail=detail
    )
