"""The two doors of the vault: one to put clinical content in, one to take it out.

Taking out writes the audit event first. Where the event cannot be written nothing is opened.

# Note [What a seal is bound to]
A sealed value carries, as associated data, the table, row and column it was put in and the public
id of the client it is about: moved to any other place it does not open. The public id is random and
never used twice, so not even a database put together from two back-ups can confuse two clients.
Merging two records is the one lawful move, and `reseal` is how.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from django.conf import settings

from clinic.accounts.models import User
from clinic.audit import services as audit
from clinic.audit.models import Action
from clinic.errors import DomainError, ErrorCode
from clinic.vault.crypto import Keyring, Unreadable


class SealedUnreadable(DomainError):
    code = ErrorCode.SEALED_UNREADABLE
    default_message = "This part of the record cannot be opened. Nothing was lost; ask whoever keeps the keys."


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sealed value lives. All of it is bound into the seal. No client: nobody known."""

    table: str
    row_id: UUID
    field: str
    client: UUID | None

    def __str__(self) -> str:
        return f"{self.table}/{self.row_id}/{self.field}/{self.client or 'nobody'}"


@dataclass(frozen=True, slots=True)
class SealedValue:
    """What is stored, where, and the number of the client whose record the audit trail names."""

    stored: str
    place: Place
    client_id: int | None


@cache
def keyring() -> Keyring:
    return Keyring.parse(settings.VAULT_KEYS)


def seal(plaintext: str, *, place: Place) -> str:
    """The form to store at `place`. It opens nowhere else."""
    return keyring().seal(plaintext, identity=str(place))


def read(sealed: SealedValue, *, reader: User, purpose: str) -> str:
    """The plaintext, after the reading is on record.

    `purpose` is a short word for the audit trail ("note", "export"). Raises SealedUnreadable.
    """
    return read_all([sealed], reader=reader, purpose=purpose)[0]


def read_all(sealed: Sequence[SealedValue], *, reader: User, purpose: str) -> list[str]:
    """The plaintexts, in order, after every single reading is on record. Raises SealedUnreadable."""
    events = [
        audit.NewEvent(
            Action.READ,
            subject_type=value.place.table,
            subject_id=value.place.row_id,
            client_id=value.client_id,
            detail={"field": value.place.field, "purpose": purpose},
        )
        for value in sealed
    ]
    audit.record_all(events, actor=reader)
    return [_open(value.stored, value.place) for value in sealed]


def reseal(stored: str, *, place: Place, new_place: Place | None = None) -> str:
    """The same content under the first key, at `new_place` where it moves. Shows nobody anything.

    Raises SealedUnreadable.
    """
    return seal(_open(stored, place), place=new_place or place)


def _open(stored: str, place: Place) -> str:
    try:
        return keyring().open(stored, identity=str(place))
    except Unreadable as error:
        raise SealedUnreadable from error
