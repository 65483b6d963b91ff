"""When therapists work: weekly and one-off hours as moments, in two queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.db.models import Q

from bookings.bank_holidays import bank_holidays
from bookings.hours import Shift, expand_hours
from bookings.models import OneOffHours, WorkingHours
from bookings.selectors.rules import EffectiveRules, RuleBook


def load_shifts(
    therapist_ids: Collection[int], rules: RuleBook, *, first: date, last: date
) -> Mapping[int, list[Shift]]:
    """Each therapist's shifts on the local dates from `first` to `last`, inclusive, in order.

    Bank holidays are closed by the clinic's rules or the therapist's own. Locations that are no
    longer in use count for nothing.
    """
    weekly = _weekly_rows(therapist_ids, first, last)
    one_off = _one_off_rows(therapist_ids, first, last)
    return {
        therapist_id: expand_hours(
            weekly=weekly[therapist_id],
            one_off=one_off[therapist_id],
            first=first,
            last=last,
            zone=rules.clinic.zone,
            closed=closed_days(rules.of(therapist_id), first=first, last=last),
        )
        for therapist_id in therapist_ids
    }


def closed_days(rules: EffectiveRules, *, first: date, last: date) -> frozenset[date]:
    """The bank holidays, both ends inclusive, on which weekly hours do not hold."""
    return bank_holidays(rules.bank_holiday_region, first, last) if rules.is_closed_on_bank_holidays else frozenset()


def _weekly_rows(therapist_ids: Collection[int], first: date, last: date) -> Mapping[int, list[tuple[Any, ...]]]:
    rows = (
        WorkingHours.objects.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=last),
            Q(valid_until__isnull=True) | Q(valid_until__gte=first),
            therapist_id__in=therapist_ids,
            location__is_active=True,
        )
        .order_by("therapist_id", "weekday", "starts")
        .values_list("therapist_id", "weekday", "location_id", "starts", "ends", "valid_from", "valid_until")
    )
    return _by_therapist(rows)


def _one_off_rows(therapist_ids: Collection[int], first: date, last: date) -> Mapping[int, list[tuple[Any, ...]]]:
    rows = (
        OneOffHours.objects.filter(
            therapist_id__in=therapist_ids, on__gte=first, on__lte=last, location__is_active=True
        )
        .order_by("therapist_id", "on", "starts")
        .values_list("therapist_id", "on", "location_id", "starts", "ends")
    )
    return _by_therapist(rows)


def _by_therapist(rows: Any) -> Mapping[int, list[tuple[Any, ...]]]:
    found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for therapist_id, *row in rows:
        found[therapist_id].append(tuple(row))
    return found
