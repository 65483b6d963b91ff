"""What an entry may say: every field, every bound, and anything at all that somebody may send."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clients.record_kinds import read_content
from clients.record_kinds.definitions import Definition
from clients.record_kinds.measurements import SIDES, TESTS, Change, change_between, series_of
from clinic.errors import InvalidInput

MARK = {
    "view": "anterior",
    "points": [[0.5, 0.25]],
    "kind": "pain",
    "intensity": 4,
    "note": "on stairs",
    "author": "client",
}
EXERCISE = {"title": "Calf raises", "instructions": "Slowly, on a step."}
KNEE = {"test": "knee-to-wall", "side": "left", "value": 9.5}
FEET = dict.fromkeys(TESTS["foot-posture-index"].items, 1)
THREE = [{"name": name, "score": score} for name, score in (("Stairs", 4), ("Running", 2), ("Kneeling", 5))]


def errors_of(kind: str, content: object) -> dict[str, list[str]]:
    with pytest.raises(InvalidInput) as caught:
        read_content(kind, content)
    return {name: [one["code"] for one in found] for name, found in caught.value.errors.items()}


def outcome_of(kind: str, content: object) -> tuple[dict[str, Any], list[str]]:
    """What is kept, or the names of what was wrong."""
    try:
        return read_content(kind, content), []
    except InvalidInput as refused:
        return {}, list(refused.errors)


# --- Measurements ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "kept"),
    [
        (KNEE, KNEE),
        (KNEE | {"value": 10.0, "note": " cold "}, KNEE | {"value": 10, "note": "cold"}),
        (
            {"test": "dorsiflexion", "side": "right", "value": -20, "position": "knee bent"},
            {"test": "dorsiflexion", "side": "right", "value": -20, "position": "knee bent"},
        ),
        (
            {"test": "foot-posture-index", "side": "left", "items": FEET},
            {"test": "foot-posture-index", "side": "left", "items": FEET, "value": 6},
        ),
        (
            {"test": "thomas", "side": "left", "positive": False, "components": {"hip": -5}},
            {"test": "thomas", "side": "left", "positive": False, "components": {"hip": -5}},
        ),
        ({"test": "ely", "side": "left", "positive": True}, {"test": "ely", "side": "left", "positive": True}),
        (
            {"test": "single-leg-squat", "side": "left", "grade": "fair", "faults": ["foot", "trunk"]},
            {"test": "single-leg-squat", "side": "left", "grade": "fair", "faults": ["trunk", "foot"]},
        ),
        (
            {"test": "gait-observation", "side": "right", "items": {"limp": 0}},
            {"test": "gait-observation", "side": "right", "items": {"limp": 0}},
        ),
        (
            {"test": "shoe-wear", "side": "left", "zones": ["even"], "age_in_months": 0, "model": "Trail 5"},
            {"test": "shoe-wear", "side": "left", "zones": ["even"], "age_in_months": 0, "model": "Trail 5"},
        ),
        ({"test": "pain-nrs", "value": 0}, {"test": "pain-nrs", "side": "none", "value": 0}),
        (
            {"test": "lefs", "side": "none", "value": 61, "version": "UK 1"},
            {"test": "lefs", "side": "none", "value": 61, "version": "UK 1"},
        ),
        (
            {"test": "koos-ps", "value": 61, "version": "1", "direction": "lower"},
            {"test": "koos-ps", "side": "none", "value": 61, "version": "1", "direction": "lower"},
        ),
        (
            {"test": "my-three-activities", "activities": THREE},
            {"test": "my-three-activities", "side": "none", "activities": THREE, "value": 3.67},
        ),
    ],
)
def test_measurement_is_kept_as_its_test_defines_it(content: dict[str, Any], kept: dict[str, Any]) -> None:
    assert read_content("measurement", content) == kept


@pytest.mark.parametrize(
    ("content", "errors"),
    [
        ({}, {"content.test": ["required"]}),
        (KNEE | {"test": "knee-to-moon"}, {"content.test": ["invalid_choice"]}),
        (KNEE | {"test": ["knee-to-wall"]}, {"content.test": ["invalid_choice"]}),
        (KNEE | {"side": "none"}, {"content.side": ["invalid_choice"]}),
        ({"test": "knee-to-wall", "value": 9}, {"content.side": ["required"]}),
        ({"test": "pain-nrs", "side": "left", "value": 3}, {"content.side": ["invalid_choice"]}),
        (KNEE | {"value": None}, {"content.value": ["required"]}),
        (KNEE | {"value": 25.01}, {"content.value": ["out_of_range"]}),
        (KNEE | {"value": -0.01}, {"content.value": ["out_of_range"]}),
        (KNEE | {"value": math.nan}, {"content.value": ["out_of_range"]}),
        (KNEE | {"value": math.inf}, {"content.value": ["out_of_range"]}),
        (KNEE | {"value": 10**400}, {"content.value": ["out_of_range"]}),
        (KNEE | {"value": 9.123}, {"content.value": ["max_decimal_places"]}),
        (KNEE | {"value": "9"}, {"content.value": ["invalid"]}),
        (KNEE | {"value": True}, {"content.value": ["invalid"]}),
        (KNEE | {"items": {}}, {"content.items": ["unknown_field"]}),
        (KNEE | {"unit": "mm"}, {"content.unit": ["unknown_field"]}),
        (KNEE | {"note": "x" * 2_001}, {"content.note": ["max_length"]}),
        ({"test": "heel-raise", "side": "left", "value": 9.5}, {"content.value": ["not_whole"]}),
        ({"test": "dorsiflexion", "side": "left", "value": 9}, {"content.position": ["required"]}),
        ({"test": "foot-posture-index", "side": "left"}, {"content.items": ["required"]}),
        (
            {"test": "foot-posture-index", "side": "left", "items": FEET | {"arch": 3}},
            {"content.items.arch": ["out_of_range"]},
        ),
        (
            {"test": "foot-posture-index", "side": "left", "items": {k: v for k, v in FEET.items() if k != "arch"}},
            {"content.items.arch": ["required"]},
        ),
        (
            {"test": "foot-posture-index", "side": "left", "items": FEET | {"toes": 1}},
            {"content.items.toes": ["unknown_field"]},
        ),
        (
            {"test": "foot-posture-index", "side": "left", "items": FEET, "value": 12},
            {"content.value": ["unknown_field"]},
        ),
        ({"test": "gait-observation", "side": "left", "items": {}}, {"content.items": ["required"]}),
        ({"test": "gait-observation", "side": "left", "items": [1]}, {"content.items": ["invalid"]}),
        ({"test": "ely", "side": "left", "value": 90}, {"content.positive": ["required"]}),
        ({"test": "ely", "side": "left", "positive": "yes"}, {"content.positive": ["invalid"]}),
        ({"test": "ely", "side": "left", "positive": True, "value": 181}, {"content.value": ["out_of_range"]}),
        (
            {"test": "thomas", "side": "left", "positive": True, "components": {"ankle": 3}},
            {"content.components.ankle": ["unknown_field"]},
        ),
        ({"test": "single-leg-squat", "side": "left", "grade": "bad"}, {"content.grade": ["invalid_choice"]}),
        (
            {"test": "single-leg-squat", "side": "left", "grade": "good", "faults": ["foot", "foot"]},
            {"content.faults": ["repeated"]},
        ),
        ({"test": "shoe-wear", "side": "left", "zones": []}, {"content.zones": ["required"]}),
        ({"test": "shoe-wear", "side": "left", "zones": [{}]}, {"content.zones": ["invalid_choice"]}),
        ({"test": "lefs", "value": 61}, {"content.version": ["required"]}),
        (
            {"test": "lefs", "value": 61, "version": "1", "items": {"1": 4}},
            {"content.items": ["unknown_field"]},
        ),
        ({"test": "koos-ps", "value": 61, "version": "1"}, {"content.direction": ["required"]}),
        ({"test": "my-three-activities", "activities": THREE[:2]}, {"content.activities": ["wrong_length"]}),
        ({"test": "my-three-activities", "activities": [THREE[0]] * 3}, {"content.activities": ["repeated"]}),
        (
            {"test": "my-three-activities", "activities": [*THREE[:2], {"name": "Hop\nping", "score": 11}]},
            {
                "content.activities.2.name": ["not_one_line"],
                "content.activities.2.score": ["out_of_range"],
            },
        ),
    ],
)
def test_measurement_with_a_mistake_names_it(content: object, errors: dict[str, list[str]]) -> None:
    assert errors_of("measurement", content) == errors


_PLAIN = [d for d in TESTS.values() if d.range and not (d.items or d.activities or d.has_result)]


def _plain(definition: Definition, value: float) -> dict[str, Any]:
    needed = {
        "side": SIDES[0] if definition.is_per_side else None,
        "position": definition.positions[0] if definition.positions else None,
        "version": None if definition.is_embedded else "1",
        "direction": "lower" if definition.has_direction else None,
    }
    return {"test": definition.slug, "value": value} | {k: v for k, v in needed.items() if v}


@settings(max_examples=200, deadline=None)
@given(
    definition=st.sampled_from(_PLAIN),
    value=st.decimals(-2_000, 2_000, places=2, allow_nan=False).map(float) | st.integers(),
)
def test_figure_is_kept_exactly_when_it_is_in_the_range_of_its_test(definition: Definition, value: float) -> None:
    assert definition.range is not None
    lowest, highest = definition.range
    is_whole_enough = value == int(value) or not definition.is_whole

    kept, wrong = outcome_of("measurement", _plain(definition, value))

    if lowest <= value <= highest and is_whole_enough:
        assert (kept["value"], wrong) == (value, [])
    else:
        assert (kept, wrong) == ({}, ["content.value"])


@pytest.mark.parametrize("definition", _PLAIN, ids=lambda definition: definition.slug)
def test_figure_on_either_end_of_the_range_is_kept_and_one_beyond_is_not(definition: Definition) -> None:
    assert definition.range is not None
    for end, beyond in zip(definition.range, (-1, 1), strict=True):
        assert read_content("measurement", _plain(definition, end))["value"] == end
        assert errors_of("measurement", _plain(definition, end + beyond)) == {"content.value": ["out_of_range"]}


_JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
_FIELD = st.sampled_from(
    [
        *("test", "side", "value", "items", "activities", "components", "positive", "grade", "faults", "zones"),
        *("model", "position", "version", "direction", "note", "age_in_months", "marks", "answers", "points"),
    ]
)


@settings(max_examples=300, deadline=None)
@given(
    kind=st.sampled_from(["intake", "measurement", "body-chart", "home-care"]),
    content=_JSON
    | st.dictionaries(_FIELD, _JSON, max_size=6)
    | st.builds(
        lambda slug, rest: {"side": "left", **rest, "test": slug},
        st.sampled_from(list(TESTS)),
        st.dictionaries(_FIELD, _JSON, max_size=4),
    ),
)
def test_anything_at_all_is_kept_as_json_or_refused_by_name(kind: str, content: Any) -> None:
    kept, wrong = outcome_of(kind, content)

    assert bool(kept) != bool(wrong)
    assert [name for name in wrong if name != "content" and not name.startswith("content.")] == []
    assert json.loads(json.dumps(kept, allow_nan=False)) == kept


# --- Change ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("earlier", "now", "change"),
    [
        (9, 10.8, Change(1.8, is_within_measurement_error=True)),
        (9, 10.9, Change(1.9, is_within_measurement_error=False)),
        (9, 7.2, Change(-1.8, is_within_measurement_error=True)),
        (9, 7.1, Change(-1.9, is_within_measurement_error=False)),
        (9, 9, Change(0, is_within_measurement_error=True)),
    ],
)
def test_change_smaller_than_the_mdc_is_within_measurement_error(earlier: float, now: float, change: Change) -> None:
    assert change_between(KNEE | {"value": now}, KNEE | {"value": earlier}) == change


def test_change_at_the_mdc_in_binary_fractions_would_be_taken_for_error() -> None:
    """The mutant: plain subtraction says 1.9 is less than 1.9."""
    assert 8.1 - 6.2 < 1.9
    assert change_between(KNEE | {"value": 8.1}, KNEE | {"value": 6.2}) == Change(
        1.9, is_within_measurement_error=False
    )


def test_change_of_a_test_without_an_mdc_says_nothing_about_error() -> None:
    angle = {"test": "q-angle", "side": "left"}

    assert change_between(angle | {"value": 14}, angle | {"value": 12}) == Change(2, is_within_measurement_error=None)


def test_change_without_two_figures_is_none() -> None:
    squat = {"test": "single-leg-squat", "side": "left", "grade": "good"}

    assert change_between(squat, squat) is None


@pytest.mark.parametrize(
    "other",
    [
        {"side": "right"},
        {"test": "navicular-drop"},
        {"position": "knee bent"},
        {"version": "2"},
        {"direction": "lower"},
        {"activities": [{"name": "Stairs", "score": 1}]},
    ],
)
def test_what_differs_in_more_than_its_figure_is_another_series(other: dict[str, Any]) -> None:
    assert series_of(KNEE) == series_of(KNEE | {"value": 1, "note": "x"})
    assert series_of(KNEE | other) != series_of(KNEE)


# --- The other kinds ------------------------------------------------------------------------------


def test_body_chart_is_kept_with_its_marks() -> None:
    kept = read_content("body-chart", {"marks": [MARK | {"intensity": None, "points": [[0, 1], [0.33333333, 1.0]]}]})

    assert kept == {"marks": [MARK | {"intensity": None, "points": [[0.0, 1.0], [0.3333, 1.0]]}]}


@pytest.mark.parametrize(
    ("changed", "errors"),
    [
        ({"view": "inside"}, {"content.marks.0.view": ["invalid_choice"]}),
        ({"kind": "curse"}, {"content.marks.0.kind": ["invalid_choice"]}),
        ({"author": "receptionist"}, {"content.marks.0.author": ["invalid_choice"]}),
        ({"intensity": 11}, {"content.marks.0.intensity": ["out_of_range"]}),
        ({"intensity": 4.5}, {"content.marks.0.intensity": ["not_whole"]}),
        ({"points": []}, {"content.marks.0.points": ["wrong_length"]}),
        ({"points": [[0.5, 0.5]] * 201}, {"content.marks.0.points": ["wrong_length"]}),
        ({"points": [[0.5, 1.01]]}, {"content.marks.0.points": ["invalid"]}),
        ({"points": [[0.5]]}, {"content.marks.0.points": ["invalid"]}),
        ({"points": [[math.nan, 0.5]]}, {"content.marks.0.points": ["invalid"]}),
        ({"points": "here"}, {"content.marks.0.points": ["invalid"]}),
        ({"note": "x" * 501}, {"content.marks.0.note": ["max_length"]}),
        ({"svg": "<svg/>"}, {"content.marks.0.svg": ["unknown_field"]}),
    ],
)
def test_body_chart_with_a_mistake_names_it(changed: dict[str, Any], errors: dict[str, list[str]]) -> None:
    assert errors_of("body-chart", {"marks": [MARK | changed]}) == errors


def test_body_chart_has_a_most_of_marks_and_of_points() -> None:
    assert errors_of("body-chart", {"marks": []}) == {"content.marks": ["wrong_length"]}
    assert errors_of("body-chart", {"marks": [MARK] * 101}) == {"content.marks": ["wrong_length"]}
    crowded = MARK | {"points": [[0.5, 0.5]] * 200}
    assert errors_of("body-chart", {"marks": [crowded] * 11}) == {"content.marks": ["too_many_points"]}


@pytest.mark.parametrize(
    ("content", "errors"),
    [
        ({}, {"content.answers": ["required"]}),
        ({"answers": {}}, {"content.answers": ["blank"]}),
        ({"answers": {"history": "  "}}, {"content.answers": ["blank"]}),
        ({"answers": "sore"}, {"content.answers": ["invalid"]}),
        ({"answers": {"goals": "x" * 5_001}}, {"content.answers.goals": ["max_length"]}),
        ({"answers": {"goals": 5}}, {"content.answers.goals": ["invalid"]}),
        ({"answers": {"goals": "run", "consent": "yes"}}, {"content.answers.consent": ["unknown_field"]}),
        ({"answers": {"goals": "run"}, "consents": []}, {"content.consents": ["unknown_field"]}),
    ],
)
def test_intake_with_a_mistake_names_it(content: object, errors: dict[str, list[str]]) -> None:
    assert errors_of("intake", content) == errors


def test_intake_with_one_answer_is_kept() -> None:
    kept = read_content("intake", {"answers": {"allergies": "latex\nnuts"}})

    assert kept["answers"]["allergies"] == "latex\nnuts"
    assert sum(bool(answer) for answer in kept["answers"].values()) == 1


@pytest.mark.parametrize(
    ("changed", "errors"),
    [
        ({"title": ""}, {"content.items.0.title": ["blank"]}),
        ({"title": "x" * 121}, {"content.items.0.title": ["max_length"]}),
        ({"instructions": None}, {"content.items.0.instructions": ["required"]}),
        ({"times_per_day": 0}, {"content.items.0.times_per_day": ["out_of_range"]}),
        ({"days_per_week": 8}, {"content.items.0.days_per_week": ["out_of_range"]}),
        ({"until": "soon"}, {"content.items.0.until": ["invalid"]}),
        ({"until": 20270101}, {"content.items.0.until": ["invalid"]}),
        ({"video": "x"}, {"content.items.0.video": ["unknown_field"]}),
    ],
)
def test_home_care_with_a_mistake_names_it(changed: dict[str, Any], errors: dict[str, list[str]]) -> None:
    assert errors_of("home-care", {"items": [EXERCISE | changed]}) == errors


def test_home_care_has_a_most_of_items() -> None:
    assert len(read_content("home-care", {"items": [EXERCISE] * 20})["items"]) == 20
    assert errors_of("home-care", {"items": [EXERCISE] * 21}) == {"content.items": ["wrong_length"]}


def test_names_that_nobody_knows_are_repeated_in_measure() -> None:
    found = errors_of("home-care", {"items": [EXERCISE], **{f"{n}{'x' * 500}": 1 for n in range(500)}})

    assert len(found) == 20
    assert max(map(len, found)) <= 100


# --- The figures ----------------------------------------------------------------------------------


def _least(definition: Definition) -> dict[str, Any]:
    """The least that can be said of this test."""
    content = _plain(definition, definition.range[0] if definition.range else 0)
    figures: dict[str, Any] = {
        "items": dict.fromkeys(definition.items, 1),
        "activities": THREE if definition.activities else [],
        "grade": definition.grades[0] if definition.grades else "",
        "zones": list(definition.zones[:1]),
        "positive": True if definition.has_result else None,
    }
    instead = {name: figure for name, figure in figures.items() if figure}
    return {name: value for name, value in content.items() if name != "value"} | instead if instead else content


@pytest.mark.parametrize("definition", TESTS.values(), ids=lambda definition: definition.slug)
def test_every_test_has_a_way_to_be_recorded(definition: Definition) -> None:
    assert read_content("measurement", _least(definition))["test"] == definition.slug


def test_no_wording_of_others_questionnaires_is_shipped() -> None:
    facts = json.loads((Path(__file__).parents[2] / "clients/reference/clinical_tests.json").read_text())

    for slug, entry in facts["outcome_measures"].items():
        assert entry["embed"] or not {"items", "questions", "note"} & set(entry), slug
