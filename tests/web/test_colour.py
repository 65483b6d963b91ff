from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.web.colour import DARK_GROUND, LEAST_FOR_TEXT, LIGHT_GROUND, contrast, palette, readable
from clinic.web.money import price_text

STYLES = Path(__file__).resolve().parent.parent.parent / "frontend" / "src" / "styles" / "tokens.css"
colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#123456", "#123456") == 1


@given(colours)
def test_any_colour_becomes_readable_everywhere(colour: str) -> None:
    made = palette(colour)

    assert contrast(made.on_light, LIGHT_GROUND) >= LEAST_FOR_TEXT
    assert contrast(made.on_light, "#ffffff") >= LEAST_FOR_TEXT
    assert contrast(made.on_dark, DARK_GROUND) >= LEAST_FOR_TEXT
    assert contrast(made.on_fill, made.fill) >= LEAST_FOR_TEXT
    assert made.fill == colour


@given(colours)
def test_readable_colour_is_left_as_it_is(colour: str) -> None:
    once = readable(colour, ground=LIGHT_GROUND)

    assert readable(once, ground=LIGHT_GROUND) == once


@given(colours)
def test_any_colour_reads_well_on_every_ground_of_the_style_sheet(colour: str) -> None:
    light, dark = (_grounds(part) for part in STYLES.read_text().split("prefers-color-scheme: dark"))
    made = palette(colour)

    assert len(light) == len(dark) == 3
    assert min(contrast(made.on_light, ground) for ground in light) >= LEAST_FOR_TEXT
    assert min(contrast(made.on_dark, ground) for ground in dark) >= LEAST_FOR_TEXT


def _grounds(css: str) -> list[str]:
    return re.findall(r"--(?:page|panel|raised): (#[0-9a-f]{6})", css)


@pytest.mark.parametrize(
    ("price", "currency", "text"),
    [
        ("45.00", "GBP", "£45"),
        ("45.50", "GBP", "£45.50"),
        ("0.00", "EUR", "€0"),
        ("1200.00", "USD", "$1200"),
        ("45.00", "CHF", "CHF 45"),
    ],
)
def test_price_text_is_as_people_write_it(price: str, currency: str, text: str) -> None:
    assert price_text(Decimal(price), currency) == text
