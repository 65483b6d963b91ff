"""Where a higher floor says which other records' events belong to a client's, since records are merged."""

from __future__ import annotations

from collections.abc import Callable, Iterable

# The number of a client's record -> the numbers of all records that are part of it, its own included.
records_of: list[Callable[[int], Iterable[int]]] = []
