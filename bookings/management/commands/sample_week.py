"""`manage.py sample_week`: this week and the next, made up, to try the screens with. Only in a clinic without clients."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from bookings.seed.week import NotEmptyError, make_sample_week


class Command(BaseCommand):
    help = "Fill this week and the next with made-up clients and appointments. Refuses where there are clients."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--with-colleague", action="store_true", help="add a second therapist and room")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = make_sample_week(now=timezone.now(), with_colleague=options["with_colleague"])
        except NotEmptyError:
            raise CommandError("There are clients here already. Nothing was made.") from None
        self.stdout.write(f"Made two weeks with {made} appointments.")
