"""Prices in words for people."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

_SIGNS: Final = {"GBP": "£", "EUR": "€", "USD": "$"}


def price_text(price: Decimal, currency: str) -> str:
    """£45 for a whole price, £45.50 for another, CHF 45 where there is no sign."""
    amount = f"{price:.0f}" if price == price.to_integral_value() else f"{price:.2f}"
    sign = _SIGNS.get(currency)
    return f"{sign}{amount}" if sign else f"{currency} {amount}"
