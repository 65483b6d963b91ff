"""What changed between a measurement and the one before it.

# Note [Finding the earlier measurement without opening them all]
What was measured is sealed. Beside it stands a digest that is the same for measurements of the same
thing in the same client, so the one before can be told from the rows and only it is opened. A merged
record brings entries that were written for another public id; for each such id the digest is worked
out again from what the opened measurement says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from clients.models import Client, RecordEntry
from clients.record_kinds.measurements import Change, change_between, series_of
from clients.selectors.entries import entries_of
from clients.services.entries import Kind, OpenedEntry, read_entries
from clients.signatures import series_digest
from clinic.accounts.models import User

Series = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed since which entry."""

    since: UUID
    since_on: date
    change: Change


def compare_with_earlier(
    measurements: Sequence[OpenedEntry], *, client: Client, reader: User
) -> dict[UUID, Comparison]:
    """For each opened measurement of the client that holds, what changed since the one before.

    Opens the earlier ones that are not among `measurements`, on record. Raises SealedUnreadable.
    """
    standing = [entry for entry in measurements if entry.replaced_by is None]
    rows = _rows_by_series(standing, client)
    pairs = [(entry, earlier) for entry in standing for earlier in _earlier(entry, rows)]
    known = {entry.row.pk: entry for entry in measurements}
    others = {earlier.pk: earlier for _, earlier in pairs if earlier.pk not in known}
    if others:
        opened = read_entries(list(others.values()), reader=reader, purpose="comparison")
        known |= {entry.row.pk: entry for entry in opened}
    compared = {}
    for entry, earlier in pairs:
        change = change_between(entry.content, known[earlier.pk].content)
        if change is not None:
            compared[entry.row.pk] = Comparison(earlier.pk, earlier.recorded_on, change)
    return compared


def _rows_by_series(standing: Sequence[OpenedEntry], client: Client) -> dict[Series, list[RecordEntry]]:
    """Everything that holds and is of the series of these. See the note above. Two queries."""
    measurements = entries_of([client]).filter(kind=Kind.MEASUREMENT)
    written_for = set(measurements.order_by().values_list("written_for", flat=True).distinct())
    every = {series_of(entry.content) for entry in standing}
    of_digest = {series_digest(public_id, series): series for public_id in written_for for series in every}
    rows: dict[Series, list[RecordEntry]] = {series: [] for series in every}
    for row in measurements.filter(series__in=of_digest, replacements=None):
        rows[of_digest[row.series]].append(row)
    return rows


def _earlier(entry: OpenedEntry, rows: dict[Series, list[RecordEntry]]) -> Iterator[RecordEntry]:
    """The one before, if there is one: by the day it speaks of, then by when it was written."""
    before = [row for row in rows[series_of(entry.content)] if _when(row) < _when(entry.row)]
    if before:
        yield max(before, key=_when)


def _when(row: RecordEntry) -> tuple[object, ...]:
    return (row.recorded_on, row.created_at, row.pk)
