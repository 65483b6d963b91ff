"""The clinic's colour, made readable wherever it is used. Pure: no framework.

Contrast is WCAG 2's: 1 for equal colours, 21 for black on white, 4.5 the least for text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

LEAST_FOR_TEXT: Final = 4.5
# The darkest and the lightest ground of frontend/src/styles/tokens.css that text in this colour stands on.
LIGHT_GROUND: Final = "#e7e6e0"
DARK_GROUND: Final = "#2b3436"
_STEPS: Final = 100

Channels: TypeAlias = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Palette:
    """`fill` is the colour as chosen, `on_fill` what is written on it, the others text on light and dark."""

    fill: str
    on_fill: str
    on_light: str
    on_dark: str


def palette(colour: str) -> Palette:
    """What to use for a colour such as `#1f5f5b`."""
    return Palette(
        fill=colour,
        on_fill=max(("#000000", "#ffffff"), key=lambda ink: contrast(ink, colour)),
        on_light=readable(colour, ground=LIGHT_GROUND),
        on_dark=readable(colour, ground=DARK_GROUND),
    )


def readable(colour: str, *, ground: str) -> str:
    """`colour`, moved towards black or white just as far as text on `ground` needs."""
    away = "#000000" if contrast("#000000", ground) > contrast("#ffffff", ground) else "#ffffff"
    for step in range(_STEPS + 1):
        mixed = _mix(colour, away, share=step / _STEPS)
        if contrast(mixed, ground) >= LEAST_FOR_TEXT:
            return mixed
    return away


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _mix(colour: str, other: str, *, share: float) -> str:
    mixed = (round(a * (1 - share) + b * share) for a, b in zip(_channels(colour), _channels(other), strict=True))
    return "#" + "".join(f"{channel:02x}" for channel in mixed)


def _channels(colour: str) -> Channels:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4  # noqa: PLR2004  # all as WCAG has them
