"""Every column that holds sealed values. Whoever makes one adds it here, in its app's `ready()`.

What is not listed is neither re-sealed when keys change nor checked: it would be lost with the old key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from clinic.vault.crypto import key_id_of


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A text column that holds one sealed value, or a JSON column with sealed values somewhere inside.

    `identity` says what the values of a row are bound to; `related` names the relations it follows.
    """

    model: type[Model]
    field: str
    identity: Callable[[Any], str]
    related: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.model._meta.db_table}.{self.field}"


columns: list[SealedColumn] = []


def sealed_values(value: Any) -> Iterator[str]:
    """Every sealed value inside what a column holds."""
    if isinstance(value, str):
        if key_id_of(value):
            yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from sealed_values(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from sealed_values(inner)


def with_each_sealed(value: Any, change: Callable[[str], str]) -> Any:
    """The same value with every sealed value in it changed."""
    if isinstance(value, str):
        return change(value) if key_id_of(value) else value
    if isinstance(value, dict):
        return {name: with_each_sealed(inner, change) for name, inner in value.items()}
    if isinstance(value, list):
        return [with_each_sealed(inner, change) for inner in value]
    return value
