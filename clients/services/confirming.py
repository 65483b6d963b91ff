"""Whose word it is that an address is the client's.

# Note [Who decides who reads]
Who proves the address of a record reads it, as its client. So who gives a record its address decides
who reads it, and reception, who may not read it, must not decide that alone. What they give is marked
on the record: its account opens nothing clinical until somebody who may read it has confirmed the
address. The same goes for a merge by which an account comes to a record it could not have opened.
`open_to` is what the mark closes.
"""

from __future__ import annotations

from clients.models import Client
from clients.services.locking import locked_client
from clinic.accounts.models import User
from clinic.accounts.roles import Role
from clinic.audit import services as audit
from clinic.audit.models import Action
from clinic.errors import NotFound, StaleVersion
from clinic.transactions import owns_transaction


@owns_transaction()
def confirm_email(client: Client, *, version: int, actor: User) -> Client:
    """Say that the address, and the account there is, are the client's. `version` is the one the caller has read.

    That the actor may meet the record is for the caller to have seen to. Confirmed twice is confirmed.
    Raises NotFound, also for those who may not read the clinical record; StaleVersion.
    """
    if not actor.may_read_clinical:
        raise NotFound
    holder = locked_client(client.pk)
    if not holder.email_needs_confirming:
        return holder
    if holder.version != version:
        raise StaleVersion(version=holder.version)
    holder.email_needs_confirming = False
    holder.version += 1
    holder.save(update_fields=("email_needs_confirming", "version", "updated_at"))
    audit.record(
        Action.CHANGE,
        subject_type="client",
        subject_id=holder.pk,
        actor=actor,
        client_id=holder.pk,
        detail={"email_needs_confirming": False},
    )
    return holder


def judge_address(client: Client, *, actor: User) -> None:
    """Mark the record, or take the mark away, after `actor` gave it another address or none. Saves nothing.

    An account of another address, a parent's, outlasts the change. Nobody has spoken of that one, so
    there the mark stays as it is.
    """
    if client.email and not actor.may_read_clinical:
        client.email_needs_confirming = True
    elif client.user is None or client.user.email == client.email:
        client.email_needs_confirming = False


def needs_confirming_after_merge(kept: Client, merged: Client, *, actor: User | None) -> bool:
    """Whether what two records become has to be confirmed. Asked before anything of them is joined."""
    if kept.email_needs_confirming or merged.email_needs_confirming:
        return True
    return not _may_join(actor) and _ways_in(kept) != _ways_in(merged)


def _may_join(actor: User | None) -> bool:
    """Those who read both records in any case: clinical staff, and clients whose own account holds both."""
    return actor is not None and (actor.may_read_clinical or actor.role == Role.CLIENT)


def _ways_in(client: Client) -> tuple[str, str]:
    """The address, and that of the account which opens the record: now, or once the address is proved."""
    return client.email, client.user.email if client.user else client.email
