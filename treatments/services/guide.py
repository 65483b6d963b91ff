"""Answering the guide: safety first, then suggestions."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import DatabaseError

from clinic.errors import DomainError, InvalidInput
from treatments.hooks import on_safety_answer
from treatments.models import SafetyQuestion
from treatments.safety import Concern, Level, Screening, screen_concerns
from treatments.scoring import HIGHEST, Answers, Guide, Suggestions, suggest
from treatments.selectors.guide import load_guide

logger = logging.getLogger(__name__)
Errors = dict[str, list[dict[str, str]]]


@dataclass(frozen=True, slots=True)
class GuideAnswer:
    """`suggestions` is None where the safety answers end the guide: then there is only advice."""

    screening: Screening
    suggestions: Suggestions | None


def screen(safety_slugs: Iterable[str], *, field: str = "safety") -> Screening:
    """What it means to have answered these safety questions with yes. One query, none for none.

    A question that the owner has switched off meanwhile still counts: somebody had it in front of them.
    Raises InvalidInput naming `field`, code `unknown_safety_question`.
    """
    wanted = set(safety_slugs)
    if not wanted:
        return screen_concerns(())
    questions = list(SafetyQuestion.objects.filter(slug__in=wanted))
    if len(questions) != len(wanted):
        raise InvalidInput.field(field, "There is no such safety question.", code="unknown_safety_question")
    return screen_concerns(Concern(q.slug, q.question, Level(q.level), q.advice) for q in questions)


def answer_guide(
    *,
    answers: Mapping[str, int],
    safety: Iterable[str] = (),
    follow_ups: Mapping[str, Sequence[str]] | None = None,
    now: datetime,
) -> GuideAnswer:
    """What the guide says to these answers; a yes to a safety question comes before everything else.

    `answers` maps indicators to 0 (never) .. 3 (always), `follow_ups` maps indicators to the slugs ticked
    under them, `safety` names the safety questions answered with yes.
    Raises InvalidInput naming `answers.<slug>`, `follow_ups.<slug>` or `safety`.
    """
    guide = load_guide()
    ticked = follow_ups or {}
    check_answers(guide, answers=answers, follow_ups=ticked)
    screening = screen(safety)
    if screening.level is not None:
        _tell_of_safety_answer(screening, answers=answers, now=now)
    suggestions = None if screening.stops else suggest(guide, Answers(answers, ticked))
    return GuideAnswer(screening=screening, suggestions=suggestions)


def check_answers(guide: Guide, *, answers: Mapping[str, int], follow_ups: Mapping[str, Sequence[str]]) -> None:
    """Raise InvalidInput naming every answer and tick that the guide does not know."""
    indicators = {indicator.slug: indicator for indicator in guide.indicators}
    errors: Errors = {}
    for slug, degree in answers.items():
        if slug not in indicators:
            errors[f"answers.{slug}"] = [_error("unknown_indicator", "The guide has no such question.")]
        elif not 0 <= degree <= HIGHEST:
            errors[f"answers.{slug}"] = [_error("out_of_range", "An answer is a whole number from 0 to 3.")]
    for slug, ticks in follow_ups.items():
        if slug not in indicators:
            errors[f"follow_ups.{slug}"] = [_error("unknown_indicator", "The guide has no such question.")]
        elif not set(ticks) <= {follow_up.slug for follow_up in indicators[slug].follow_ups}:
            errors[f"follow_ups.{slug}"] = [_error("unknown_follow_up", "This question has no such box to tick.")]
    if errors:
        raise InvalidInput(errors)


def _error(code: str, message: str) -> dict[str, str]:
    return {"code": code, "message": message}


def _tell_of_safety_answer(screening: Screening, *, answers: Mapping[str, int], now: datetime) -> None:
    """Danger: somebody may be waiting to read "ring 999". Trouble with storing must not keep it from them."""
    slugs = [concern.slug for concern in screening.concerns]
    for hook in on_safety_answer:
        try:
            hook(slugs=slugs, level=str(screening.level), answers=answers, now=now)
        except (DatabaseError, DomainError) as error:
            # No traceback: the database may quote in it what was answered.
            logger.error(  # noqa: TRY400
                "A safety answer could not be stored (%s). The advice was shown all the same.", type(error).__name__
            )
