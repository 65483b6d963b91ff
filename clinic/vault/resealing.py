"""Sealing everything anew under the first key, while the clinic works.

# Note [Compare and swap]
A row is written only if its column still holds exactly what was read. Whoever wrote meanwhile wins;
the row is then read again. No lock is held, and a run that is broken off goes on where it stopped:
what is under the first key already is left alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Model, QuerySet

from clinic.vault.columns import SealedColumn, sealed_values, with_each_sealed
from clinic.vault.crypto import Keyring, Unreadable, key_id_of

_ATTEMPTS: Final = 20


@dataclass(slots=True)
class Resealed:
    """How one column fared. `unreadable` and `contended` name rows; `by_key` counts values."""

    column: SealedColumn
    rows: int = 0
    resealed: int = 0
    by_key: Counter[str] = field(default_factory=Counter)
    unreadable: list[str] = field(default_factory=list)
    contended: list[str] = field(default_factory=list)


def reseal_column(column: SealedColumn, *, keyring: Keyring, batch_size: int = 200) -> Resealed:
    """Bring every value of the column under the keyring's first key. See Note [Compare and swap]."""
    outcome = Resealed(column)
    for row in _rows(column, batch_size):
        outcome.rows += 1
        _reseal_row(row, column, keyring, outcome)
    return outcome


def verify_column(column: SealedColumn, *, keyring: Keyring, batch_size: int = 200) -> Resealed:
    """Open every value of the column without showing any; count them by key."""
    outcome = Resealed(column)
    for row in _rows(column, batch_size):
        outcome.rows += 1
        value = getattr(row, column.field)
        if _is_plain_text(value):
            outcome.unreadable.append(_name(row, column))
        for sealed in sealed_values(value):
            outcome.by_key[key_id_of(sealed)] += 1
            try:
                keyring.open(sealed, identity=column.identity(row))
            except Unreadable:
                outcome.unreadable.append(_name(row, column))
    return outcome


def _reseal_row(row: Model, column: SealedColumn, keyring: Keyring, outcome: Resealed) -> None:
    current: Model | None = row
    for _ in range(_ATTEMPTS):
        if current is None:
            return  # removed meanwhile
        value = getattr(current, column.field)
        if all(key_id_of(sealed) == keyring.sealing_key_id for sealed in sealed_values(value)):
            return
        try:
            anew = _sealed_anew(value, column.identity(current), keyring)
        except Unreadable:
            outcome.unreadable.append(_name(current, column))
            return
        same = _all(column).filter(pk=current.pk, **{column.field: value})
        if same.update(**{column.field: anew}):
            outcome.resealed += 1
            return
        current = _all(column).filter(pk=current.pk).first()
    outcome.contended.append(_name(row, column))


def _sealed_anew(value: Any, identity: str, keyring: Keyring) -> Any:
    return with_each_sealed(
        value, lambda sealed: keyring.seal(keyring.open(sealed, identity=identity), identity=identity)
    )


def _rows(column: SealedColumn, batch_size: int) -> Iterator[Model]:
    """Every row in the order of the keys, a batch at a time; each batch as it is when its turn comes."""
    last: Any = None
    while True:
        rows = _all(column).order_by("pk")
        batch = list((rows if last is None else rows.filter(pk__gt=last))[:batch_size])
        yield from batch
        if len(batch) < batch_size:
            return
        last = batch[-1].pk


def _all(column: SealedColumn) -> QuerySet[Model]:
    rows: QuerySet[Model] = column.model._base_manager.all()  # noqa: SLF001  # public by Django's documentation
    return rows.select_related(*column.related) if column.related else rows


def _is_plain_text(value: Any) -> bool:
    """Words in the clear where only sealed ones belong."""
    return isinstance(value, str) and bool(value) and not key_id_of(value)


def _name(row: Model, column: SealedColumn) -> str:
    return f"{column} of row {row.pk}"
