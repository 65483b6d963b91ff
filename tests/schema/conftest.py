from __future__ import annotations

from tests.access.conftest import callers, world

__all__ = ["callers", "world"]
