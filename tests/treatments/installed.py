"""The guide as first installed, read from its files and not through the database."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

from treatments import scoring
from treatments.scoring import Candidate, FollowUp, Guide, Indicator, Issue

SEED = Path(scoring.__file__).parent / "seed"


def read_seed(name: str) -> Any:
    return json.loads((SEED / f"{name}.json").read_text())


def seeded_guide() -> Guide:
    """The guide as first installed, read from its files and not through the database."""

    def candidates(name: str) -> tuple[Candidate, ...]:
        return tuple(Candidate(e["slug"], e["name"], e["weights"], e.get("boosts", {})) for e in read_seed(name))

    return Guide(
        threshold=Fraction(read_seed("guide_rules")["threshold"]),
        issues=tuple(Issue(e["slug"], e["name"]) for e in read_seed("issues")),
        indicators=tuple(
            Indicator(
                e["slug"],
                e["name"],
                e["weights"],
                tuple(FollowUp(f["slug"], f["name"], f["bonuses"]) for f in e.get("follow_ups", [])),
            )
            for e in read_seed("indicators")
        ),
        treatments=candidates("treatments"),
        measures=candidates("measures"),
        assessments=candidates("assessments"),
    )


GUIDE = seeded_guide()
