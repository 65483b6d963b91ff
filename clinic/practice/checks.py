"""What an installation must have before it is let near clients' data."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.db import connections
from django.http.request import validate_host

from clinic.sqlite import is_wal_safe
from clinic.vault.crypto import Keyring


@checks.register(checks.Tags.security)
def check_vault_keys(**_: Any) -> list[checks.CheckMessage]:
    """Better told at the start than at the first note."""
    try:
        Keyring.parse(settings.VAULT_KEYS)
    except ValueError as error:
        hint = 'VAULT_KEYS is "id:base64 of 32 bytes", several with commas.'
        return [checks.Error(f"The vault's keys cannot be used: {error}", hint=hint, id="groundwork.E001")]
    return []


@checks.register(checks.Tags.database)
def check_journal(databases: Sequence[str] | None = None, **_: Any) -> list[checks.CheckMessage]:
    """See Note [WAL only where it is mended] in `clinic.sqlite`."""
    found: list[checks.CheckMessage] = []
    for alias in databases or ():
        if connections[alias].vendor != "sqlite" or is_wal_safe(sqlite3.sqlite_version_info):
            continue
        with connections[alias].cursor() as cursor:
            mode = str(cursor.execute("PRAGMA journal_mode").fetchone()[0])
        if mode == "wal":
            found.append(
                checks.Error(
                    f"The database is in WAL mode, which SQLite {sqlite3.sqlite_version} can corrupt.",
                    hint="Use SQLite 3.51.3 or later, or let nothing else have the file open and start again.",
                    id="groundwork.E002",
                )
            )
    return found


@checks.register(checks.Tags.security, deploy=True)
def check_site_address(**_: Any) -> list[checks.CheckMessage]:
    """Links in messages must lead to a host that we answer."""
    host = urlsplit(settings.SITE_URL).hostname or ""
    if "*" in settings.ALLOWED_HOSTS:
        hint = "Name the hosts: links and limits could otherwise be bent by whoever sends a Host header."
        return [checks.Warning("ALLOWED_HOSTS lets every host through.", hint=hint, id="groundwork.W003")]
    if not validate_host(host, settings.ALLOWED_HOSTS):
        hint = "Add the host of SITE_URL to ALLOWED_HOSTS."
        return [checks.Error(f"Links in messages lead to {host}, which is refused.", hint=hint, id="groundwork.E004")]
    return []


@checks.register(checks.Tags.security, deploy=True)
def check_throttles(**_: Any) -> list[checks.CheckMessage]:
    if settings.PUBLIC_THROTTLE:
        return []
    hint = "PUBLIC_THROTTLE=off is for load tests."
    return [checks.Warning("Calls without a sign-in are not limited.", hint=hint, id="groundwork.W005")]
