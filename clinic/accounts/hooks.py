"""Where higher floors ask to be told that a person has proved an email address."""

from __future__ import annotations

from collections.abc import Callable

from clinic.accounts.models import User

on_address_proved: list[Callable[[User], None]] = []
