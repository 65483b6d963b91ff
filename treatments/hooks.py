"""Where higher floors ask to be told what a visitor answered.

A visitor of the guide has no record yet, so what is stored belongs to the clients' floor, sealed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol


class SafetyAnswerHook(Protocol):
    def __call__(self, *, slugs: Sequence[str], level: str, answers: Mapping[str, int], now: datetime) -> object:
        """Keep what was answered. Owns its transaction.

        `slugs`: the safety questions answered with yes, the gravest first, at least one. `level`: the
        gravest of them, a `treatments.safety.Level`. `answers`: the guide's other answers, indicator ->
        0..3. `now`: aware, UTC. Health data throughout: never to be logged.
        """


on_safety_answer: list[SafetyAnswerHook] = []
