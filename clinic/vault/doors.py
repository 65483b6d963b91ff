"""The two doors of the vault: one to put clinical content in, one to take it out.

Taking out writes the audit event first. Where the event cannot be written nothing is opened.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

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
    """Where a sealed value lives. All of it is bound into the seal."""

    table: str
    row_id: str
    field: str
    client_id: int | None

    def __str__(self) -> str:
        return f"{self.table}/{self.row_id}/{self.field}/{self.client_id or 'nobody'}"


@cache
def keyring() -> Keyring:
    return Keyring.parse(settings.VAULT_KEYS)


def seal(plaintext: str, *, place: Place) -> str:
    """The form to store at `place`. It opens nowhere else."""
    return keyring().seal(plaintext, identity=str(place))


def read(sealed: str, *, place: Place, reader: User, purpose: str) -> str:
    """The plaintext of what is stored at `place`, after the reading is on record.

    `purpose` is a short word for the audit trail ("note", "export"). Raises SealedUnreadable.
    """
    audit.record(
        Action.READ,
        subject_type=place.table,
        subject_id=place.row_id,
        actor=reader,
        client_id=place.client_id,
        detail={"field": place.field, "purpose": purpose},
    )
    return _open(sealed, place)


def reseal(sealed: str, *, place: Place, new_place: Place | None = None) -> str:
    """The same content under the first key, at `new_place` where it moves. Shows nobody anything.

    Raises SealedUnreadable.
    """
    return seal(_open(sealed, place), place=new_place or place)


def _open(sealed: str, place: Place) -> str:
    try:
        return keyring().open(sealed, identity=str(place))
    except Unreadable as error:
        raise SealedUnreadable from error
