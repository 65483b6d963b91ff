"""Clients have no password: an account exists so that a code can be sent to its address."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from clinic.accounts.models import User, normalise_email
from clinic.accounts.roles import Role
from clinic.transactions import transaction_required


@transaction_required
def ensure_account(email: str) -> None:
    """A client's account for this address, if there is none. An address of the staff stays theirs alone."""
    address = normalise_email(email)
    if User.objects.filter(email=address).exists():
        return
    try:
        with transaction.atomic():
            User.objects.create_user(address, role=Role.CLIENT)
    except IntegrityError:
        return  # a twin was faster
