from __future__ import annotations

from typing import Any

import pytest

from treatments.models import FollowUp, Indicator, SafetyQuestion
from treatments.selectors.told import told_answers

pytestmark = pytest.mark.django_db


def told(answers: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each.question, each.answer) for each in told_answers(answers)]


@pytest.fixture
def asked() -> None:
    SafetyQuestion.objects.create(slug="calf", name="Calf", question="Is a calf swollen?", level="urgent", advice="Go.")
    shoes = Indicator.objects.create(slug="shoes", name="Shoes", question="Do your shoes wear unevenly?")
    FollowUp.objects.create(slug="inner", name="Along the inner edge", indicator=shoes)


@pytest.mark.usefixtures("asked")
def test_answers_of_a_booking_are_told_in_the_words_of_the_questions() -> None:
    guide = {"answers": {"shoes": 2}, "follow_ups": {"shoes": ["inner"]}}

    assert told({"safety": ["calf"], "guide": guide}) == [
        ("Is a calf swollen?", "yes"),
        ("Do your shoes wear unevenly?", "often"),
        ("Along the inner edge", "yes"),
    ]


@pytest.mark.usefixtures("asked")
def test_plain_answers_of_the_guide_are_told_too() -> None:
    assert told({"safety": [], "guide": {"shoes": 0}}) == [("Do your shoes wear unevenly?", "never")]


def test_question_that_is_gone_is_told_by_its_slug() -> None:
    assert told({"safety": ["old-question"]}) == [("old question", "yes")]
    assert told({}) == []
