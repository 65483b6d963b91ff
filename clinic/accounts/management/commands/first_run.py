"""Make the first accounts of a new installation, and say where to go and how to sign in."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand

from clinic.accounts.first_staff import create_first_staff, first_sign_ins, has_staff

_FILE_BACKEND: Final = "django.core.mail.backends.filebased.EmailBackend"
_CONSOLE_BACKEND: Final = "django.core.mail.backends.console.EmailBackend"


class Command(BaseCommand):
    help = "On the first run makes an owner, a therapist and a receptionist; later only says where things are."

    def handle(self, *args: Any, **options: Any) -> None:
        file = Path(settings.VAR_DIR) / "sign-in.txt"
        is_first = not has_staff()
        self.stdout.write(f"\nGroundwork    {settings.SITE_URL}/")
        self.stdout.write(f"Admin site    {settings.SITE_URL}/admin/   (the owner signs in)")
        self.stdout.write(f"Mail          {mail_is_kept_in()}")
        if is_first:
            self._make_first_staff(file)
        elif file.exists():
            self.stdout.write(f"Sign-in       {file} has the passwords of the first run\n")
        else:
            self.stdout.write("Sign-in       with the passwords you know\n")

    def _make_first_staff(self, file: Path) -> None:
        sign_ins = first_sign_ins(file)
        create_first_staff(sign_ins)
        self.stdout.write(f"Sign-in       role, email, password; kept in {file}\n")
        for sign_in in sign_ins:
            self.stdout.write(f"    {sign_in}")
        self.stdout.write("")


def mail_is_kept_in() -> str:
    """Where mail goes, in words: a folder, the terminal, or a server."""
    if settings.EMAIL_BACKEND == _FILE_BACKEND:
        return f"kept as files in {settings.EMAIL_FILE_PATH}"
    if settings.EMAIL_BACKEND == _CONSOLE_BACKEND:
        return "shown in the terminal"
    if settings.EMAIL_BACKEND.startswith("anymail."):
        return f"sent through {settings.EMAIL_BACKEND.split('.')[-2]}"
    return f"sent through {settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
