"""What the short forms of the drills share: which database they run on, and one with all migrations to copy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.drills.databases import Database, Engine, fresh_database
from tests.settings import TEST_DATABASE_URL


@pytest.fixture(scope="session")
def engine() -> Engine:
    return "postgres" if TEST_DATABASE_URL else "sqlite"


@pytest.fixture(scope="session")
def migrated(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A database with all migrations that nobody connects to: drills copy it."""
    folder: Path = tmp_path_factory.mktemp("migrated")
    with fresh_database(engine, folder) as database:
        yield database
