"""Bodies of requests: JSON in UTF-8, of a size and depth that somebody could mean.

# Note [Why not the framework's own parser]
It reads a body of any length, whatever DATA_UPLOAD_MAX_MEMORY_SIZE says, because it reads the
stream; it takes the caller's word for the character set; and a body that is nothing but opening
brackets ends it with a RecursionError, which is nobody's 400. Of a member named twice it takes the
last, and whoever looked at the body before us may have taken the first.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import IO, Any, Final, NoReturn

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from rest_framework.exceptions import ErrorDetail, ParseError, ValidationError
from rest_framework.parsers import JSONParser

from clinic.api.serializers import printable

DEEPEST: Final = 20


class BoundedJSONParser(JSONParser):
    """Raises ParseError, ValidationError or RequestDataTooBig. See Note [Why not the framework's own parser]."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(limit + 1)
        if len(body) > limit:
            raise RequestDataTooBig
        try:
            value = json.loads(body.decode(), parse_constant=_refuse_constant, object_pairs_hook=_members)
        except RecursionError as error:
            raise _too_deep() from error
        except ValueError as error:
            raise ParseError(f"This is not JSON: {_reason(error)}.") from error
        if _is_deeper_than(value, DEEPEST):
            raise _too_deep()
        return value


def _is_deeper_than(value: Any, levels: int) -> bool:
    """Level by level, not by recursion: that is what it guards."""
    level = [value]
    for _ in range(levels):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return False
    return True


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        twice = next(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
        raise ValidationError({printable(twice): [ErrorDetail("This is named twice.", code="named_twice")]})
    return members


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _reason(error: ValueError) -> str:
    """What is wrong, and never a part of the body itself."""
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at character {error.pos}"
    return "not in UTF-8" if isinstance(error, UnicodeDecodeError) else "a value that is no number, or too long a one"


def _too_deep() -> ParseError:
    return ParseError(f"The body is nested more than {DEEPEST} levels deep.")
