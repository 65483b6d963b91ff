"""The terms that a client agreed to, when the price they were agreed for changes."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from bookings.models import Appointment
from bookings.models.rules import fee
from bookings.selectors.rules import EffectiveRules, policy_text


def reprice(row: Appointment, price: Decimal, *, rules: EffectiveRules) -> None:
    """Give `row`, which is not saved here, another price, in the currency of `rules`.

    What was agreed stays: the notice, and which share of the price is due for cancelling late or not
    coming. Words that were written from the figures are written anew; the clinic's own words stay.
    """
    agreed = replace(
        rules,
        cancellation_policy="",
        cancellation_notice_hours=row.cancellation_notice_hours,
        late_cancellation_fee_percent=_share(row.late_cancellation_fee, row, rules.late_cancellation_fee_percent),
        no_show_fee_percent=_share(row.no_show_fee, row, rules.no_show_fee_percent),
    )
    if row.policy_text == policy_text(replace(agreed, currency=row.currency), row.price):
        row.policy_text = policy_text(agreed, price)
    row.late_cancellation_fee = fee(price, agreed.late_cancellation_fee_percent)
    row.no_show_fee = fee(price, agreed.no_show_fee_percent)
    row.price, row.currency = price, rules.currency


def _share(amount: Decimal, row: Appointment, percent_in_force: int) -> int:
    """The per cent that `amount` is of the price. Of nothing no share can be read: then what is in force."""
    return round(amount * 100 / row.price) if row.price else percent_in_force
