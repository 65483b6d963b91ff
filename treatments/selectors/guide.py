"""Reading the guide: what it asks, and the values that its scoring works on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import Prefetch

from treatments import scoring
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
    TreatmentWeight,
)

Tables = Mapping[int, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class GuideContents:
    """What the guide shows before anything is answered, each list in the owner's order."""

    rules: GuideRules
    indicators: Sequence[Indicator]
    safety_questions: Sequence[SafetyQuestion]
    issues: Sequence[Issue]
    measures: Sequence[Measure]
    assessments: Sequence[Assessment]


def get_guide_rules() -> GuideRules:
    """The guide's settings; their defaults where nothing has been set up yet."""
    return GuideRules.objects.filter(pk=1).first() or GuideRules(pk=1)


def guide_contents() -> GuideContents:
    """What is asked and what may be answered: seven queries, whatever there is of each."""
    ticks = Prefetch("follow_ups", queryset=FollowUp.objects.filter(is_active=True).order_by("position", "pk"))
    return GuideContents(
        rules=get_guide_rules(),
        indicators=list(Indicator.objects.filter(is_active=True).prefetch_related(ticks)),
        safety_questions=list(SafetyQuestion.objects.filter(is_active=True)),
        issues=list(Issue.objects.filter(is_active=True)),
        measures=list(Measure.objects.filter(is_active=True)),
        assessments=list(Assessment.objects.filter(is_active=True)),
    )


def load_guide() -> scoring.Guide:
    """The guide as values for `scoring.suggest`: what is active, and treatments that are published.

    A constant number of queries: one for each table.
    """
    published = Treatment.objects.filter(state=Treatment.State.PUBLISHED).order_by("position", "name")
    treatment_weights = _by_issue(TreatmentWeight.objects.values_list("treatment_id", "issue__slug", "weight"))
    boosts = _by_issue(TreatmentBoost.objects.values_list("treatment_id", "indicator__slug", "weight"))
    return scoring.Guide(
        threshold=Fraction(get_guide_rules().threshold),
        issues=tuple(
            scoring.Issue(slug, name) for slug, name in Issue.objects.filter(is_active=True).values_list("slug", "name")
        ),
        indicators=_load_indicators(),
        treatments=_candidates(published.values_list("pk", "slug", "name"), treatment_weights, boosts),
        measures=_candidates(
            Measure.objects.filter(is_active=True).values_list("pk", "slug", "name"),
            _by_issue(MeasureWeight.objects.values_list("measure_id", "issue__slug", "weight")),
        ),
        assessments=_candidates(
            Assessment.objects.filter(is_active=True).values_list("pk", "slug", "name"),
            _by_issue(AssessmentWeight.objects.values_list("assessment_id", "issue__slug", "weight")),
        ),
    )


def _load_indicators() -> tuple[scoring.Indicator, ...]:
    weights = _by_issue(IndicatorWeight.objects.values_list("indicator_id", "issue__slug", "weight"))
    follow_ups = _load_follow_ups()
    rows = Indicator.objects.filter(is_active=True).values_list("pk", "slug", "name")
    return tuple(
        scoring.Indicator(slug, name, weights.get(pk, {}), tuple(follow_ups.get(pk, ()))) for pk, slug, name in rows
    )


def _load_follow_ups() -> Mapping[int, Sequence[scoring.FollowUp]]:
    bonuses = _by_issue(FollowUpBonus.objects.values_list("follow_up_id", "issue__slug", "weight"))
    found: dict[int, list[scoring.FollowUp]] = defaultdict(list)
    for follow_up in FollowUp.objects.filter(is_active=True).order_by("position", "pk"):
        follow_ups = found[follow_up.indicator_id]
        follow_ups.append(scoring.FollowUp(follow_up.slug, follow_up.name, bonuses.get(follow_up.pk, {})))
    return found


def _by_issue(rows: Iterable[tuple[int, str, int]]) -> Tables:
    """Weights as a table: parent's key -> {slug: weight}."""
    table: dict[int, dict[str, int]] = defaultdict(dict)
    for parent, slug, weight in rows:
        table[parent][slug] = weight
    return table


def _candidates(
    rows: Iterable[tuple[int, str, str]], weights: Tables, boosts: Tables | None = None
) -> tuple[scoring.Candidate, ...]:
    return tuple(
        scoring.Candidate(slug, name, weights.get(pk, {}), (boosts or {}).get(pk, {})) for pk, slug, name in rows
    )
