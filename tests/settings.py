"""The project's settings with throw-away secrets, and the databases and brokers that tests may use.

TEST_DATABASE_URL and TEST_REDIS_URL choose servers; without them everything is a file or in memory.
Every run has a folder of its own, so that two runs in one clone do not meet.
"""

from __future__ import annotations

import atexit
import base64
import os
import shutil
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

TEST_DATABASE_URL = os.environ.get("TEST_DATABASE_URL", "")
TEST_REDIS_URL = os.environ.get("TEST_REDIS_URL", "")
_REDIS_DATABASES = 16


def _redis_url(offset: int) -> str:
    """TEST_REDIS_URL with its database number moved on: cache and broker must not share one.

    Clearing a Redis cache empties its whole database.
    """
    parts = urlsplit(TEST_REDIS_URL)
    number = (int(parts.path.strip("/") or 0) + offset) % _REDIS_DATABASES
    return urlunsplit(parts._replace(path=f"/{number}"))


RUN_DIR = Path(__file__).resolve().parent.parent / "var" / "tests" / str(os.getpid())
(RUN_DIR / "static").mkdir(parents=True, exist_ok=True)
atexit.register(shutil.rmtree, RUN_DIR, ignore_errors=True)

_limits = [name for name in os.environ if "THROTTLE" in name]
for _name in (
    *_limits,
    "ANYMAIL",
    "DEBUG",
    "DEFAULT_FROM_EMAIL",
    "EMAIL_BACKEND",
    "PORT",
    "SITE_URL",
    "TRUSTED_PROXIES",
):
    os.environ.pop(_name, None)  # what make or the shell says about the clinic itself is not about tests
os.environ["VAR_DIR"] = str(RUN_DIR)
os.environ["SECRET_KEY"] = "only-for-tests-" + "x" * 50
os.environ["VAULT_KEYS"] = "test1:" + base64.b64encode(b"k" * 32).decode()
os.environ["AUDIT_KEY"] = "only-for-tests-" + "a" * 50
os.environ["EMAIL_URL"] = "memorymail://"
os.environ["DATABASE_URL"] = TEST_DATABASE_URL or f"sqlite:///{RUN_DIR}/unused.sqlite3"
os.environ["CACHE_URL"] = _redis_url(0) if TEST_REDIS_URL else ""
os.environ["BROKER_URL"] = _redis_url(8) if TEST_REDIS_URL else "memory://"

from clinic.settings import *  # noqa: E402, F403  # the environment has to be in place first
from clinic.settings import DATABASES  # noqa: E402  # so that it can be added to

if not TEST_DATABASE_URL:
    # A file: threads of a race test each need a connection of their own, and memory has only one.
    DATABASES["default"]["TEST"] = {"NAME": str(RUN_DIR / "tests.sqlite3")}

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405  # whitenoise looks for it
PUBLIC_THROTTLE = False  # tests of the limits switch it on
