"""Where higher floors ask to be told of what happens to people's accounts."""

from __future__ import annotations

from collections.abc import Callable

from clinic.accounts.models import User

# Called inside the sign-in when a code from a mailbox has shown that it is this person's.
on_address_proved: list[Callable[[User], None]] = []

# Called inside the transaction that makes a staff account.
on_staff_created: list[Callable[[User], None]] = []
