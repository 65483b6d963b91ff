"""Measurements: objective tests side by side, and outcome measures.

# Note [Within measurement error]
Measuring the same thing twice gives two figures. A change smaller than the test's `mdc` may be nothing
but that, and is said to be within measurement error, whichever way it points. Where no mdc is known
nothing is said. A change is a difference of two figures; what it means is for the therapist to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from clients.record_kinds.definitions import REFERENCE, Definition
from clients.record_kinds.fields import Bounds, Fields, Number, without_empty

SIDES: Final = ("left", "right")
NO_SIDE: Final = "none"
DIRECTIONS: Final = ("higher", "lower")
TESTS: Final = REFERENCE.definitions
LONGEST_NOTE: Final = 2_000
_LONGEST_LINE: Final = 120
_LONGEST_VERSION: Final = 40
# Where the definition has no range a figure still has to be one that an angle can have.
_ANY_ANGLE: Final[Bounds] = (-180, 180)
_OLDEST_SHOE_MONTHS: Final[Bounds] = (0, 600)
_HUNDREDTH: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Change:
    """`by`: this figure less the earlier one. See Note [Within measurement error]."""

    by: float
    is_within_measurement_error: bool | None


def read_measurement(fields: Fields) -> dict[str, Any]:
    """What was measured, as it is to be kept; where a figure is worked out of several, with that figure."""
    slug = fields.choice("test", TESTS)
    if not slug:
        return {}
    definition = TESTS[slug]
    content = {
        "test": slug,
        "side": _side(fields, definition),
        **_figures(fields, definition),
        "note": fields.text("note", longest=LONGEST_NOTE),
    }
    fields.refuse_others()
    return without_empty(content.items())


def series_of(content: Mapping[str, Any]) -> tuple[str, ...]:
    """What has to be the same in two measurements for one to be compared with the other."""
    activities = sorted(str(one["name"]).casefold() for one in content.get("activities", ()))
    same = (content.get(name, "") for name in ("test", "side", "position", "version", "direction"))
    return (*same, *activities)


def change_between(now: Mapping[str, Any], earlier: Mapping[str, Any]) -> Change | None:
    """Between two measurements of one series; None where one of them has no figure."""
    if "value" not in now or "value" not in earlier:
        return None
    by = _exact(now["value"]) - _exact(earlier["value"])
    mdc = TESTS[now["test"]].mdc
    return Change(float(by), None if mdc is None else abs(by) < _exact(mdc))


def _side(fields: Fields, definition: Definition) -> str:
    if definition.is_per_side:
        return fields.choice("side", SIDES)
    return fields.choice("side", (NO_SIDE,), is_required=False) or NO_SIDE


def _figures(fields: Fields, definition: Definition) -> dict[str, Any]:
    if definition.items:
        return _items(fields, definition)
    if definition.activities:
        return _activities(fields, definition)
    if definition.grades:
        return {
            "grade": fields.choice("grade", definition.grades),
            "faults": fields.choices("faults", definition.faults, is_required=False),
        }
    if definition.zones:
        return {
            "zones": fields.choices("zones", definition.zones, is_required=True),
            "age_in_months": fields.number("age_in_months", _OLDEST_SHOE_MONTHS, is_whole=True),
            "model": fields.text("model", longest=_LONGEST_LINE, is_line=True),
        }
    return _number(fields, definition)


def _number(fields: Fields, definition: Definition) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if definition.has_result:
        found["positive"] = fields.flag("positive")
    bounds = definition.range or _ANY_ANGLE
    if definition.components:
        found["components"] = fields.numbers(
            "components", definition.components, bounds, is_required=False, needs_all=False, is_whole=False
        )
    else:
        needs_value = not definition.has_result
        found["value"] = fields.number("value", bounds, is_required=needs_value, is_whole=definition.is_whole)
    if definition.positions:
        found["position"] = fields.choice("position", definition.positions)
    if definition.has_direction:
        found["direction"] = fields.choice("direction", DIRECTIONS)
    if not definition.is_embedded:
        found["version"] = fields.text("version", longest=_LONGEST_VERSION, is_required=True, is_line=True)
    return found


def _items(fields: Fields, definition: Definition) -> dict[str, Any]:
    needs_all = definition.is_sum_of_items
    items = fields.numbers(
        "items", definition.items, definition.item_range, is_required=True, needs_all=needs_all, is_whole=True
    )
    return {"items": items, "value": sum(items.values())} if needs_all else {"items": items}


def _activities(fields: Fields, definition: Definition) -> dict[str, Any]:
    """Named by the client in their own words; the figure is the mean of their scores."""
    fewest, most = definition.activities or (0, 0)
    bounds = definition.range or (0, 0)
    named: list[tuple[str, Number | None]] = []
    for each in fields.objects("activities", fewest=fewest, most=most):
        name = each.text("name", longest=_LONGEST_LINE, is_required=True, is_line=True)
        named.append((name, each.number("score", bounds, is_required=True)))
        each.refuse_others()
    if len({name.casefold() for name, _ in named}) < len(named):
        fields.refuse("activities", "repeated", "Name each only once.")
    activities = [{"name": name, "score": score} for name, score in named]
    return {"activities": activities, "value": _mean([score for _, score in named])}


def _mean(scores: list[Number | None]) -> float | None:
    known = [_exact(score) for score in scores if score is not None]
    return float((sum(known, Decimal()) / len(known)).quantize(_HUNDREDTH, ROUND_HALF_UP)) if known else None


def _exact(number: Number) -> Decimal:
    """As it was written: 10.9 less 9 is 1.9, which it is not in binary."""
    return Decimal(str(number))
