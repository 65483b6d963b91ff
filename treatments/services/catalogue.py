"""Showing and hiding treatments."""

from __future__ import annotations

from clinic.accounts.models import User
from clinic.errors import InvalidInput
from clinic.transactions import owns_transaction
from treatments.history import recorded
from treatments.models import Treatment


def check_can_be_published(*, option_count: int) -> None:
    """Raise InvalidInput naming `options`, code `no_options`: a published treatment has a length and a price."""
    if option_count == 0:
        raise InvalidInput.field(
            "options", "A published treatment needs at least one length with its price.", code="no_options"
        )


@owns_transaction()
def publish(treatment: Treatment, *, by: User) -> None:
    """Show the treatment to everybody and let it be booked. Nothing happens where it is shown already.

    Raises InvalidInput naming `options` where it has no length to book.
    """
    check_can_be_published(option_count=treatment.options.count())
    _set_state(treatment, Treatment.State.PUBLISHED, by=by, comment="Published.")


@owns_transaction()
def hide(treatment: Treatment, *, by: User) -> None:
    """Take the treatment out of sight. What is booked stays booked. Nothing happens to a draft."""
    _set_state(treatment, Treatment.State.DRAFT, by=by, comment="Hidden.")


def _set_state(treatment: Treatment, state: Treatment.State, *, by: User, comment: str) -> None:
    if treatment.state == state:
        return
    with recorded(treatment, comment=comment, by=by):
        treatment.state = state
        treatment.save(update_fields=("state", "updated_at"))
