"""The short form of the churn, and what it must find when the guards are missing."""

from __future__ import annotations

import pytest

from tests.drills import churn, herd
from tests.drills.databases import Database, Engine

pytestmark = pytest.mark.drill


def test_churn_leaves_no_overlap_in_the_history_and_loses_nothing(engine: Engine, migrated: Database) -> None:
    report = churn.run(engine, operations=150, clients=8, seed=1, like=migrated)
    assert report.faults == []
    assert (report.operations, report.overlaps, report.server_errors) == (150, [], 0)
    assert report.bookings > 15


def test_churn_without_guards_shows_overlaps_in_the_history(engine: Engine, migrated: Database) -> None:
    report = churn.run(engine, operations=100, clients=8, seed=2, without=herd.GUARDS, like=migrated)
    assert len(report.overlaps) > 0
    assert report.faults
