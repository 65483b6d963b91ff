"""What keeps an entry of the catalogue from being deleted."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeVar

from django.db.models import PROTECT, ForeignObjectRel, Model

M = TypeVar("M", bound=Model)


def protected_uses(entries: Collection[M]) -> list[str]:
    """In words and figures what may not lose these entries, such as "12 appointments"; empty for nothing.

    Counts instead of listing: a treatment may have been booked a million times.
    """
    found: list[str] = []
    for model in {type(entry) for entry in entries}:
        for relation in model._meta.get_fields(include_hidden=True):
            if isinstance(relation, ForeignObjectRel) and getattr(relation, "on_delete", None) is PROTECT:
                found += _counted(relation, entries)
    return found


def _counted(relation: ForeignObjectRel, entries: Collection[M]) -> list[str]:
    user = relation.related_model
    count = user._base_manager.filter(**{f"{relation.field.name}__in": entries}).count()  # noqa: SLF001  # Django documents it, for exactly this
    if not count:
        return []
    return [f"{count} {user._meta.verbose_name if count == 1 else user._meta.verbose_name_plural}"]
