"""The figures of every test and outcome measure, from `clients/reference/clinical_tests.json`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from clients.record_kinds.fields import Bounds, Number

_FILE: Final = Path(__file__).resolve().parent.parent / "reference" / "clinical_tests.json"


@dataclass(frozen=True, slots=True)
class Definition:
    """How one thing is measured. What a test has not is empty.

    `mdc` is the smallest change larger than measurement error, in `unit`. `is_embedded` is false for
    questionnaires whose wording is others': of those only the total, the date and the version are kept.
    """

    slug: str
    unit: str = "points"
    range: Bounds | None = None
    is_per_side: bool = False
    reference: str = ""
    mdc: Number | None = None
    mcid: Number | None = None
    better: str = ""
    is_whole: bool = False
    items: tuple[str, ...] = ()
    item_range: Bounds = (0, 0)
    is_sum_of_items: bool = False
    components: tuple[str, ...] = ()
    positions: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    has_result: bool = False
    has_direction: bool = False
    activities: tuple[int, int] | None = None
    is_embedded: bool = True


@dataclass(frozen=True, slots=True)
class BodyChart:
    views: tuple[str, ...]
    mark_kinds: tuple[str, ...]
    mark_authors: tuple[str, ...]
    intensity: Bounds


@dataclass(frozen=True, slots=True)
class Reference:
    definitions: dict[str, Definition]
    body_chart: BodyChart


_RENAMED: Final = {"per_side": "is_per_side", "embed": "is_embedded"}
_LEFT_OUT: Final = frozenset({"mdc_single"})


def _definition(slug: str, facts: dict[str, Any]) -> Definition:
    named = {_RENAMED.get(name, name): value for name, value in facts.items() if name not in _LEFT_OUT}
    frozen: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in named.items()}
    return Definition(slug=slug, **frozen)


def _load(file: Path) -> Reference:
    facts = json.loads(file.read_text(encoding="utf-8"))
    entries = {**facts["tests"], **facts["outcome_measures"]}
    chart = BodyChart(**{name: tuple(value) for name, value in facts["body_chart"].items()})
    return Reference({slug: _definition(slug, entry) for slug, entry in entries.items()}, chart)


REFERENCE: Final = _load(_FILE)
