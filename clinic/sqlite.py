"""Which journal SQLite may be trusted with. Pure: no framework.

# Note [WAL only where it is mended]
SQLite 3.7.0 to 3.51.2 can, rarely, corrupt a database in WAL mode when several connections write and
checkpoint at once. 3.51.3 has the repair, and so have the later releases of two older lines.
"""

from __future__ import annotations

from typing import Final

Version = tuple[int, int, int]

_MENDED_FROM: Final[Version] = (3, 51, 3)
_MENDED_IN_LINE: Final[dict[tuple[int, int], int]] = {(3, 50): 7, (3, 44): 6}


def is_wal_safe(version: Version) -> bool:
    """See Note [WAL only where it is mended]."""
    major, minor, patch = version
    mended_patch = _MENDED_IN_LINE.get((major, minor))
    return version >= _MENDED_FROM or (mended_patch is not None and patch >= mended_patch)


def journal_mode(version: Version) -> str:
    """The value of `PRAGMA journal_mode` to use with this version of SQLite."""
    return "WAL" if is_wal_safe(version) else "DELETE"
