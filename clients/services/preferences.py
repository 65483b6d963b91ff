"""How a client may be reached, and for what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from clients.models import Client, ContactPreference
from clients.services.locking import locked_client
from clinic.accounts.models import User
from clinic.audit import services as audit
from clinic.audit.models import Action
from clinic.transactions import owns_transaction, transaction_required

Purpose = ContactPreference.Purpose
Channel = ContactPreference.Channel

# Where nobody has said anything: what belongs to a booking goes by email, nothing else goes anywhere.
ALLOWED_BY_DEFAULT: Final = frozenset({(Purpose.SERVICE, Channel.EMAIL), (Purpose.REMINDER, Channel.EMAIL)})


@dataclass(frozen=True, slots=True)
class Preference:
    purpose: str
    channel: str
    is_allowed: bool
    is_default: bool = False


def preferences_of(client: Client) -> list[Preference]:
    """Every purpose and channel, with what the client said or, without a word of theirs, the default."""
    said = {(row.purpose, row.channel): row.is_allowed for row in client.contact_preferences.all()}
    return [
        Preference(
            purpose.value,
            channel.value,
            said.get((purpose, channel), (purpose, channel) in ALLOWED_BY_DEFAULT),
            is_default=(purpose, channel) not in said,
        )
        for purpose in Purpose
        for channel in Channel
    ]


def may_contact(client: Client, purpose: str, channel: str) -> bool:
    """Whether this channel may be used for this purpose now. Says nothing about there being an address."""
    row = client.contact_preferences.filter(purpose=purpose, channel=channel).first()
    return row.is_allowed if row else (Purpose(purpose), Channel(channel)) in ALLOWED_BY_DEFAULT


@owns_transaction()
def set_preferences(client_id: int, *, preferences: Sequence[Preference], actor: User) -> Client:
    """Record what the client wishes; purposes and channels not named stay as they are. Raises NotFound."""
    client = locked_client(client_id)
    changed = [wish for wish in preferences if _write(client, wish)]
    if changed:
        wishes = {f"{wish.purpose}/{wish.channel}": wish.is_allowed for wish in changed}
        audit.record(
            Action.CHANGE,
            subject_type="contact_preferences",
            subject_id=client.pk,
            actor=actor,
            client_id=client.pk,
            detail={"preferences": wishes},
        )
    return client


@transaction_required
def stop_marketing(client: Client) -> None:
    """No news and offers by any channel from now on."""
    for channel in Channel:
        _write(client, Preference(Purpose.MARKETING, channel, is_allowed=False))


def _write(client: Client, wish: Preference) -> bool:
    """Whether anything changed."""
    row, is_new = ContactPreference.objects.get_or_create(
        client=client, purpose=wish.purpose, channel=wish.channel, defaults={"is_allowed": wish.is_allowed}
    )
    if is_new or row.is_allowed == wish.is_allowed:
        return is_new
    row.is_allowed = wish.is_allowed
    row.save(update_fields=("is_allowed", "updated_at"))
    return True
