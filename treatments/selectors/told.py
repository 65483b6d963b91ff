"""Answers to the safety questions and to the guide, in the words that were answered to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from treatments.models import FollowUp, Indicator, SafetyQuestion
from treatments.scoring import ANSWER_NAMES

_YES: Final = "yes"


@dataclass(frozen=True, slots=True)
class Told:
    question: str
    answer: str


def told_answers(answers: Mapping[str, Any]) -> list[Told]:
    """What was answered, the safety questions first. `answers` as they were kept: `safety` names those answered
    with yes, `guide` is what travelled with a booking, or the plain answers. A question that is gone since is
    told by its slug.
    """
    safety = answers.get("safety", [])
    guide = answers.get("guide", {})
    scores = guide.get("answers", {} if "follow_ups" in guide else guide)
    ticked = {(indicator, slug) for indicator, slugs in guide.get("follow_ups", {}).items() for slug in slugs}
    questions = dict(SafetyQuestion.objects.filter(slug__in=safety).values_list("slug", "question"))
    indicators = dict(Indicator.objects.filter(slug__in=scores).values_list("slug", "question"))
    told = [Told(questions.get(slug, _plain(slug)), _YES) for slug in safety]
    told += [
        Told(indicators.get(slug, _plain(slug)), ANSWER_NAMES.get(score, str(score))) for slug, score in scores.items()
    ]
    return told + [Told(name, _YES) for name in _follow_up_names(ticked)]


def _follow_up_names(ticked: set[tuple[str, str]]) -> list[str]:
    rows = FollowUp.objects.filter(indicator__slug__in={indicator for indicator, _ in ticked})
    names = {(indicator, slug): name for indicator, slug, name in rows.values_list("indicator__slug", "slug", "name")}
    return [names.get(each, _plain(each[1])) for each in sorted(ticked)]


def _plain(slug: str) -> str:
    return slug.replace("-", " ")
