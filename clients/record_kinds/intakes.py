"""Intake forms: what somebody tells of themselves before they are treated."""

from __future__ import annotations

from typing import Any, Final

from clients.record_kinds.fields import Fields

QUESTIONS: Final = ("presenting_complaint", "history", "medication", "allergies", "goals")
LONGEST_ANSWER: Final = 5_000


def read_intake(fields: Fields) -> dict[str, Any]:
    given = fields.inner("answers")
    answers = {question: given.text(question, longest=LONGEST_ANSWER) for question in QUESTIONS}
    given.refuse_others()
    if not any(answers.values()) and not given.has_mistakes:
        given.refuse("", "blank", "At least one answer is needed.")
    fields.refuse_others()
    return {"answers": answers}
