"""What the guide asks, what it takes, and what it answers."""

from __future__ import annotations

import re
from typing import Any, Final

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from clinic.api.serializers import StrictSerializer
from treatments.models import Assessment, FollowUp, Indicator, Issue, Measure, SafetyQuestion
from treatments.safety import Level
from treatments.scoring import ANSWER_NAMES, HIGHEST
from treatments.serializers.catalogue import HtmlField

_MOST_ENTRIES: Final = 100
_LONGEST_SLUG: Final = 80
_SLUG: Final = re.compile(rf"[-a-zA-Z0-9_]{{1,{_LONGEST_SLUG}}}")
_LEVELS: Final = [level.value for level in Level]


# --- What it asks ---------------------------------------------------------------------------------


class AnswerChoiceSerializer(serializers.Serializer[Any]):
    value = serializers.IntegerField(min_value=0, max_value=HIGHEST)
    name = serializers.CharField()


class FollowUpSerializer(serializers.Serializer[FollowUp]):
    slug = serializers.SlugField()
    name = serializers.CharField()


class IndicatorSerializer(serializers.Serializer[Indicator]):
    slug = serializers.SlugField()
    name = serializers.CharField()
    question = serializers.CharField()
    text_html = HtmlField(source="text")
    follow_ups = FollowUpSerializer(many=True)


class SafetyQuestionSerializer(serializers.Serializer[SafetyQuestion]):
    slug = serializers.SlugField()
    name = serializers.CharField()
    question = serializers.CharField()
    level = serializers.ChoiceField(choices=_LEVELS)


class AssessmentSerializer(serializers.Serializer[Assessment]):
    slug = serializers.SlugField()
    name = serializers.CharField()
    text_html = HtmlField(source="text")


class MeasureSerializer(serializers.Serializer[Measure]):
    slug = serializers.SlugField()
    name = serializers.CharField()
    text_html = HtmlField(source="text")
    evidence = serializers.CharField(help_text="How well it is supported.")


class IssueSerializer(serializers.Serializer[Issue]):
    slug = serializers.SlugField()
    name = serializers.CharField()
    also_called = serializers.CharField()
    knee = serializers.CharField(help_text="What it may mean for the knee.")
    text_html = HtmlField(source="text")
    evidence = serializers.CharField(help_text="How well it is supported.")


class GuideSerializer(serializers.Serializer[Any]):
    introduction = serializers.CharField(source="rules.introduction", help_text="Markdown.")
    introduction_html = HtmlField(source="rules.introduction")
    answer_choices = serializers.SerializerMethodField()
    safety_questions = SafetyQuestionSerializer(many=True)
    indicators = IndicatorSerializer(many=True)
    issues = IssueSerializer(many=True)
    measures = MeasureSerializer(many=True)
    assessments = AssessmentSerializer(many=True)

    @extend_schema_field(AnswerChoiceSerializer(many=True))
    def get_answer_choices(self, contents: Any) -> list[dict[str, Any]]:
        return [{"value": value, "name": name} for value, name in ANSWER_NAMES.items()]


# --- What it takes --------------------------------------------------------------------------------


class DegreeField(serializers.IntegerField):
    """0 never, 1 sometimes, 2 often, 3 always. A number and nothing that could be read as one."""

    default_error_messages = {"not_a_number": "An answer is a whole number from 0 to 3."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0, max_value=HIGHEST, **kwargs)

    def to_internal_value(self, data: Any) -> int:
        if type(data) is not int:  # True and "1" are no answers
            self.fail("not_a_number")
        return data


class SlugDictField(serializers.DictField):
    """A map whose keys are slugs, so that they can be repeated in an error."""

    default_error_messages = {
        "keys_not_slugs": "The names in here are slugs, such as knee-feels-twisted.",
        "too_many": "There are more entries here than the guide has questions.",
    }

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            if len(data) > _MOST_ENTRIES:
                self.fail("too_many")
            if not all(_SLUG.fullmatch(str(key)) for key in data):
                self.fail("keys_not_slugs")
        return super().to_internal_value(data)


class GuideAnswersSerializer(StrictSerializer):
    answers = SlugDictField(
        child=DegreeField(),
        required=False,
        default=dict,
        help_text="Indicator -> 0 never, 1 sometimes, 2 often, 3 always. One left out counts as never.",
    )
    safety = serializers.ListField(
        child=serializers.SlugField(max_length=_LONGEST_SLUG),
        required=False,
        default=list,
        max_length=_MOST_ENTRIES,
        help_text="The safety questions answered with yes.",
    )
    follow_ups = SlugDictField(
        child=serializers.ListField(child=serializers.SlugField(max_length=_LONGEST_SLUG), max_length=_MOST_ENTRIES),
        required=False,
        default=dict,
        help_text="Indicator -> the follow-ups ticked under it.",
    )


# --- What it answers ------------------------------------------------------------------------------


class ConcernSerializer(serializers.Serializer[Any]):
    slug = serializers.SlugField()
    question = serializers.CharField()
    level = serializers.ChoiceField(choices=_LEVELS)
    advice = serializers.CharField()


class AdviceSerializer(serializers.Serializer[Any]):
    """`level` is the gravest of all, `text` says what to do now, `concerns` is each question with its own."""

    level = serializers.ChoiceField(choices=_LEVELS)
    text = serializers.CharField()
    concerns = ConcernSerializer(many=True)


class SuggestionSerializer(serializers.Serializer[Any]):
    slug = serializers.SlugField()
    name = serializers.CharField()
    score = serializers.SerializerMethodField(help_text="Rounded to three decimals; the order is exact.")
    because = serializers.ListField(child=serializers.CharField(), help_text="The answers that it came from.")

    def get_score(self, line: Any) -> float:
        return round(float(line.score), 3)


class GuideAnswerSerializer(serializers.Serializer[Any]):
    """Advice alone where a safety answer ends the guide; otherwise the lists, best first, and with them
    advice where the therapist has to look first. No advice does not mean that anything was ruled out.
    """

    advice = AdviceSerializer(required=False)
    issues = SuggestionSerializer(many=True, required=False)
    treatments = SuggestionSerializer(many=True, required=False)
    measures = SuggestionSerializer(many=True, required=False)
    assessments = SuggestionSerializer(many=True, required=False)
