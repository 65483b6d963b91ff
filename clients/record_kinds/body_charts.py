"""Body charts: marks on the outlines of a body."""

from __future__ import annotations

from typing import Any, Final

from clients.record_kinds.definitions import REFERENCE
from clients.record_kinds.fields import Fields

CHART: Final = REFERENCE.body_chart
MOST_MARKS: Final = 100
MOST_POINTS_OF_A_MARK: Final = 200
MOST_POINTS: Final = 2_000
LONGEST_NOTE: Final = 500


def read_body_chart(fields: Fields) -> dict[str, Any]:
    marks = [_mark(mark) for mark in fields.objects("marks", fewest=1, most=MOST_MARKS)]
    if sum(len(mark["points"]) for mark in marks) > MOST_POINTS:
        fields.refuse("marks", "too_many_points", f"At most {MOST_POINTS:,} points in all.")
    fields.refuse_others()
    return {"marks": marks}


def _mark(fields: Fields) -> dict[str, Any]:
    mark = {
        "view": fields.choice("view", CHART.views),
        "points": fields.points("points", most=MOST_POINTS_OF_A_MARK),
        "kind": fields.choice("kind", CHART.mark_kinds),
        "intensity": fields.number("intensity", CHART.intensity, is_whole=True),
        "note": fields.text("note", longest=LONGEST_NOTE),
        "author": fields.choice("author", CHART.mark_authors),
    }
    fields.refuse_others()
    return mark
