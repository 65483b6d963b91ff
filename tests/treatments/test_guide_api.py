"""The guide over HTTP: safety first, then suggestions; and nothing that is not understood is let by."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client as Browser
from pytest_django import DjangoAssertNumQueries

from clinic.errors import Busy, InvalidInput
from treatments.hooks import SafetyAnswerHook
from treatments.models import (
    FollowUp,
    GuideRules,
    Indicator,
    IndicatorWeight,
    Issue,
    SafetyQuestion,
    Treatment,
    TreatmentWeight,
)
from treatments.safety import TEXT_OF, Level
from treatments.services import screen

GUIDE = "/api/v1/guide/"
CALVES = {"tight-calves-or-plantar-fascia": 3, "worse-after-leg-day-or-treadmill": 2}

pytestmark = pytest.mark.usefixtures("seeded")


def ask(client: Browser, body: object) -> tuple[int, Any]:
    response = client.post(GUIDE, data=json.dumps(body), content_type="application/json")
    return response.status_code, response.json()


# --- The questions --------------------------------------------------------------------------------


def test_get_guide_lists_what_is_asked_in_order(client: Browser) -> None:
    body = client.get(GUIDE).json()

    assert body["answer_choices"] == [
        {"value": 0, "name": "never"},
        {"value": 1, "name": "sometimes"},
        {"value": 2, "name": "often"},
        {"value": 3, "name": "always"},
    ]
    assert [one["slug"] for one in body["indicators"]] == list(
        Indicator.objects.order_by("position").values_list("slug", flat=True)
    )
    assert body["indicators"][2]["follow_ups"] == [
        {"slug": "inner-edge", "name": "Worn more along the inner edge"},
        {"slug": "outer-edge", "name": "Worn more along the outer edge"},
        {"slug": "left-right-differ", "name": "Left and right are worn differently"},
    ]
    assert len(body["safety_questions"]) == 15
    assert body["safety_questions"][0]["level"] == "emergency"
    assert [len(body[name]) for name in ("issues", "measures", "assessments")] == [4, 4, 8]


def test_get_guide_leaves_out_what_is_switched_off(client: Browser) -> None:
    Indicator.objects.filter(slug="knee-feels-twisted").update(is_active=False)
    FollowUp.objects.filter(slug="inner-edge").update(is_active=False)
    SafetyQuestion.objects.filter(slug="needs-care").update(is_active=False)

    body = client.get(GUIDE).json()

    assert "knee-feels-twisted" not in [one["slug"] for one in body["indicators"]]
    assert [one["slug"] for one in body["indicators"][1]["follow_ups"]] == ["outer-edge", "left-right-differ"]
    assert len(body["safety_questions"]) == 14


def test_get_guide_costs_seven_queries(client: Browser, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(7):
        client.get(GUIDE)
    for number in range(3):
        indicator = Indicator.objects.create(slug=f"i{number}", name="I", question="I?")
        FollowUp.objects.create(indicator=indicator, slug="f", name="F")
    with django_assert_num_queries(7):
        assert len(client.get(GUIDE).json()["indicators"]) == 9


def test_get_guide_may_be_kept_but_an_answer_never(client: Browser) -> None:
    assert client.get(GUIDE).headers["Cache-Control"] == "public, no-cache"
    answer = client.post(GUIDE, data=json.dumps({"answers": CALVES}), content_type="application/json")
    assert answer.headers["Cache-Control"] == "no-store"


def test_get_guide_before_anything_is_set_up_asks_nothing(client: Browser) -> None:
    for model in (Indicator, Issue, SafetyQuestion, GuideRules):
        model.objects.all().delete()
    body = client.get(GUIDE).json()
    assert (body["indicators"], body["safety_questions"], body["introduction"]) == ([], [], "")


# --- The answer -----------------------------------------------------------------------------------


def test_answer_scores_and_explains(client: Browser) -> None:
    status, body = ask(client, {"answers": CALVES, "safety": [], "follow_ups": {}})

    assert status == 200
    assert list(body) == ["issues", "treatments", "measures", "assessments"]
    assert body["issues"] == [
        {
            "slug": "restricted-ankle-mobility",
            "name": "Stiff ankle",
            "score": 0.5,
            "because": [
                "You answered “always” to “Tight calves or soles of the feet”.",
                "You answered “often” to “Worse after leg day or the treadmill”.",
            ],
        },
        {
            "slug": "high-arches",
            "name": "High arches",
            "score": 0.333,
            "because": [
                "You answered “always” to “Tight calves or soles of the feet”.",
                "You answered “often” to “Worse after leg day or the treadmill”.",
            ],
        },
    ]
    assert [(one["slug"], one["score"]) for one in body["treatments"]] == [
        ("calf-release", 2.093),
        ("plantar-fascia-mobilisation", 1.537),
        ("quad-hamstring-balance", 1.062),
        ("it-band-lateral-thigh", 0.537),
        ("glute-activation", 0.451),
    ]
    assert body["assessments"][0]["slug"] == "knee-to-wall"
    assert all(line["because"] for lines in body.values() for line in lines)


def test_answer_ticked_follow_up_counts(client: Browser) -> None:
    answers = {"uneven-shoe-wear": 3, "knee-feels-twisted": 1}
    _, body = ask(client, {"answers": answers, "follow_ups": {"uneven-shoe-wear": ["inner-edge"]}})
    flat_feet = next(line for line in body["issues"] if line["slug"] == "flat-feet")
    assert flat_feet["score"] == round(12 / 27, 3)
    assert "You ticked “Worn more along the inner edge” under “Shoes that wear unevenly”." in flat_feet["because"]


@pytest.mark.parametrize("body", [{}, {"answers": {}}, {"answers": {"knee-feels-twisted": 0}}])
def test_answer_nothing_said_suggests_nothing(client: Browser, body: dict[str, Any]) -> None:
    assert ask(client, body) == (200, {"issues": [], "treatments": [], "measures": [], "assessments": []})


def test_answer_hidden_treatment_is_not_suggested(client: Browser) -> None:
    Treatment.objects.filter(slug="calf-release").update(state="draft")
    _, body = ask(client, {"answers": CALVES})
    assert "calf-release" not in [one["slug"] for one in body["treatments"]]


def test_answer_switched_off_issue_counts_no_more(client: Browser) -> None:
    Issue.objects.filter(slug="restricted-ankle-mobility").update(is_active=False)
    _, body = ask(client, {"answers": CALVES})
    assert [one["slug"] for one in body["issues"]] == ["high-arches"]
    calf = next(one for one in body["treatments"] if one["slug"] == "calf-release")
    assert calf["score"] == 1.593


def test_answer_follows_the_owners_weights_threshold_and_order(client: Browser) -> None:
    GuideRules.objects.update(threshold="0.400")
    TreatmentWeight.objects.filter(treatment__slug="glute-activation").update(weight=3)
    IndicatorWeight.objects.filter(issue__slug="high-arches").update(weight=0)
    Treatment.objects.filter(slug="calf-release").update(position=99)

    _, body = ask(client, {"answers": CALVES})

    assert [one["slug"] for one in body["issues"]] == ["restricted-ankle-mobility"]
    glutes = next(one for one in body["treatments"] if one["slug"] == "glute-activation")
    assert glutes["score"] == round(5 / 27 + 2 / 27 + 1 / 2, 3)


def test_answer_ties_keep_the_owners_order(client: Browser) -> None:
    Treatment.objects.exclude(slug__in=["it-band-lateral-thigh", "glute-activation"]).delete()
    TreatmentWeight.objects.update(weight=1)
    Treatment.objects.filter(slug="glute-activation").update(position=0)
    _, body = ask(client, {"answers": CALVES})
    assert [one["slug"] for one in body["treatments"]] == ["glute-activation", "it-band-lateral-thigh"]
    assert len({one["score"] for one in body["treatments"]}) == 1


def test_answer_costs_a_constant_number_of_queries(
    client: Browser, django_assert_num_queries: DjangoAssertNumQueries, hook_list: list[SafetyAnswerHook]
) -> None:
    with django_assert_num_queries(13):
        ask(client, {"answers": CALVES})
    with django_assert_num_queries(14):
        ask(client, {"answers": CALVES, "safety": ["needs-care", "chest-or-breathing"]})


# --- Safety ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("slug", "level"),
    [("cold-pale-foot", "emergency"), ("diabetic-foot", "urgent"), ("long-morning-stiffness", "gp")],
)
def test_safety_yes_hides_every_suggestion_and_shows_advice(client: Browser, slug: str, level: str) -> None:
    status, body = ask(client, {"answers": CALVES, "safety": [slug]})

    question = SafetyQuestion.objects.get(slug=slug)
    assert status == 200
    assert body == {
        "advice": {
            "level": level,
            "text": TEXT_OF[Level(level)],
            "concerns": [{"slug": slug, "question": question.question, "level": level, "advice": question.advice}],
        }
    }


def test_safety_several_yes_take_the_gravest_level_and_keep_each_advice(client: Browser) -> None:
    slugs = ["needs-care", "long-morning-stiffness", "swollen-warm-calf", "chest-or-breathing"]
    _, body = ask(client, {"safety": slugs})
    assert body["advice"]["level"] == "emergency"
    assert [one["slug"] for one in body["advice"]["concerns"]] == slugs[::-1]
    assert "999" in body["advice"]["text"]


def test_safety_review_shows_suggestions_and_that_the_therapist_looks_first(client: Browser) -> None:
    _, body = ask(client, {"answers": CALVES, "safety": ["needs-care"]})
    assert body["advice"]["level"] == "review"
    assert "therapist will look at your answer first" in body["advice"]["text"]
    assert body["treatments"][0]["slug"] == "calf-release"


def test_safety_no_yes_gives_no_advice_and_no_reassurance(client: Browser) -> None:
    _, body = ask(client, {"answers": CALVES})
    assert "advice" not in body


def test_safety_texts_never_reassure() -> None:
    texts = [*TEXT_OF.values(), *SafetyQuestion.objects.values_list("advice", flat=True)]
    assert [text for text in texts if any(word in text.lower() for word in ("safe", "nothing to worry", "fine"))] == []


def test_safety_question_switched_off_meanwhile_still_counts(client: Browser) -> None:
    SafetyQuestion.objects.filter(slug="chest-or-breathing").update(is_active=False)
    _, body = ask(client, {"safety": ["chest-or-breathing"]})
    assert body["advice"]["level"] == "emergency"


def test_screen_nothing_costs_nothing(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        screening = screen([])
    assert (screening.level, screening.stops, screening.needs_review, screening.concerns) == (None, False, False, ())


@pytest.mark.parametrize(
    ("slugs", "stops", "needs_review"),
    [
        (["needs-care"], False, True),
        (["spreading-numbness"], True, False),
        (["needs-care", "pop-and-swelling"], True, False),
    ],
)
def test_screen_tells_what_ends_a_booking_and_what_the_therapist_looks_at(
    slugs: list[str], *, stops: bool, needs_review: bool
) -> None:
    screening = screen(slugs)
    assert (screening.stops, screening.needs_review) == (stops, needs_review)


def test_screen_unknown_question_is_refused_under_the_callers_field() -> None:
    with pytest.raises(InvalidInput) as refused:
        screen(["needs-care", "made-up"], field="client.safety")
    assert refused.value.errors == {
        "client.safety": [{"code": "unknown_safety_question", "message": "There is no such safety question."}]
    }


# --- Telling the clients' floor -------------------------------------------------------------------


class Notebook:
    def __init__(self) -> None:
        self.told: list[tuple[list[str], str, dict[str, int], datetime]] = []

    def __call__(self, *, slugs: Sequence[str], level: str, answers: Mapping[str, int], now: datetime) -> None:
        self.told.append((list(slugs), level, dict(answers), now))


def test_hook_yes_is_told_with_the_other_answers(client: Browser, hook_list: list[SafetyAnswerHook]) -> None:
    notebook = Notebook()
    hook_list.append(notebook)
    before = datetime.now(UTC)

    ask(client, {"answers": CALVES, "safety": ["needs-care", "diabetic-foot"]})

    [(slugs, level, answers, now)] = notebook.told
    assert (slugs, level, answers) == (["diabetic-foot", "needs-care"], "urgent", CALVES)
    assert before <= now <= datetime.now(UTC)


def test_hook_without_a_yes_is_told_nothing(client: Browser, hook_list: list[SafetyAnswerHook]) -> None:
    notebook = Notebook()
    hook_list.append(notebook)
    ask(client, {"answers": CALVES})
    ask(client, {"safety": ["made-up"]})
    assert notebook.told == []


@pytest.mark.parametrize("trouble", [Busy(), IntegrityError("tight-calves")])
def test_hook_that_cannot_store_does_not_keep_the_advice_back(
    client: Browser,
    hook_list: list[SafetyAnswerHook],
    trouble: Exception,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(**answered: object) -> None:
        raise trouble

    hook_list.append(fail)
    with caplog.at_level(logging.ERROR, logger="treatments"):
        status, body = ask(client, {"answers": CALVES, "safety": ["chest-or-breathing"]})

    assert (status, body["advice"]["level"]) == (200, "emergency")
    assert [record.exc_info for record in caplog.records] == [None]
    assert "tight-calves" not in caplog.text


# --- What is not understood -----------------------------------------------------------------------

KNEE = "knee-feels-twisted"
REFUSED: list[tuple[object, str, str]] = [
    ({"answers": {"flat-foo": 1}}, "answers.flat-foo", "unknown_indicator"),
    ({"answers": {KNEE: 4}}, f"answers.{KNEE}", "max_value"),
    ({"answers": {KNEE: -1}}, f"answers.{KNEE}", "min_value"),
    ({"answers": {KNEE: 10**30}}, f"answers.{KNEE}", "max_value"),
    ({"answers": {KNEE: True}}, f"answers.{KNEE}", "not_a_number"),
    ({"answers": {KNEE: "2"}}, f"answers.{KNEE}", "not_a_number"),
    ({"answers": {KNEE: 2.0}}, f"answers.{KNEE}", "not_a_number"),
    ({"answers": {KNEE: None}}, f"answers.{KNEE}", "null"),
    ({"answers": {KNEE: [1]}}, f"answers.{KNEE}", "not_a_number"),
    ({"answers": {KNEE: {}}}, f"answers.{KNEE}", "not_a_number"),
    ({"answers": []}, "answers", "not_a_dict"),
    ({"answers": "x"}, "answers", "not_a_dict"),
    ({"answers": None}, "answers", "null"),
    ({"answers": {"": 1}}, "answers", "keys_not_slugs"),
    ({"answers": {"not a slug": 1}}, "answers", "keys_not_slugs"),
    ({"answers": {"x" * 81: 1}}, "answers", "keys_not_slugs"),
    ({"answers": {f"k{n}": 1 for n in range(101)}}, "answers", "too_many"),
    ({"answers": {"\ud800": 1}}, "answers", "characters_not_allowed"),
    ({"answers": {"a\x00b": 1}}, "answers", "characters_not_allowed"),
    ({"safety": "chest-or-breathing"}, "safety", "not_a_list"),
    ({"safety": ["made-up"]}, "safety", "unknown_safety_question"),
    ({"safety": [True]}, "safety.0", "invalid"),
    ({"safety": [["chest-or-breathing"]]}, "safety.0", "invalid"),
    ({"safety": {"chest-or-breathing": True}}, "safety", "not_a_list"),
    ({"safety": ["x"] * 101}, "safety", "max_length"),
    ({"safety": None}, "safety", "null"),
    ({"follow_ups": {"flat-foo": []}}, "follow_ups.flat-foo", "unknown_indicator"),
    ({"follow_ups": {KNEE: ["inner-edge"]}}, f"follow_ups.{KNEE}", "unknown_follow_up"),
    ({"follow_ups": {KNEE: "inner-edge"}}, f"follow_ups.{KNEE}", "not_a_list"),
    ({"follow_ups": {KNEE: [1.5]}}, f"follow_ups.{KNEE}.0", "invalid"),
    ({"follow_ups": []}, "follow_ups", "not_a_dict"),
    ({"answer": {}}, "answer", "unknown_field"),
    ({"answers": {}, "client": 1}, "client", "unknown_field"),
    ([], "body", "invalid"),
    ("x", "body", "invalid"),
    (7, "body", "invalid"),
]


@pytest.mark.parametrize(("body", "field", "code"), REFUSED)
def test_answer_what_is_not_understood_is_refused_by_name(
    client: Browser, hook_list: list[SafetyAnswerHook], body: object, field: str, code: str
) -> None:
    notebook = Notebook()
    hook_list.append(notebook)

    status, answer = ask(client, body)

    assert (status, answer["code"]) == (400, "invalid_input")
    assert {name: [error["code"] for error in errors] for name, errors in answer["errors"].items()} == {field: [code]}
    assert notebook.told == []


def test_answer_every_wrong_answer_is_named_at_once(client: Browser) -> None:
    _, body = ask(client, {"answers": {"flat-foo": 1, "bar": 2, KNEE: 1}, "follow_ups": {"baz": []}})
    assert sorted(body["errors"]) == ["answers.bar", "answers.flat-foo", "follow_ups.baz"]


@pytest.mark.parametrize("raw", ["{", "nonsense", '{"answers": NaN}', "\xff"])
def test_answer_unreadable_body_is_refused(client: Browser, raw: str) -> None:
    response = client.post(GUIDE, data=raw.encode("latin-1"), content_type="application/json")
    assert response.status_code == 400
    assert response.json()["code"] == "invalid_input"


def test_answer_other_media_type_is_refused(client: Browser) -> None:
    assert client.post(GUIDE, data={"answers": "x"}).status_code == 415


def test_answer_is_throttled_apart_from_reading(client: Browser, settings: Any) -> None:
    from treatments.views.guide import GuideThrottle  # noqa: PLC0415  # the class whose rate is set

    settings.PUBLIC_THROTTLE = True
    GuideThrottle.THROTTLE_RATES = {**GuideThrottle.THROTTLE_RATES, "guide": "2/hour"}
    try:
        statuses = [ask(client, {})[0] for _ in range(3)]
        assert statuses == [200, 200, 429]
        assert client.get(GUIDE).status_code == 200
    finally:
        del GuideThrottle.THROTTLE_RATES
