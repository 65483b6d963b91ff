"""The sample clinic: complete, made once, and never in the owner's way."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command

from bookings.models import BookingRules, Location, Resource, Room, Therapist, WorkingHours
from bookings.selectors.rules import load_rules
from clinic.accounts.services import create_staff
from clinic.practice.models import Practice
from clinic.practice.selectors import get_practice
from treatments.models import Treatment

pytestmark = pytest.mark.django_db


def counts() -> list[int]:
    return [
        model._default_manager.count()
        for model in (Practice, Location, Room, Therapist, WorkingHours, BookingRules, Resource, Treatment)
    ]


def test_seed_makes_a_clinic_that_can_be_booked() -> None:
    call_command("seed")

    practice, tom = Practice.objects.get(), Therapist.objects.get()
    assert (practice.name, str(practice.phone), practice.currency) == ("Muscle Therapy By Tom", "+442079460958", "GBP")
    assert Location.objects.get().name == "The Gym Group"
    assert (tom.name, tom.slug, tom.is_bookable, tom.resource.kind) == ("Tom", "tom", True, "therapist")
    assert [room.resource.kind for room in tom.rooms.all()] == ["room"]
    assert tom.treatments.count() == 5
    assert set(tom.working_hours.values_list("weekday", flat=True)) == {0, 1, 2, 3, 4, 5}


def test_seed_sets_the_figures_the_clinic_starts_with() -> None:
    call_command("seed")

    rules = load_rules().clinic
    figures: dict[str, Any] = {
        "grid_minutes": 15,
        "buffer_after_minutes": 15,
        "minimum_notice_hours_new": 24,
        "minimum_notice_hours_returning": 4,
        "horizon_days": 56,
        "hold_minutes": 10,
        "cancellation_notice_hours": 24,
        "max_hands_on_minutes_per_day": 300,
        "reminder_hours_before": (72, 24),
    }
    assert {name: getattr(rules, name) for name in figures} == figures
    assert (f"{rules.quiet_hours_start:%H:%M}", f"{rules.quiet_hours_end:%H:%M}") == ("20:00", "08:00")


def test_seed_again_makes_nothing_and_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("seed")
    before = counts()
    capsys.readouterr()

    call_command("seed")

    assert counts() == before
    assert capsys.readouterr().out == ""


def test_seed_again_leaves_what_the_owner_edited_and_removed() -> None:
    call_command("seed")
    Practice.objects.update(name="Feet First")
    Therapist.objects.update(name="Thomas", slug="thomas")
    BookingRules.objects.update(horizon_days=90)
    WorkingHours.objects.filter(weekday=5).delete()
    Treatment.objects.filter(slug="calf-release").update(summary="Mine")

    call_command("seed")

    assert Practice.objects.get().name == "Feet First"
    assert Therapist.objects.get().name == "Thomas"
    assert BookingRules.objects.get().horizon_days == 90
    assert not WorkingHours.objects.filter(weekday=5).exists()
    assert Treatment.objects.get(slug="calf-release").summary == "Mine"


def test_seed_leaves_a_clinic_that_somebody_set_up_alone() -> None:
    Location.objects.create(name="My own")

    call_command("seed")

    assert not Therapist.objects.exists()
    assert not Practice.objects.filter(name="Muscle Therapy By Tom").exists()


def test_seed_names_a_practice_that_was_only_ever_read() -> None:
    get_practice()

    call_command("seed")

    assert Practice.objects.get().name == "Muscle Therapy By Tom"


def test_seed_before_the_accounts_lets_the_therapist_sign_in_as_tom() -> None:
    call_command("seed")

    user = create_staff("tom@clinic.example", role="therapist", name="Tom", actor=None)

    assert Therapist.objects.get().user == user


def test_seed_after_the_accounts_lets_the_therapist_sign_in_as_tom() -> None:
    user = create_staff("tom@clinic.example", role="therapist", name="Tom", actor=None)

    call_command("seed")

    assert Therapist.objects.get().user == user


@pytest.mark.parametrize(("role", "name"), [("receptionist", "Tom"), ("therapist", "Tim")])
def test_account_of_somebody_else_is_not_taken_for_the_therapist(role: str, name: str) -> None:
    call_command("seed")

    create_staff("other@clinic.example", role=role, name=name, actor=None)

    assert Therapist.objects.get().user is None


def test_seeded_prices_are_amounts_of_money() -> None:
    call_command("seed")

    prices = {option.price for treatment in Treatment.objects.all() for option in treatment.options.all()}
    assert prices
    assert all(price == price.quantize(Decimal("0.01")) > 0 for price in prices)
