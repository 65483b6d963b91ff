"""Everything that the clinic leaves behind, as text that can be searched."""

from __future__ import annotations

from collections.abc import Iterable
from email.message import Message as RawMail
from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.db import connection


def tables() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    with connection.cursor() as cursor:
        found = {}
        for name in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(name)}")
            found[name] = sorted(cursor.fetchall(), key=repr)
        return found


def database_text(*, leaving_out: Iterable[str] = ()) -> str:
    """All rows as text, but for tables whose names begin with one of these."""
    left_out = tuple(leaving_out)
    rows = {name: rows for name, rows in tables().items() if not left_out or not name.startswith(left_out)}
    return "\n".join(f"{name}: {row!r}" for name, found in rows.items() for row in found)


def database_image() -> str:
    """The pages of SQLite as they would lie on the disk, free space and indexes included. Empty for a server."""
    if connection.vendor != "sqlite":
        return ""
    connection.ensure_connection()
    image: bytes = connection.connection.serialize()
    return image.decode("latin-1")


def cache_text() -> str:
    """All that the cache holds: the files of one machine, or Redis."""
    place = settings.CACHES["default"]["LOCATION"]
    if str(place).startswith("redis"):
        return _redis_text(str(place))
    folder = Path(str(getattr(cache, "_dir", place)))
    return "\n".join(repr(file.read_bytes()) for file in sorted(folder.glob("**/*")) if file.is_file())


def broker_text() -> str:
    """What waits for the workers."""
    return _redis_text(settings.BROKER_URL) if settings.BROKER_URL.startswith("redis") else ""


def mail_text() -> str:
    """Every mail with its headers, parts decoded."""
    return "\n".join(message_text(message) for message in mail.outbox)


def message_text(message: EmailMessage) -> str:
    """One mail: headers, words and attachments."""
    raw: RawMail = message.message()
    headers = "\n".join(f"{name}: {value}" for name, value in raw.items())
    parts = [part.get_payload(decode=True) for part in raw.walk() if not part.is_multipart()]
    bodies = "\n".join(part.decode(errors="replace") for part in parts if isinstance(part, bytes))
    return f"{headers}\n{bodies}"


def _redis_text(url: str) -> str:
    server: Any = redis.Redis.from_url(url)
    readers = {
        b"string": server.get,
        b"list": lambda key: server.lrange(key, 0, -1),
        b"hash": server.hgetall,
        b"set": server.smembers,
        b"zset": lambda key: server.zrange(key, 0, -1, withscores=True),
    }
    try:
        return "\n".join(f"{key!r}: {readers[server.type(key)](key)!r}" for key in server.scan_iter())
    finally:
        server.close()
