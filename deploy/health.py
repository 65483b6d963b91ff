"""Say by the exit code whether the service in this container does its work.

python deploy/health.py web       answers /readyz: database, migrations and broker are there
python deploy/health.py worker    answers a ping through the broker
python deploy/health.py beat      likewise
"""

from __future__ import annotations

import os
import socket
import sys
import urllib.error
import urllib.request
from pathlib import Path

SECONDS = 4


def web_is_ready() -> bool:
    port = os.environ.get("PORT", "8000")
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0]
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/readyz",
        # As the proxy would send it: Django answers its own host names only, and sends plain HTTP elsewhere.
        headers={"Host": host, "X-Forwarded-Proto": "https"},
    )
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310  # http, by the line above
            return bool(answer.status == 200)  # noqa: PLR2004
    except (urllib.error.URLError, TimeoutError):
        return False


def node_answers(node: str) -> bool:
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    from clinic.celery import app  # noqa: PLC0415  # web needs no Celery to look at itself

    replies = app.control.ping(destination=[node], timeout=SECONDS, limit=1)
    return any(node in reply for reply in replies or ())


if __name__ == "__main__":
    service = sys.argv[1]
    is_healthy = web_is_ready() if service == "web" else node_answers(f"{service}@{socket.gethostname()}")
    sys.exit(0 if is_healthy else 1)
