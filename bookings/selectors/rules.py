"""The rules of booking in force: the clinic's, with a therapist's own laid over them.

# Note [Which words of the policy hold]
A therapist whose notice or fees differ from the clinic's, but who has no wording, must not be shown
the clinic's wording: it would promise other figures than those charged. The words are then written
from the figures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import time
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from bookings.models import BookingRules
from bookings.models.rules import fee
from bookings.money import money_in_words
from clinic.practice.selectors import get_practice

_FIGURES: Final = (
    "grid_minutes",
    "buffer_after_minutes",
    "first_visit_extra_minutes",
    "minimum_notice_hours_new",
    "minimum_notice_hours_returning",
    "horizon_days",
    "max_hands_on_minutes_per_day",
    "hold_minutes",
    "upcoming_bookings_cap",
    "holds_per_visitor",
    "cancellation_notice_hours",
    "late_cancellation_fee_percent",
    "no_show_fee_percent",
    "is_closed_on_bank_holidays",
    "bank_holiday_region",
    "reminder_hours_before",
    "quiet_hours_start",
    "quiet_hours_end",
)
_POLICY_FIGURES: Final = ("cancellation_notice_hours", "late_cancellation_fee_percent", "no_show_fee_percent")
_REGION_IF_NONE: Final = "ENG"


@dataclass(frozen=True, slots=True)
class EffectiveRules:
    """Every figure that holds for one therapist, or for the clinic. Times are of the clock in `zone`.

    An empty `cancellation_policy` means that the words are to be written: see `policy_text`.
    """

    zone: ZoneInfo
    currency: str
    practice_name: str
    practice_address: str
    practice_phone: str  # E.164, or empty
    practice_email: str
    grid_minutes: int
    buffer_after_minutes: int
    first_visit_extra_minutes: int
    minimum_notice_hours_new: int
    minimum_notice_hours_returning: int
    horizon_days: int
    max_hands_on_minutes_per_day: int
    hold_minutes: int
    upcoming_bookings_cap: int
    holds_per_visitor: int
    cancellation_notice_hours: int
    late_cancellation_fee_percent: int
    no_show_fee_percent: int
    cancellation_policy: str
    is_closed_on_bank_holidays: bool
    bank_holiday_region: str
    reminder_hours_before: tuple[int, ...]
    quiet_hours_start: time
    quiet_hours_end: time

    def for_therapist(self, rows: Mapping[int, BookingRules], therapist_id: int) -> EffectiveRules:
        """These rules with what the therapist's own row fills in laid over. See Note [Which words of the policy hold]."""
        row = rows.get(therapist_id)
        if row is None:
            return self
        own = _filled(row)
        differs = any(own.get(name, getattr(self, name)) != getattr(self, name) for name in _POLICY_FIGURES)
        words = row.cancellation_policy or ("" if differs else self.cancellation_policy)
        return replace(self, **own, cancellation_policy=words)


@dataclass(frozen=True, slots=True)
class RuleBook:
    """The clinic's rules and every therapist's, as they stood when loaded."""

    clinic: EffectiveRules
    rows: Mapping[int, BookingRules]

    def of(self, therapist_id: int) -> EffectiveRules:
        return self.clinic.for_therapist(self.rows, therapist_id)


def load_rules() -> RuleBook:
    """Everything in one query. A new installation gets the clinic's row with its defaults first."""
    rows = list(BookingRules.objects.select_related("practice"))
    clinic = next((row for row in rows if row.therapist_id is None), None) or _first_clinic_rules()
    return RuleBook(
        clinic=_of_clinic(clinic),
        rows={row.therapist_id: row for row in rows if row.therapist_id is not None},
    )


def policy_text(rules: EffectiveRules, price: Decimal | None) -> str:
    """What cancelling and not coming cost, in words: the clinic's own, or written from the figures.

    With a `price` the written words name the amounts too.
    """
    if rules.cancellation_policy:
        return rules.cancellation_policy
    late, missed = (_fee_in_words(rules, percent, price) for percent in _fees(rules))
    hours = rules.cancellation_notice_hours
    if hours:
        when = "1 hour" if hours == 1 else f"{hours} hours"
        free = f"You can cancel or move your booking free of charge up to {when} before it starts."
        after = f"If you cancel later than that, {late}."
    else:
        free, after = "You can cancel or move your booking free of charge until it starts.", ""
    return " ".join(filter(None, (free, after, f"If you do not come, {missed}.")))


def _fees(rules: EffectiveRules) -> tuple[int, int]:
    return rules.late_cancellation_fee_percent, rules.no_show_fee_percent


def _fee_in_words(rules: EffectiveRules, percent: int, price: Decimal | None) -> str:
    if not percent:
        return "nothing is due"
    share = "the full price" if percent == 100 else f"{percent}% of the price"  # noqa: PLR2004  # all of it
    return (
        f"{share} is due"
        if price is None
        else f"{share} ({money_in_words(fee(price, percent), rules.currency)}) is due"
    )


def _first_clinic_rules() -> BookingRules:
    row, _ = BookingRules.objects.get_or_create(practice=get_practice(), therapist=None)
    return row


def _of_clinic(row: BookingRules) -> EffectiveRules:
    practice = row.practice
    return EffectiveRules(
        zone=practice.zone,
        currency=practice.currency,
        practice_name=practice.name,
        practice_address=practice.address,
        practice_phone=str(practice.phone or ""),
        practice_email=practice.email,
        cancellation_policy=row.cancellation_policy,
        **{"bank_holiday_region": _REGION_IF_NONE, **_filled(row)},
    )


def _filled(row: BookingRules) -> dict[str, Any]:
    """The figures the row has a value for."""
    figures = {name: getattr(row, name) for name in _FIGURES}
    if figures["reminder_hours_before"] is not None:
        figures["reminder_hours_before"] = tuple(sorted(figures["reminder_hours_before"], reverse=True))
    return {name: value for name, value in figures.items() if value not in (None, "")}
