"""When the clinic is usually open: what stands on its pages, not what can be booked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from django.db.models import Q

from bookings.hours import Stretch, join_stretches, minutes_of_day
from bookings.models import WorkingHours


def weekly_opening(on: date) -> Mapping[int, Sequence[Stretch]]:
    """Weekday, from Monday 0 -> when at least one therapist works, by the weekly hours in force on `on`. One query."""
    rows = WorkingHours.objects.filter(
        Q(valid_from__isnull=True) | Q(valid_from__lte=on),
        Q(valid_until__isnull=True) | Q(valid_until__gte=on),
        therapist__is_bookable=True,
        location__is_active=True,
    ).values_list("weekday", "starts", "ends")
    found: dict[int, list[Stretch]] = defaultdict(list)
    for weekday, starts, ends in rows:
        found[weekday].append(minutes_of_day(starts, ends))
    return {weekday: join_stretches(found[weekday]) for weekday in sorted(found)}
