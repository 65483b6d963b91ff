"""Taking apart what somebody sent, field by field, with every mistake named. Pure: no framework."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final, TypeGuard

from clinic.errors import InvalidInput

Number = int | float
Bounds = tuple[Number, Number]
Errors = dict[str, list[dict[str, str]]]

_MOST_DECIMALS: Final = 2
_MOST_NAMED: Final = 20
_LONGEST_NAME: Final = 80
_ONE_LINE_NEVER_HAS: Final = frozenset({"Cc", "Zl", "Zp"})


class Fields:
    """The fields of one JSON object at the path `at`. What is wrong goes into `errors`; null is as if not sent.

    Each method takes one field and comes back with its value, or with None or something empty where it
    has none or a wrong one. `refuse_others` ends the taking: no field may be left.
    """

    def __init__(self, given: object, *, at: str, errors: Errors) -> None:
        self._at = at
        self._errors = errors
        self._left: dict[Any, Any] = {}
        self._is_object = isinstance(given, Mapping)
        if isinstance(given, Mapping):
            self._left = {name: value for name, value in given.items() if value is not None}
        else:
            self.refuse("", "invalid", "This is not an object.")

    @property
    def has_mistakes(self) -> bool:
        return any(path == self._at or path.startswith(f"{self._at}.") for path in self._errors)

    def refuse(self, name: str, code: str, message: str) -> None:
        path = f"{self._at}.{name}" if name else self._at
        self._errors.setdefault(path, []).append({"code": code, "message": message})

    def refuse_others(self) -> None:
        for name in sorted(str(name)[:_LONGEST_NAME] for name in self._left)[:_MOST_NAMED]:
            self.refuse(name, "unknown_field", "There is no such field here.")

    def text(self, name: str, *, longest: int, is_required: bool = False, is_line: bool = False) -> str:
        value = self._take(name, is_required=is_required)
        if value is None:
            return ""
        if not isinstance(value, str):
            self.refuse(name, "invalid", "This is not a text.")
            return ""
        text = value.strip()
        if is_required and not text:
            self.refuse(name, "blank", "This needs some words.")
        if len(text) > longest:
            self.refuse(name, "max_length", f"At most {longest:,} characters.")
        if is_line and any(unicodedata.category(character) in _ONE_LINE_NEVER_HAS for character in text):
            self.refuse(name, "not_one_line", "Please write this on one line.")
        return text

    def choice(self, name: str, among: Collection[str], *, is_required: bool = True) -> str:
        value = self._take(name, is_required=is_required)
        if value is None:
            return ""
        if isinstance(value, str) and value in among:
            return value
        self.refuse(name, "invalid_choice", f"One of: {', '.join(among)}.")
        return ""

    def choices(self, name: str, among: Collection[str], *, is_required: bool) -> list[str]:
        """Some of `among`, each at most once, in their order there."""
        value = self._take(name, is_required=is_required)
        if value is None:
            return []
        if not isinstance(value, list) or any(not isinstance(one, str) or one not in among for one in value):
            self.refuse(name, "invalid_choice", f"A list of any of: {', '.join(among)}.")
        elif len(set(value)) < len(value):
            self.refuse(name, "repeated", "Name each only once.")
        elif is_required and not value:
            self.refuse(name, "required", "Name at least one.")
        else:
            return [one for one in among if one in value]
        return []

    def number(self, name: str, bounds: Bounds, *, is_required: bool = False, is_whole: bool = False) -> Number | None:
        value = self._take(name, is_required=is_required)
        return None if value is None else self._checked_number(name, value, bounds, is_whole=is_whole)

    def flag(self, name: str) -> bool | None:
        value = self._take(name, is_required=True)
        if value is not None and not isinstance(value, bool):
            self.refuse(name, "invalid", "This is yes or no.")
            return None
        return value

    def day(self, name: str) -> str:
        """A date, as it is written in ISO 8601."""
        value = self._take(name, is_required=False)
        if value is None:
            return ""
        try:
            return date.fromisoformat(value if isinstance(value, str) else "").isoformat()
        except ValueError:
            self.refuse(name, "invalid", "This is not a date.")
            return ""

    def numbers(
        self, name: str, among: Collection[str], bounds: Bounds, *, is_required: bool, needs_all: bool, is_whole: bool
    ) -> dict[str, Number]:
        """A number for each, or each named one, of `among`."""
        value = self._take(name, is_required=is_required)
        if value is None:
            return {}
        inner = Fields(value, at=f"{self._at}.{name}", errors=self._errors)
        if value == {}:
            self.refuse(name, "required", "Name at least one.")
            return {}
        found = {one: inner.number(one, bounds, is_required=needs_all, is_whole=is_whole) for one in among}
        inner.refuse_others()
        return {one: number for one, number in found.items() if number is not None}

    def objects(self, name: str, *, fewest: int, most: int) -> list[Fields]:
        """The objects of a list."""
        value = self._take(name, is_required=True)
        if value is None:
            return []
        if not isinstance(value, list):
            self.refuse(name, "invalid", "This is not a list.")
        elif not fewest <= len(value) <= most:
            self.refuse(name, "wrong_length", f"Between {fewest} and {most}.")
        else:
            return [
                Fields(one, at=f"{self._at}.{name}.{index}", errors=self._errors) for index, one in enumerate(value)
            ]
        return []

    def inner(self, name: str) -> Fields:
        value = self._take(name, is_required=True)
        return Fields({} if value is None else value, at=f"{self._at}.{name}", errors=self._errors)

    def points(self, name: str, *, most: int) -> list[list[float]]:
        """Pairs of numbers from 0 to 1."""
        value = self._take(name, is_required=True)
        if value is None:
            return []
        if not isinstance(value, list) or not all(_is_point(point) for point in value):
            self.refuse(name, "invalid", "A list of points [x, y], each number from 0 to 1.")
        elif not 1 <= len(value) <= most:
            self.refuse(name, "wrong_length", f"Between 1 and {most}.")
        else:
            return [[round(float(x), 4), round(float(y), 4)] for x, y in value]
        return []

    def _take(self, name: str, *, is_required: bool) -> Any:
        value = self._left.pop(name, None)
        if value is None and is_required and self._is_object:
            self.refuse(name, "required", "This is needed.")
        return value

    def _checked_number(self, name: str, value: object, bounds: Bounds, *, is_whole: bool) -> Number | None:
        lowest, highest = bounds
        if not _is_number(value):
            self.refuse(name, "invalid", "This is not a number.")
        elif not lowest <= value <= highest:
            self.refuse(name, "out_of_range", f"From {lowest} to {highest}.")
        elif is_whole and value != int(value):
            self.refuse(name, "not_whole", "This is a whole number.")
        elif _decimals(value) > _MOST_DECIMALS:
            self.refuse(name, "max_decimal_places", f"At most {_MOST_DECIMALS} decimals.")
        else:
            return int(value) if value == int(value) else value
        return None


def raise_if_any(errors: Errors) -> None:
    """Raises InvalidInput."""
    if errors:
        raise InvalidInput(dict(list(errors.items())[:_MOST_NAMED]))


def without_empty(values: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """What was said, without what was left out."""
    return {name: value for name, value in values if value not in ("", None, [], {})}


def _is_number(value: object) -> TypeGuard[Number]:
    """Comparisons refuse what is not a number itself, such as NaN; true and false are no numbers here."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_point(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(_is_number(n) and 0 <= n <= 1 for n in value)  # noqa: PLR2004  # x and y


def _decimals(value: Number) -> int:
    exponent = Decimal(str(value)).normalize().as_tuple().exponent
    return max(0, -int(exponent))
