"""The guide's sums: worked examples by hand, and what must hold for every guide and every answer."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.treatments.installed import GUIDE
from treatments.scoring import Answers, Candidate, FollowUp, Guide, Indicator, Issue, Suggestion, suggest


def rounded(lines: tuple[Suggestion, ...]) -> dict[str, float]:
    return {line.slug: round(float(line.score), 3) for line in lines}


# --- Worked by hand -------------------------------------------------------------------------------


def test_suggest_tight_calves_and_treadmill_scores_as_worked_by_hand() -> None:
    answers = Answers({"tight-calves-or-plantar-fascia": 3, "worse-after-leg-day-or-treadmill": 2})

    found = suggest(replace(GUIDE, threshold=Fraction(0)), answers)

    assert rounded(found.issues) == {
        "restricted-ankle-mobility": 0.5,
        "high-arches": 0.333,
        "flat-feet": 0.185,
        "uneven-foot-strike": 0.074,
    }
    assert list(rounded(found.treatments).items()) == [
        ("calf-release", 2.093),
        ("plantar-fascia-mobilisation", 1.537),
        ("quad-hamstring-balance", 1.062),
        ("it-band-lateral-thigh", 0.537),
        ("glute-activation", 0.451),
    ]
    assert found.assessments[0].slug == "knee-to-wall"


def test_suggest_issues_under_the_threshold_are_left_out_yet_count() -> None:
    answers = Answers({"tight-calves-or-plantar-fascia": 3, "worse-after-leg-day-or-treadmill": 2})

    found = suggest(GUIDE, answers)

    assert list(rounded(found.issues)) == ["restricted-ankle-mobility", "high-arches"]
    assert rounded(found.treatments)["calf-release"] == 2.093


def test_suggest_one_leg_and_shoe_wear_scores_as_worked_by_hand() -> None:
    answers = Answers({"one-leg-longer-or-stronger": 3, "uneven-shoe-wear": 3})

    found = suggest(GUIDE, answers)

    assert list(rounded(found.issues).items()) == [("uneven-foot-strike", 0.667), ("high-arches", 0.25)]
    assert list(rounded(found.treatments).items())[:2] == [
        ("glute-activation", 1.376),
        ("quad-hamstring-balance", 1.076),
    ]
    assert [line.slug for line in found.assessments][:3] == ["gait-observation", "shoe-wear", "leg-length"]
    assert len({line.score for line in found.assessments[:3]}) == 1


def test_suggest_score_of_exactly_the_threshold_is_shown() -> None:
    found = suggest(GUIDE, Answers({"uneven-shoe-wear": 3, "one-leg-longer-or-stronger": 3}))
    assert found.issues[-1].score == GUIDE.threshold


def test_suggest_ticked_follow_up_adds_to_the_upper_sum_only() -> None:
    degrees = {"uneven-shoe-wear": 2, "knee-feels-twisted": 1}

    plain = rounded(suggest(GUIDE, Answers(degrees)).issues)
    ticked = rounded(suggest(GUIDE, Answers(degrees, {"uneven-shoe-wear": ["inner-edge"]})).issues)

    assert plain["flat-feet"] == round(7 / 27, 3)
    assert ticked["flat-feet"] == round(9 / 27, 3)


def test_suggest_follow_up_under_an_answer_of_never_adds_nothing() -> None:
    ticked = Answers({"uneven-shoe-wear": 0, "knee-feels-twisted": 3}, {"uneven-shoe-wear": ["inner-edge"]})
    assert suggest(GUIDE, ticked) == suggest(GUIDE, Answers({"knee-feels-twisted": 3}))


def test_suggest_lines_name_the_answers_they_came_from_weightiest_first() -> None:
    answers = Answers(
        {"knee-feels-twisted": 3, "uneven-shoe-wear": 1, "one-leg-longer-or-stronger": 3},
        {"uneven-shoe-wear": ["inner-edge"]},
    )
    names = {indicator.slug: indicator.name for indicator in GUIDE.indicators}

    flat_feet = next(line for line in suggest(GUIDE, answers).issues if line.slug == "flat-feet")

    assert flat_feet.because == (
        f"You answered “always” to “{names['knee-feels-twisted']}”.",
        f"You answered “sometimes” to “{names['uneven-shoe-wear']}”.",
        f"You ticked “Worn more along the inner edge” under “{names['uneven-shoe-wear']}”.",
    )


def test_suggest_treatment_names_an_answer_once_though_it_counts_twice() -> None:
    found = suggest(GUIDE, Answers({"tight-calves-or-plantar-fascia": 3}))
    assert [len(line.because) for line in found.treatments] == [1] * 5


# --- What must always hold ------------------------------------------------------------------------

few = settings(max_examples=50, deadline=None)  # a busy machine is no finding
SLUGS = ["a", "b", "c", "d"]
weights = st.dictionaries(st.sampled_from(SLUGS), st.integers(0, 3))


@st.composite
def guides(draw: st.DrawFn) -> Guide:
    indicators = tuple(
        Indicator(slug, slug.upper(), draw(weights), (FollowUp("tick", "Tick", draw(weights)),)) for slug in SLUGS
    )
    candidates = st.lists(
        st.builds(Candidate, slug=st.text("xyz", min_size=1), name=st.just("N"), weights=weights, boosts=weights),
        max_size=5,
        unique_by=lambda one: one.slug,
    ).map(tuple)
    return Guide(
        threshold=Fraction(draw(st.integers(0, 1000)), 1000),
        issues=tuple(Issue(slug, slug.upper()) for slug in SLUGS),
        indicators=indicators,
        treatments=draw(candidates),
        measures=draw(candidates),
        assessments=draw(candidates),
    )


degrees = st.dictionaries(st.sampled_from(SLUGS), st.integers(0, 3))
ticks = st.dictionaries(st.sampled_from(SLUGS), st.just(["tick"]))
answers_given = st.builds(Answers, degrees, ticks)
KINDS = ("issues", "treatments", "measures", "assessments")


def scores(guide: Guide, answers: Answers) -> dict[str, dict[str, Fraction]]:
    found = suggest(replace(guide, threshold=Fraction(0)), answers)
    return {kind: {line.slug: line.score for line in getattr(found, kind)} for kind in KINDS}


@few
@given(guides(), answers_given, st.sampled_from(SLUGS))
def test_suggest_a_stronger_answer_never_lowers_a_score(guide: Guide, answers: Answers, slug: str) -> None:
    stronger = replace(answers, degrees={**answers.degrees, slug: 3})
    before, after = scores(guide, answers), scores(guide, stronger)
    for kind in KINDS:
        assert all(after[kind].get(one, 0) >= score for one, score in before[kind].items())


@few
@given(guides(), degrees)
def test_suggest_issue_scores_stay_between_nothing_and_one(guide: Guide, given_degrees: dict[str, int]) -> None:
    assert all(0 < score <= 1 for score in scores(guide, Answers(given_degrees))["issues"].values())


@few
@given(guides(), answers_given)
def test_suggest_ticks_lift_an_issue_by_no_more_than_their_bonus(guide: Guide, answers: Answers) -> None:
    plain = scores(guide, replace(answers, ticked={}))["issues"]
    for issue, score in scores(guide, answers)["issues"].items():
        most = sum(3 * one.weights.get(issue, 0) for one in guide.indicators)
        ticked = [one for one in guide.indicators if one.slug in answers.ticked]
        bonus = sum(answers.degrees.get(one.slug, 0) * one.follow_ups[0].bonuses.get(issue, 0) for one in ticked)
        assert score == plain.get(issue, 0) + Fraction(bonus, most)


@few
@given(guides(), answers_given)
def test_suggest_lists_run_downwards_and_ties_keep_their_order(guide: Guide, answers: Answers) -> None:
    found = suggest(guide, answers)
    for kind in KINDS:
        order = [entry.slug for entry in getattr(guide, kind)]
        ranks = [(-line.score, order.index(line.slug)) for line in getattr(found, kind)]
        assert ranks == sorted(ranks)


@few
@given(guides(), answers_given)
def test_suggest_every_line_gives_a_reason_and_no_reason_twice(guide: Guide, answers: Answers) -> None:
    found = suggest(guide, answers)
    for kind in KINDS:
        for line in getattr(found, kind):
            assert line.because
            assert len(set(line.because)) == len(line.because)


@few
@given(guides(), st.dictionaries(st.sampled_from(SLUGS), st.just(0)), ticks)
def test_suggest_nothing_answered_suggests_nothing(
    guide: Guide, nevers: dict[str, int], ticked: dict[str, list[str]]
) -> None:
    found = suggest(guide, Answers(nevers, ticked))
    assert [getattr(found, kind) for kind in KINDS] == [(), (), (), ()]


@few
@given(guides(), answers_given)
def test_suggest_unknown_slugs_have_no_say(guide: Guide, answers: Answers) -> None:
    padded = replace(answers, degrees={**answers.degrees, "unheard-of": 3})
    assert suggest(guide, padded) == suggest(guide, answers)


@few
@given(guides(), answers_given)
def test_suggest_issues_shown_are_those_at_or_over_the_threshold(guide: Guide, answers: Answers) -> None:
    shown = {line.slug for line in suggest(guide, answers).issues}
    assert shown == {slug for slug, score in scores(guide, answers)["issues"].items() if score >= guide.threshold}


@pytest.mark.parametrize("answer", [1, 2, 3])
def test_suggest_entry_without_weights_is_never_suggested(answer: int) -> None:
    guide = Guide(Fraction(0), (Issue("a", "A"),), (Indicator("i", "I"),), (Candidate("t", "T"),))
    assert suggest(guide, Answers({"i": answer})).treatments == ()
