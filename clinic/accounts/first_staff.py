"""The three accounts a new installation starts with, and the file that keeps how to sign in."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from clinic.accounts.models import User
from clinic.accounts.roles import STAFF_ROLES, Role
from clinic.accounts.services import create_staff
from clinic.transactions import owns_transaction

OWNER_EMAIL: Final = "owner@clinic.example"
THERAPIST_EMAIL: Final = "tom@clinic.example"
RECEPTIONIST_EMAIL: Final = "reception@clinic.example"
_NAMES: Final = {Role.OWNER: "Owner", Role.THERAPIST: "Tom", Role.RECEPTIONIST: "Reception"}
_FIRST: Final = (
    (Role.OWNER, OWNER_EMAIL),
    (Role.THERAPIST, THERAPIST_EMAIL),
    (Role.RECEPTIONIST, RECEPTIONIST_EMAIL),
)
_SEPARATOR: Final = ", "
_OWNER_ALONE: Final = 0o600


@dataclass(frozen=True, slots=True)
class SignIn:
    role: Role
    email: str
    password: str

    def __str__(self) -> str:
        return _SEPARATOR.join((self.role.value, self.email, self.password))


def has_staff() -> bool:
    return User.objects.filter(role__in=STAFF_ROLES).exists()


def first_sign_ins(file: Path) -> list[SignIn]:
    """What `file` holds, or three new ones with random passwords, kept in `file` before they are returned.

    The file is written before any account is made: a first run that is cut short is carried on by
    the next, and a second, empty database beside the first is opened by the same passwords.
    """
    if not file.exists():
        made = [SignIn(role, email, secrets.token_urlsafe(15)) for role, email in _FIRST]
        _write_for_owner_alone(file, "".join(f"{sign_in}\n" for sign_in in made))
    return [_parse(line) for line in file.read_text().splitlines() if line.strip()]


@owns_transaction()
def create_first_staff(sign_ins: list[SignIn]) -> None:
    """All of them or none."""
    for sign_in in sign_ins:
        create_staff(sign_in.email, role=sign_in.role, name=_NAMES[sign_in.role], actor=None, password=sign_in.password)


def _parse(line: str) -> SignIn:
    role, email, password = line.strip().split(_SEPARATOR, 2)
    return SignIn(Role(role), email, password)


def _write_for_owner_alone(file: Path, text: str) -> None:
    """Whole or not at all, and never readable by others, not even for a moment."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ALONE)
    with os.fdopen(descriptor, "w") as opened:
        os.fchmod(descriptor, _OWNER_ALONE)  # whatever the umask says
        opened.write(text)
        opened.flush()
        os.fsync(descriptor)
    draft.replace(file)
