"""Gunicorn, the same on one machine and in a chain. The address comes from `--bind` or PORT."""

import os
from pathlib import Path

worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
# A stuck request ends before the database's and the proxy's own patience does.
timeout = 60
graceful_timeout = 20
keepalive = 75  # longer than a proxy keeps an idle connection, so that the proxy is the one to close it
# Heartbeat files in memory: on a slow disk they stall, and a healthy worker is shot.
_memory = Path("/dev/shm")  # noqa: S108  # Gunicorn opens a nameless file in it
worker_tmp_dir = str(_memory) if _memory.is_dir() else None
# No access log: paths of holds and booking links are secrets. The proxy logs what it may.
accesslog = None
# It would write into the home folder, and nobody asks it anything.
control_socket_disable = True
