"""Amounts of money as people write them."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

_SYMBOLS: Final = {"GBP": "£", "EUR": "€", "USD": "$"}


def money_in_words(amount: Decimal, currency: str) -> str:
    """£45.00; 45.00 CHF where the currency has no sign of its own."""
    symbol = _SYMBOLS.get(currency)
    return f"{symbol}{amount}" if symbol else f"{amount} {currency}"
