"""How the guide weighs answers. Pure: values in, values out, no database and no clock.

Answers run from 0 (never) to 3 (always), weights from 0 to 3. All sums are exact fractions, so that
equal scores are equal and ties keep the order in which the guide lists its entries.

    issue       sum(answer * weight) / sum(3 * weight) over the indicators; a ticked follow-up adds
                answer * bonus to the upper sum only
    treatment   sum over issues of issue score * weight / 3, plus sum over boosts of
                answer / 3 * boost / 3
    measure     sum over issues of issue score * weight / 3
    assessment  the greatest over issues of issue score * weight / 3

An issue's score lies between 0 and 1; only follow-ups ticked beside a full set of answers can lift it
a little above. Issues under the threshold are not shown, yet count in what they lead to.
The figures are opinion for the therapist to edit, not measurements: they rank, they do not diagnose.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final, TypeVar

HIGHEST: Final = 3
ANSWER_NAMES: Final[Mapping[int, str]] = {0: "never", 1: "sometimes", 2: "often", 3: "always"}

Weights = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class FollowUp:
    slug: str
    name: str
    bonuses: Weights = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Indicator:
    """Something a person notices. `weights` maps the slugs of issues to how much it speaks for them."""

    slug: str
    name: str
    weights: Weights = field(default_factory=dict)
    follow_ups: tuple[FollowUp, ...] = ()


@dataclass(frozen=True, slots=True)
class Issue:
    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A treatment, measure or assessment. `boosts` maps the slugs of indicators to their direct say."""

    slug: str
    name: str
    weights: Weights = field(default_factory=dict)
    boosts: Weights = field(default_factory=dict)


Entry = TypeVar("Entry", Issue, Candidate)


@dataclass(frozen=True, slots=True)
class Guide:
    threshold: Fraction
    issues: tuple[Issue, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    treatments: tuple[Candidate, ...] = ()
    measures: tuple[Candidate, ...] = ()
    assessments: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class Answers:
    """`degrees` maps indicators to 0..3, `ticked` maps indicators to the follow-ups ticked under them."""

    degrees: Mapping[str, int] = field(default_factory=dict)
    ticked: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Suggestion:
    slug: str
    name: str
    score: Fraction
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Each list with the best first. What scores nothing is left out."""

    issues: tuple[Suggestion, ...]
    treatments: tuple[Suggestion, ...]
    measures: tuple[Suggestion, ...]
    assessments: tuple[Suggestion, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """What one answer, or one tick under it, adds to a score."""

    text: str
    amount: Fraction


def suggest(guide: Guide, answers: Answers) -> Suggestions:
    """What the answers speak for. Slugs that the guide does not know have no say."""
    parts = {issue.slug: issue_parts(issue.slug, guide=guide, answers=answers) for issue in guide.issues}
    issues = _ranked(guide.issues, parts_of=lambda issue: parts[issue.slug], at_least=guide.threshold)
    return Suggestions(
        issues=issues,
        treatments=_ranked(
            guide.treatments,
            parts_of=lambda one: _summed(one, parts) + _boosts(one, guide=guide, answers=answers),
        ),
        measures=_ranked(guide.measures, parts_of=lambda one: _summed(one, parts)),
        assessments=_ranked(guide.assessments, parts_of=lambda one: _greatest(one, parts)),
    )


def issue_parts(issue: str, *, guide: Guide, answers: Answers) -> list[Part]:
    """What each answer adds to the score of `issue`; the score is their sum."""
    most = sum(HIGHEST * indicator.weights.get(issue, 0) for indicator in guide.indicators)
    if most == 0:
        return []
    return [
        Part(text, Fraction(degree * weight, most))
        for indicator in guide.indicators
        if (degree := answers.degrees.get(indicator.slug, 0))
        for text, weight in _says(indicator, issue=issue, degree=degree, answers=answers)
        if weight
    ]


def _says(indicator: Indicator, *, issue: str, degree: int, answers: Answers) -> Iterable[tuple[str, int]]:
    yield _answered(indicator, degree), indicator.weights.get(issue, 0)
    ticked = answers.ticked.get(indicator.slug, ())
    for follow_up in indicator.follow_ups:
        if follow_up.slug in ticked:
            yield f"You ticked “{follow_up.name}” under “{indicator.name}”.", follow_up.bonuses.get(issue, 0)


def _answered(indicator: Indicator, degree: int) -> str:
    return f"You answered “{ANSWER_NAMES[degree]}” to “{indicator.name}”."


def _summed(candidate: Candidate, parts: Mapping[str, list[Part]]) -> list[Part]:
    return [part for issue in parts for part in _weighed(candidate, issue, parts)]


def _greatest(candidate: Candidate, parts: Mapping[str, list[Part]]) -> list[Part]:
    return max((_weighed(candidate, issue, parts) for issue in parts), key=_total, default=[])


def _weighed(candidate: Candidate, issue: str, parts: Mapping[str, list[Part]]) -> list[Part]:
    share = Fraction(candidate.weights.get(issue, 0), HIGHEST)
    return [Part(part.text, part.amount * share) for part in parts[issue] if share]


def _boosts(candidate: Candidate, *, guide: Guide, answers: Answers) -> list[Part]:
    return [
        Part(_answered(indicator, degree), Fraction(degree * boost, HIGHEST * HIGHEST))
        for indicator in guide.indicators
        if (degree := answers.degrees.get(indicator.slug, 0)) and (boost := candidate.boosts.get(indicator.slug, 0))
    ]


def _total(parts: Iterable[Part]) -> Fraction:
    return sum((part.amount for part in parts), Fraction(0))


def _ranked(
    entries: Iterable[Entry], *, parts_of: Callable[[Entry], list[Part]], at_least: Fraction = Fraction(0)
) -> tuple[Suggestion, ...]:
    scored = [_suggestion(entry, parts_of(entry)) for entry in entries]
    shown = [one for one in scored if one.score > 0 and one.score >= at_least]
    return tuple(sorted(shown, key=lambda one: -one.score))  # a stable sort: ties keep their order


def _suggestion(entry: Issue | Candidate, parts: list[Part]) -> Suggestion:
    return Suggestion(slug=entry.slug, name=entry.name, score=_total(parts), because=_because(parts))


def _because(parts: Iterable[Part]) -> tuple[str, ...]:
    """The answers that count, the weightiest first, each named once."""
    amounts: dict[str, Fraction] = {}
    for part in parts:
        amounts[part.text] = amounts.get(part.text, Fraction(0)) + part.amount
    return tuple(sorted((text for text, amount in amounts.items() if amount), key=lambda text: -amounts[text]))
