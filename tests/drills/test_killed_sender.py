"""The short form of `python -m tests.drills.killed_sender`, on the database of this run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.drills.databases import Database
from tests.drills.killed_sender import Plan, run

pytestmark = pytest.mark.drill

SEED = 8


def test_killed_sender_loses_nothing_and_copies_keep_their_message_id(migrated: Database, tmp_path: Path) -> None:
    plan = Plan(messages=40, kills=6, seed=SEED, seconds_before=0.01, seconds_after=0.06)
    report = run(plan, like=migrated, folder=tmp_path)
    assert report.faults == []
    assert report.extra_copies > 0  # a server that is slow to confirm gives every chance of one


def test_sender_that_marks_before_sending_is_found_out(migrated: Database, tmp_path: Path) -> None:
    plan = Plan(messages=6, kills=3, seed=SEED, mutant="mark-before-sending", seconds_before=0.2)
    assert run(plan, like=migrated, folder=tmp_path).lost > 0


def test_sender_that_makes_up_message_ids_is_found_out(migrated: Database, tmp_path: Path) -> None:
    plan = Plan(messages=2, kills=1, seed=SEED, mutant="new-message-id-each-time", seconds_after=0.05)
    assert run(plan, like=migrated, folder=tmp_path).wrong_ids > 0
