from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from tests.access.conftest import callers, world

__all__ = ["callers", "world"]


@pytest.fixture(autouse=True)
def no_earlier_counts() -> Iterator[None]:
    """Limits count from nothing in each test, and leave nothing for others."""
    cache.clear()
    yield
    cache.clear()
