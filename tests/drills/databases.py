"""A database of a drill's own: made for it, read behind the server's back, thrown away after it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

Engine = Literal["sqlite", "postgres"]

ROOT: Final = Path(__file__).resolve().parent.parent.parent
POSTGRES_URL: Final = os.environ.get("TEST_DATABASE_URL") or "postgres://postgres@127.0.0.1:5432/postgres"
_SECONDS_TO_WAIT_FOR_LOCKS: Final = 30
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Session:
    """A connection behind the server's back. `%s` stands for a value; moments are aware, in UTC."""

    engine: Engine
    connection: Any

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What a query finds."""
        return [tuple(map(_aware, row)) for row in self._run(query, values).fetchall()]

    def execute(self, statement: str, *values: Any) -> int:
        """How many rows the statement changed."""
        return int(self._run(statement, values).rowcount)

    def _run(self, query: str, values: Sequence[Any]) -> Any:
        if self.engine == "postgres":
            return self.connection.execute(query, values)
        return self.connection.execute(query.replace("%s", "?"), [_as_text(value) for value in values])


@dataclass(frozen=True, slots=True)
class Database:
    """Where a drill's rows are."""

    engine: Engine
    url: str

    @contextmanager
    def session(self) -> Iterator[Session]:
        """One connection for many statements, each its own transaction."""
        with closing(self._connect()) as connection:
            yield Session(self.engine, connection)

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with self.session() as session:
            return session.rows(query, *values)

    def execute(self, statement: str, *values: Any) -> int:
        with self.session() as session:
            return session.execute(statement, *values)

    def deadlocks(self) -> int:
        """What PostgreSQL counted since the database was made. Servers report when they disconnect."""
        if self.engine == "sqlite":
            return 0
        ((found,),) = self.rows("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(found)

    def version(self) -> str:
        if self.engine == "sqlite":
            return f"SQLite {sqlite3.sqlite_version}"
        return f"PostgreSQL {self.rows('SHOW server_version')[0][0].split()[0]}"

    def size(self) -> str:
        """On disk, in words."""
        if self.engine == "sqlite":
            return f"{Path(urlsplit(self.url).path.removeprefix('/')).stat().st_size / 2**20:.0f} MB"
        ((found,),) = self.rows("SELECT pg_database_size(current_database())")
        return f"{found / 2**20:.0f} MB"

    def drop_no_overlap(self) -> None:
        """Take away the constraint that the diary hangs on: for mutants."""
        if self.engine == "postgres":
            self.execute("ALTER TABLE bookings_allocation DROP CONSTRAINT allocation_no_overlap")
        else:
            self.execute("DROP TRIGGER allocation_no_overlap_insert")
            self.execute("DROP TRIGGER allocation_no_overlap_update")

    def _connect(self) -> Any:
        if self.engine == "postgres":
            return psycopg.connect(self.url, autocommit=True)
        file = urlsplit(self.url).path.removeprefix("/")
        return sqlite3.connect(file, timeout=_SECONDS_TO_WAIT_FOR_LOCKS, isolation_level=None)


def _as_text(value: Any) -> Any:
    return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f") if isinstance(value, datetime) else value


def _aware(value: Any) -> Any:
    """SQLite gives moments as text, in UTC."""
    if isinstance(value, str) and len(value) >= 19 and value[4] == value[7] == "-" and value[13] == ":":
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    return value.astimezone(UTC) if isinstance(value, datetime) else value


@contextmanager
def fresh_database(engine: Engine, folder: Path, *, like: Database | None = None) -> Iterator[Database]:
    """An empty database with all migrations, or a copy of another one that nobody is using."""
    number = next(_numbers)
    if engine == "sqlite":
        file = folder / f"drill_{number}.sqlite3"
        if like:
            shutil.copyfile(urlsplit(like.url).path.removeprefix("/"), file)
        database = Database(engine, f"sqlite:///{file}")
        _migrate(database, folder, needed=like is None)
        yield database
        file.unlink()
        return
    parts = urlsplit(POSTGRES_URL)
    name = f"{parts.path.strip('/')}_drill_{os.getpid()}_{number}"
    template = urlsplit(like.url).path.strip("/") if like else "template0"
    create = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
    _as_admin(create)
    try:
        database = Database(engine, urlunsplit(parts._replace(path=f"/{name}")))
        _migrate(database, folder, needed=like is None)
        yield database
    finally:
        _as_admin(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _as_admin(statement: sql.Composed) -> None:
    with psycopg.connect(POSTGRES_URL, autocommit=True) as connection:
        connection.execute(statement)


def _migrate(database: Database, folder: Path, *, needed: bool) -> None:
    if needed:
        manage(database, folder, "migrate", "--noinput", "--verbosity", "0")


def manage(database: Database, folder: Path, *arguments: str) -> str:
    """What `manage.py` with these arguments prints, run as the server of this database."""
    return run_python(database, folder, "manage.py", *arguments)


def run_python(database: Database, folder: Path, *arguments: str) -> str:
    """What Python with these arguments prints, told the same as the server. Raises with what went wrong."""
    command = [sys.executable, *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env=environment(database, folder), check=False, capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)} failed:\n{done.stderr[-3000:]}")
    return done.stdout


def environment(database: Database, folder: Path, **more: str) -> dict[str, str]:
    """What the processes of a drill are told: throwaway secrets, a folder of their own, no limits on calls."""
    settings = {
        "DJANGO_SETTINGS_MODULE": "clinic.settings",
        "DATABASE_URL": database.url,
        "VAR_DIR": str(folder),
        "SECRET_KEY": "only-for-drills-" + "x" * 50,
        "AUDIT_KEY": "only-for-drills-" + "a" * 50,
        "VAULT_KEYS": "drill:" + "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=",
        "PUBLIC_THROTTLE": "off",
        "LOG_LEVEL": "WARNING",
        "PYTHONPYCACHEPREFIX": str(ROOT / "var" / "cache" / "pycache"),
    }
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TZ") if name in os.environ}
    return {**kept, **settings, **more}
