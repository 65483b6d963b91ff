"""Wall-clock time of a place and the moments it names. Pure: no framework.

Rules for the two odd hours of the year: a wall time that does not exist (clocks go forward)
is moved on by the length of the gap; one that exists twice (clocks go back) is its first
occurrence unless `fold=1` is asked for.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)


def moment(on: date, at: time, zone: ZoneInfo) -> datetime:
    """The UTC moment at which clocks in `zone` show `at` on the date `on`."""
    return datetime.combine(on, at, tzinfo=zone).astimezone(UTC)


def start_of_day(on: date, zone: ZoneInfo) -> datetime:
    """The first UTC moment of the local date `on`."""
    return moment(on, time.min, zone)


def local_date(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()


def hours_before_by_wall_clock(at: datetime, hours: int, zone: ZoneInfo) -> datetime:
    """The UTC moment `hours` before `at`: whole days by the local clock, the rest as elapsed time.

    A day before 09:00 is 09:00 on the day before, also when the clocks changed in between.
    """
    days, rest = divmod(hours, 24)
    local = at.astimezone(zone)
    wall = (local.replace(tzinfo=None) - timedelta(days=days)).replace(fold=local.fold)
    return wall.replace(tzinfo=zone).astimezone(UTC) - timedelta(hours=rest)


def before_quiet_hours(at: datetime, *, starts: time, ends: time, zone: ZoneInfo) -> datetime:
    """`at` itself, or, when the local clock is within the quiet hours, the moment they began.

    Quiet hours run from `starts` (in) to `ends` (out) and may span midnight; equal times mean none.
    """
    local = at.astimezone(zone)
    clock = local.time()
    if starts == ends:
        return at
    if starts < ends:
        return moment(local.date(), starts, zone) if starts <= clock < ends else at
    if clock >= starts:
        return moment(local.date(), starts, zone)
    if clock < ends:
        return moment(local.date() - ONE_DAY, starts, zone)
    return at
