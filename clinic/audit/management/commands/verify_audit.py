"""`manage.py verify_audit`: prove that the audit trail is whole."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from clinic.audit.chain import Anchor, broken_links, current_anchor


class Command(BaseCommand):
    help = (
        "Check every link of the audit trail and print where it ends, as number:hash. Keep that line outside the "
        "database: given back later as --anchor it shows whether the end of the trail was cut off. "
        "Ends with 1 and says where, if anything was changed, removed, added or moved."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--anchor", help="A former end of the trail that must still be part of it, number:hash.")

    def handle(self, *args: Any, anchor: str | None, **options: Any) -> None:
        try:
            kept = Anchor.parse(anchor) if anchor else None
        except ValueError as error:
            raise CommandError(str(error)) from error
        end = current_anchor()
        breaks = 0
        for words in broken_links(anchor=kept):
            breaks += 1
            self.stderr.write(words)
        if breaks:
            raise CommandError(f"The audit trail is broken in {breaks} places.")
        self.stdout.write(f"The audit trail is whole. It ends at {end}")
