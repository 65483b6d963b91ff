"""How drills print what they found."""

from __future__ import annotations

import platform
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Final

from tests.drills.databases import Database

# The exit status of a drill that ran to its end and found faults. A crash ends with 1.
FAULTS_FOUND: Final = 3


def versions(database: Database) -> str:
    """One line: everything whose version could make a difference."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("Django", "gunicorn", "psycopg"))
    return f"{database.version()}, Python {platform.python_version()}, {packages}"


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` (0 to 1) of the values do not exceed; 0.0 where there are none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def spread(seconds: Sequence[float]) -> str:
    """Median, 99th percentile and longest, in milliseconds."""
    p50, p99, longest = (percentile(seconds, share) * 1000 for share in (0.5, 0.99, 1.0))
    return f"n {len(seconds)}, p50 {p50:.0f} ms, p99 {p99:.0f} ms, longest {longest:.0f} ms"


@contextmanager
def scratch_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="groundwork-drill-") as name:
        yield Path(name)
