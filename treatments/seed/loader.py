"""The catalogue and the guide as first installed.

Entries are found by slug and only ever made, never changed: what the owner edited stays edited.
What belongs to an entry (lengths, weights, boxes to tick) is made together with it and never added
later. An entry that was installed once and is gone was deleted, or given another slug, by the owner:
the history remembers it, and it does not come back.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

from reversion.models import Version

from clinic.transactions import owns_transaction
from treatments.history import recorded
from treatments.models import (
    Assessment,
    AssessmentWeight,
    FollowUp,
    FollowUpBonus,
    GuideRules,
    Indicator,
    IndicatorWeight,
    Issue,
    Measure,
    MeasureWeight,
    SafetyQuestion,
    Treatment,
    TreatmentBoost,
    TreatmentOption,
    TreatmentWeight,
)

Row = Mapping[str, Any]
Entry = TypeVar("Entry", Treatment, Issue, Indicator, Measure, Assessment, SafetyQuestion)

_FOLDER: Final = Path(__file__).parent
_COMMENT: Final = "As first installed."
_PARTS: Final = frozenset({"weights", "boosts", "follow_ups"})


@owns_transaction()
def seed_catalogue() -> dict[str, int]:
    """Make what is missing. Out comes how many entries of each kind were made: all zero the second time."""
    counts = {"issues": _seed(Issue)}
    issues = {issue.slug: issue for issue in Issue.objects.all()}
    counts["indicators"] = _seed(Indicator, add_parts=partial(_add_to_indicator, issues=issues))
    indicators = {indicator.slug: indicator for indicator in Indicator.objects.all()}
    options = _read("options")
    counts["treatments"] = _seed(
        Treatment,
        add_parts=partial(_add_to_treatment, issues=issues, indicators=indicators, options=options),
        state=Treatment.State.PUBLISHED,
    )
    counts["measures"] = _seed(Measure, add_parts=partial(_add_to_measure, issues=issues))
    counts["assessments"] = _seed(Assessment, add_parts=partial(_add_to_assessment, issues=issues))
    counts["safety_questions"] = _seed(SafetyQuestion)
    counts["guide_rules"] = _seed_rules()
    return counts


def _seed(model: type[Entry], *, add_parts: Callable[[Entry, Row], object] | None = None, **fields: object) -> int:
    made = 0
    known = _known_slugs(model)
    for position, row in enumerate(_read(str(model._meta.verbose_name_plural).replace(" ", "_"))):
        if row["slug"] in known:
            continue
        own = {name: value for name, value in row.items() if name not in _PARTS}
        entry = model(position=position, **own, **fields)
        with recorded(entry, comment=_COMMENT, by=None):
            entry.save(force_insert=True)
            if add_parts:
                add_parts(entry, row)
        made += 1
    return made


def _known_slugs(model: type[Entry]) -> set[str]:
    """The slugs in use, and those that were installed once."""
    installed = Version.objects.get_for_model(model).filter(revision__comment=_COMMENT)
    return {version.field_dict["slug"] for version in installed} | set(model.objects.values_list("slug", flat=True))


def _seed_rules() -> int:
    if GuideRules.objects.exists():
        return 0
    row = _read("guide_rules")
    rules = GuideRules(pk=1, threshold=Decimal(row["threshold"]), introduction=row["introduction"])
    with recorded(rules, comment=_COMMENT, by=None):
        rules.save(force_insert=True)
    return 1


def _add_to_indicator(indicator: Indicator, row: Row, *, issues: Mapping[str, Issue]) -> None:
    IndicatorWeight.objects.bulk_create(
        IndicatorWeight(indicator=indicator, issue=issues[slug], weight=weight)
        for slug, weight in row["weights"].items()
        if slug in issues
    )
    for position, ticked in enumerate(row.get("follow_ups", ())):
        follow_up = FollowUp.objects.create(
            indicator=indicator, slug=ticked["slug"], name=ticked["name"], position=position
        )
        FollowUpBonus.objects.bulk_create(
            FollowUpBonus(follow_up=follow_up, issue=issues[slug], weight=weight)
            for slug, weight in ticked["bonuses"].items()
            if slug in issues
        )


def _add_to_treatment(
    treatment: Treatment,
    row: Row,
    *,
    issues: Mapping[str, Issue],
    indicators: Mapping[str, Indicator],
    options: list[Row],
) -> None:
    TreatmentOption.objects.bulk_create(
        TreatmentOption(treatment=treatment, minutes=one["minutes"], price=Decimal(one["price"]), label=one["label"])
        for one in options
    )
    TreatmentWeight.objects.bulk_create(
        TreatmentWeight(treatment=treatment, issue=issues[slug], weight=weight)
        for slug, weight in row["weights"].items()
        if slug in issues
    )
    TreatmentBoost.objects.bulk_create(
        TreatmentBoost(treatment=treatment, indicator=indicators[slug], weight=weight)
        for slug, weight in row["boosts"].items()
        if slug in indicators
    )


def _add_to_measure(measure: Measure, row: Row, *, issues: Mapping[str, Issue]) -> None:
    MeasureWeight.objects.bulk_create(
        MeasureWeight(measure=measure, issue=issues[slug], weight=weight)
        for slug, weight in row["weights"].items()
        if slug in issues
    )


def _add_to_assessment(assessment: Assessment, row: Row, *, issues: Mapping[str, Issue]) -> None:
    AssessmentWeight.objects.bulk_create(
        AssessmentWeight(assessment=assessment, issue=issues[slug], weight=weight)
        for slug, weight in row["weights"].items()
        if slug in issues
    )


def _read(name: str) -> Any:
    return json.loads((_FOLDER / f"{name}.json").read_text(encoding="utf-8"))
