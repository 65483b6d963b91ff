"""Bank holidays of the four nations, from the `holidays` library. Pure, without a network."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import holidays


def bank_holidays(region: str, first: date, last: date) -> frozenset[date]:
    """The bank holidays from `first` to `last`, both inclusive.

    `region` is ENG, WLS, SCT or NIR. Days given in lieu count beside the day they stand for.
    Raises NotImplementedError for another region.
    """
    years = range(first.year, last.year + 1)
    return frozenset(day for year in years for day in _of_year(region, year) if first <= day <= last)


@lru_cache(maxsize=64)
def _of_year(region: str, year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("GB", subdiv=region, years=year))
