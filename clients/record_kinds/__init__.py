"""What an entry of each kind may say. Pure: no framework, no database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from clients.record_kinds.body_charts import read_body_chart
from clients.record_kinds.fields import Errors, Fields, raise_if_any
from clients.record_kinds.home_care import read_home_care
from clients.record_kinds.intakes import read_intake
from clients.record_kinds.measurements import read_measurement

_READERS: Final[dict[str, Callable[[Fields], dict[str, Any]]]] = {
    "intake": read_intake,
    "measurement": read_measurement,
    "body-chart": read_body_chart,
    "home-care": read_home_care,
}


def read_content(kind: str, content: object) -> dict[str, Any]:
    """What an entry of this kind says, as it is to be kept, out of any JSON value.

    Raises InvalidInput naming each field that is wrong as `content.<field>`, with a code.
    """
    errors: Errors = {}
    kept = _READERS[kind](Fields(content, at="content", errors=errors))
    raise_if_any(errors)
    return kept
