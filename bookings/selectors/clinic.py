"""What everybody may know of the clinic."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final

from bookings.selectors.places import open_locations
from bookings.selectors.rules import load_rules, policy_text
from bookings.selectors.shifts import closed_days
from clinic import clock
from clinic.practice.selectors import get_practice

_PUBLIC_RULES: Final = (
    "grid_minutes",
    "minimum_notice_hours_new",
    "minimum_notice_hours_returning",
    "horizon_days",
    "hold_minutes",
    "upcoming_bookings_cap",
    "cancellation_notice_hours",
    "late_cancellation_fee_percent",
    "no_show_fee_percent",
)


def describe_clinic(*, now: datetime) -> dict[str, Any]:
    """The clinic, its locations and the rules in force, in three queries.

    Bank holidays are those from today to the booking horizon, empty where the clinic works on them.
    """
    practice, rules = get_practice(), load_rules().clinic
    today = clock.local_date(now, rules.zone)
    closed = closed_days(rules, first=today, last=today + timedelta(days=rules.horizon_days))
    figures = asdict(rules)
    return {
        "name": practice.name,
        "tagline": practice.tagline,
        "address": practice.address,
        "phone": rules.practice_phone,
        "email": practice.email,
        "website": practice.website,
        "colour": practice.colour,
        "logo": practice.logo.url if practice.logo else None,
        "time_zone": rules.zone.key,
        "currency": rules.currency,
        "locations": list(open_locations().values("id", "name", "address", "directions")),
        "booking_rules": {name: figures[name] for name in _PUBLIC_RULES},
        "cancellation_policy": policy_text(rules, None),
        "bank_holidays": {
            "is_closed": rules.is_closed_on_bank_holidays,
            "region": rules.bank_holiday_region,
            "dates": sorted(day.isoformat() for day in closed),
        },
    }
