"""Deleting entries of the catalogue and the guide so that they can be brought back."""

from __future__ import annotations

from django.db.models import Model

from clinic.accounts.models import User
from clinic.errors import InvalidInput
from clinic.transactions import owns_transaction
from treatments.history import record_before_deletion
from treatments.selectors.uses import protected_uses


@owns_transaction()
def remove_entry(entry: Model, *, by: User) -> None:
    """Delete an entry with all that belongs to it. Its history keeps both, and can bring them back.

    Raises InvalidInput naming `entry`, code `in_use`, where it has been booked: then hiding is the way.
    """
    if uses := protected_uses([entry]):
        raise InvalidInput.field(
            "entry", f"{entry} cannot be deleted: it is part of {' and '.join(uses)}. Hide it instead.", code="in_use"
        )
    record_before_deletion(entry, by=by)
    entry.delete()
