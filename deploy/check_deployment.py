"""Django's deployment checks on the settings as production has them; any warning is a failure."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from deploy.make_secrets import make_secrets

ROOT = Path(__file__).resolve().parent.parent


def production_environment(folder: Path) -> dict[str, str]:
    """What docker-compose.yml sets, with fresh secrets in `folder`. No server is contacted."""
    make_secrets(folder / "secrets", chain=True)
    secrets = {f"{file.name.upper()}_FILE": str(file) for file in (folder / "secrets").iterdir()}
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "DJANGO_SETTINGS_MODULE": "clinic.settings",
        "SITE_URL": "https://clinic.example",
        "ALLOWED_HOSTS": "clinic.example",
        "TRUSTED_PROXIES": "1",
        "BROKER_URL": "redis://redis-broker:6379/0",
        "CACHE_URL": "redis://redis-cache:6379/0",
        "VAR_DIR": str(folder),
        **secrets,
    }


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
        environment = production_environment(Path(folder))
        checked = subprocess.run(command, cwd=ROOT, env=environment, check=False)  # noqa: S603  # words of our own
        sys.exit(checked.returncode)
