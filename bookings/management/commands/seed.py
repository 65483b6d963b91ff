"""`manage.py seed`: the catalogue and a clinic to start from. Running it again changes nothing."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from bookings.seed.loader import seed_clinic
from treatments.seed.loader import seed_catalogue


class Command(BaseCommand):
    help = "Make the sample catalogue and clinic where there is none. Never overwrites what was edited."

    def handle(self, *args: Any, **options: Any) -> None:
        made = sum(seed_catalogue().values())
        is_new = seed_clinic(now=timezone.now())
        if made or is_new:
            self.stdout.write(f"Made {made} entries of the catalogue{' and a sample clinic' if is_new else ''}.")
