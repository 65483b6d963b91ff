from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from tests.settings import TEST_DATABASE_URL


@pytest.fixture(scope="module")
def empty_database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A PostgreSQL database of this module's own, beside the one that the suite runs in."""
    server = urlsplit(TEST_DATABASE_URL)
    name = f"test_{server.path.strip('/')}_{request.module.__name__.rsplit('test_', 1)[-1]}"
    with psycopg.connect(urlunsplit(server._replace(path="/postgres")), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}"')
        yield urlunsplit(server._replace(path=f"/{name}"))
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
