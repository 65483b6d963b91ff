"""Home care: what the client does between sessions."""

from __future__ import annotations

from typing import Any, Final

from clients.record_kinds.fields import Bounds, Fields

MOST_ITEMS: Final = 20
LONGEST_TITLE: Final = 120
LONGEST_TEXT: Final = 2_000
TIMES_PER_DAY: Final[Bounds] = (1, 24)
DAYS_PER_WEEK: Final[Bounds] = (1, 7)


def read_home_care(fields: Fields) -> dict[str, Any]:
    items = [_item(item) for item in fields.objects("items", fewest=1, most=MOST_ITEMS)]
    note = fields.text("note", longest=LONGEST_TEXT)
    fields.refuse_others()
    return {"items": items, "note": note}


def _item(fields: Fields) -> dict[str, Any]:
    item = {
        "title": fields.text("title", longest=LONGEST_TITLE, is_required=True, is_line=True),
        "instructions": fields.text("instructions", longest=LONGEST_TEXT, is_required=True),
        "times_per_day": fields.number("times_per_day", TIMES_PER_DAY, is_whole=True),
        "days_per_week": fields.number("days_per_week", DAYS_PER_WEEK, is_whole=True),
        "until": fields.day("until") or None,
    }
    fields.refuse_others()
    return item
