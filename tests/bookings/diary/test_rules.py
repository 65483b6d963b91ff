"""The rules in force, the words written from them, and the bank holidays."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from pytest_django import DjangoAssertNumQueries

from bookings.bank_holidays import bank_holidays
from bookings.models import BookingRules, Resource, Therapist
from bookings.selectors.rules import load_rules, policy_text

pytestmark = pytest.mark.django_db

NOTHING_OWN = {
    field.name: None for field in BookingRules._meta.concrete_fields if field.null and field.name != "therapist"
}


def make_therapist(name: str) -> Therapist:
    resource = Resource.objects.create(kind=Resource.Kind.THERAPIST)
    return Therapist.objects.create(name=name, slug=name.lower(), resource=resource)


def own_rules(therapist: Therapist, **figures: object) -> BookingRules:
    fields = {**NOTHING_OWN, "bank_holiday_region": "", **figures}
    return BookingRules.objects.create(therapist=therapist, **fields)


def test_rules_first_load_makes_the_clinics_row_with_its_defaults() -> None:
    rules = load_rules().clinic

    assert BookingRules.objects.filter(therapist=None).count() == 1
    assert (rules.grid_minutes, rules.horizon_days, rules.reminder_hours_before) == (15, 56, (72, 24))
    assert (rules.zone.key, rules.currency, rules.bank_holiday_region) == ("Europe/London", "GBP", "ENG")


@pytest.mark.parametrize("therapists", [1, 3])
def test_rules_loaded_take_one_query(django_assert_num_queries: DjangoAssertNumQueries, therapists: int) -> None:
    load_rules()
    made = [make_therapist(f"T{number}") for number in range(therapists)]
    for therapist in made:
        own_rules(therapist, grid_minutes=30)

    with django_assert_num_queries(1):
        book = load_rules()
        figures = [book.of(therapist.pk).grid_minutes for therapist in made]

    assert figures == [30] * therapists


def test_rules_of_therapist_lay_only_their_own_figures_over() -> None:
    load_rules()
    tom, ann = make_therapist("Tom"), make_therapist("Ann")
    own_rules(tom, buffer_after_minutes=0, is_closed_on_bank_holidays=False, reminder_hours_before=[])

    book = load_rules()

    assert (book.of(tom.pk).buffer_after_minutes, book.of(tom.pk).grid_minutes) == (0, 15)
    assert (book.of(tom.pk).is_closed_on_bank_holidays, book.of(tom.pk).reminder_hours_before) == (False, ())
    assert book.of(ann.pk) == book.clinic


def test_policy_text_without_wording_is_written_from_the_figures() -> None:
    rules = load_rules().clinic

    assert policy_text(rules, None) == (
        "You can cancel or move your booking free of charge up to 24 hours before it starts. "
        "If you cancel later than that, 50% of the price is due. If you do not come, the full price is due."
    )
    assert "50% of the price (£27.50) is due" in policy_text(rules, Decimal("55.00"))


def test_policy_text_without_notice_or_fees_promises_none() -> None:
    load_rules()
    BookingRules.objects.update(cancellation_notice_hours=0, no_show_fee_percent=0)

    assert policy_text(load_rules().clinic, Decimal("55.00")) == (
        "You can cancel or move your booking free of charge until it starts. If you do not come, nothing is due."
    )


def test_policy_text_of_therapist_with_other_fees_is_not_the_clinics_wording() -> None:
    load_rules()
    BookingRules.objects.update(cancellation_policy="One day, half the price.")
    tom, ann = make_therapist("Tom"), make_therapist("Ann")
    own_rules(tom, cancellation_notice_hours=48)
    own_rules(ann, grid_minutes=30)

    book = load_rules()

    assert policy_text(book.clinic, None) == "One day, half the price."
    assert policy_text(book.of(ann.pk), None) == "One day, half the price."
    assert policy_text(book.of(tom.pk), None).startswith("You can cancel or move your booking free of charge up to 48")


def test_bank_holidays_differ_by_region_and_keep_to_the_dates_asked_for() -> None:
    december, january = date(2026, 12, 25), date(2027, 1, 4)

    english = bank_holidays("ENG", december, january)

    assert english == {date(2026, 12, 25), date(2026, 12, 26), date(2026, 12, 28), date(2027, 1, 1)}
    assert bank_holidays("SCT", december, january) == {*english, date(2027, 1, 2), date(2027, 1, 4)}
    assert bank_holidays("ENG", date(2027, 6, 1), date(2027, 6, 30)) == frozenset()
