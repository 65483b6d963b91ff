"""Make the secrets that are still missing in a folder, one file each, and leave the others alone.

    python deploy/make_secrets.py FOLDER            what one machine needs
    python deploy/make_secrets.py FOLDER --chain    and what docker-compose.yml needs besides

Losing `vault_keys` means losing every clinical note: keep a copy away from the database's backups.
"""

from __future__ import annotations

import argparse
import base64
import os
import secrets
from datetime import UTC, datetime
from pathlib import Path


def make_vault_keys() -> str:
    """One key, named after its day: `k20260131:` and 32 random bytes in base64."""
    return f"k{datetime.now(UTC):%Y%m%d}:{base64.b64encode(secrets.token_bytes(32)).decode()}"


def write_once(file: Path, value: str, *, mode: int) -> None:
    """Write `value` into a new file; a file that exists is kept, whatever it holds."""
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w") as opened:
        os.fchmod(descriptor, mode)  # whatever the umask says
        opened.write(value + "\n")


def make_secrets(folder: Path, *, chain: bool = False) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    # Note [Secrets in containers]: compose mounts each file as it is, and our image's user is not its
    # owner. There the file may be read by all, and the folder, which the containers never see, by one.
    mode = 0o444 if chain else 0o400
    write_once(folder / "secret_key", secrets.token_urlsafe(50), mode=mode)
    write_once(folder / "vault_keys", make_vault_keys(), mode=mode)
    write_once(folder / "audit_key", secrets.token_urlsafe(50), mode=mode)
    if chain:
        write_once(folder / "database_password", secrets.token_urlsafe(32), mode=mode)
        password = (folder / "database_password").read_text().strip()
        write_once(folder / "database_url", f"postgres://groundwork:{password}@postgres:5432/groundwork", mode=mode)
        # Mail that goes nowhere until the clinic's own address of a mail server stands here.
        write_once(folder / "email_url", "consolemail://", mode=mode)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Make the secrets that are still missing.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--chain", action="store_true", help="also what docker-compose.yml needs")
    arguments = parser.parse_args()
    make_secrets(arguments.folder, chain=arguments.chain)
