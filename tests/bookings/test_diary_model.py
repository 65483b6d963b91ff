"""The diary against a plain model of it, in random steps. `python -m tests.drills.model` is the long form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from bookings.services import holds, moving, slots
from tests.bookings.diary_machine import DiaryMachine

pytestmark = pytest.mark.django_db

# The same steps each time; the long form takes new ones, and explains what it finds.
SHORT = settings(
    max_examples=20,
    stateful_step_count=30,
    derandomize=True,
    phases=[Phase.generate],
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
SEARCH = settings(SHORT, max_examples=200)


def test_diary_tells_the_same_story_as_the_plain_one() -> None:
    run_state_machine_as_test(DiaryMachine, settings=SHORT)


@pytest.mark.parametrize(
    ("module", "name", "mutant"),
    [
        pytest.param(slots, "end_expired_holds", lambda *_, **__: 0, id="expired holds stay"),
        pytest.param(holds, "end_hold", lambda _: None, id="released holds stay"),
        pytest.param(slots, "buffers", lambda *_: (0, 0), id="no buffers"),
        pytest.param(moving, "_check_movable", lambda *_, **__: None, id="late moves"),
    ],
)
def test_diary_with_a_fault_is_found_out(
    monkeypatch: pytest.MonkeyPatch, module: Any, name: str, mutant: Callable[..., Any]
) -> None:
    monkeypatch.setattr(module, name, mutant)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(DiaryMachine, settings=SEARCH)
