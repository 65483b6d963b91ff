"""unfold's `display` with its type: it gives back the method that it was given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from unfold.decorators import display as untyped_display

F = TypeVar("F", bound=Callable[..., Any])


def display(**settings: Any) -> Callable[[F], F]:
    """How a method's value is shown in a list: `label` as a badge, `header` with a second line."""
    return cast("Callable[[F], F]", untyped_display(**settings))
