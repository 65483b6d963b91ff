"""The short form of the herd, and what it must find when guards are missing."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.drills import herd
from tests.drills.databases import Database, Engine

pytestmark = pytest.mark.drill


def test_herd_at_one_slot_has_one_winner_each_round_and_clean_losers(engine: Engine, migrated: Database) -> None:
    report = herd.run(engine, rounds=5, clients=20, seed=1, like=migrated)
    assert report.faults == []
    assert report.statuses == Counter({"201": 5, "409 slot_taken": 95})
    assert report.winners == Counter({1: 5})


def test_herd_that_only_the_constraint_keeps_apart_has_one_winner(engine: Engine, migrated: Database) -> None:
    report = herd.run(engine, rounds=3, clients=8, seed=2, without=["locks"], like=migrated)
    assert report.winners == Counter({1: 3})


def test_herd_that_nothing_keeps_apart_is_found_out(engine: Engine, migrated: Database) -> None:
    report = herd.run(engine, rounds=3, clients=8, seed=3, without=herd.GUARDS, like=migrated)
    assert max(report.winners) > 1
    assert report.faults
