"""`manage.py reseal`: bring everything sealed under the first key of VAULT_KEYS."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from clinic.audit import services as audit
from clinic.audit.models import Action
from clinic.vault.columns import columns
from clinic.vault.doors import keyring
from clinic.vault.resealing import Resealed, reseal_column, verify_column


class Command(BaseCommand):
    help = (
        "Seal every clinical text and every other sealed value anew under the first key of VAULT_KEYS, then open each "
        "one to see that it can be read. May run while the clinic works, and again after it was broken off. "
        "Ends with 1 if anything cannot be read or is still under another key: keep the old key until it ends with 0."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="Change nothing; only open every value.")
        parser.add_argument("--batch-size", type=int, default=200, help="Rows read at a time (200).")

    def handle(self, *args: Any, check: bool, batch_size: int, **options: Any) -> None:
        if batch_size < 1:
            raise CommandError("A batch has at least one row.")
        done = [] if check else [reseal_column(c, keyring=keyring(), batch_size=batch_size) for c in columns]
        for outcome in done:
            self.stdout.write(f"{outcome.column}: {outcome.resealed} of {outcome.rows} rows sealed anew")
        found = [verify_column(c, keyring=keyring(), batch_size=batch_size) for c in columns]
        if any(outcome.resealed for outcome in done):
            _record(done)
        self._report(found)

    def _report(self, found: list[Resealed]) -> None:
        current = keyring().sealing_key_id
        unreadable = [name for outcome in found for name in outcome.unreadable]
        older = sum(number for outcome in found for key, number in outcome.by_key.items() if key != current)
        for outcome in found:
            keys = ", ".join(f"{number} under {key}" for key, number in sorted(outcome.by_key.items())) or "none"
            self.stdout.write(f"{outcome.column}: {keys}; {len(outcome.unreadable)} unreadable")
        for name in unreadable:
            self.stderr.write(f"Cannot be read: {name}")
        if unreadable or older:
            raise CommandError(f"{len(unreadable)} values cannot be read, {older} are not under {current}.")
        self.stdout.write(f"Everything can be read and is under {current}.")


def _record(done: list[Resealed]) -> None:
    counts = {str(outcome.column): outcome.resealed for outcome in done if outcome.resealed}
    audit.record(Action.RESEAL, subject_type="vault", subject_id=keyring().sealing_key_id, actor=None, detail=counts)
