"""A long past: appointments by the million, written by the database itself.

Every therapist has had the room of the same number for eight full hours of every day before today. The
rows are copies of one appointment that the services made; the constraint is in place while they are
written, and holds.
"""

from __future__ import annotations

from typing import Final

from django.db import connection

from bookings.models import Appointment, Therapist

_HOURS_A_DAY: Final = 8
_SERIES: Final = {
    "postgresql": "series(n) AS (SELECT generate_series(0, {last}))",
    "sqlite": "series(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM series WHERE n < {last})",
}
# So many days before today, at so many hours after midnight.
_MOMENT: Final = {
    "postgresql": "date_trunc('day', now(), 'UTC') + ({hours}) * interval '1 hour' - ({days}) * interval '1 day'",
    "sqlite": "datetime('now', 'start of day', '+' || ({hours}) || ' hours', '-' || ({days}) || ' days')",
}
_PLACES: Final = """
    therapist AS (SELECT id, resource_id, row_number() OVER (ORDER BY id) - 1 AS place FROM bookings_therapist),
    room AS (SELECT id, resource_id, row_number() OVER (ORDER BY id) - 1 AS place FROM bookings_room)
"""


def write_past(template: Appointment, *, count: int) -> None:
    """`count` fulfilled appointments and the time they took, copies of `template` but for place and time."""
    first = template.pk + 1
    with connection.cursor() as cursor:
        cursor.execute(_appointments(template, first, count))
        for owner in ("therapist", "room"):
            cursor.execute(_allocations(owner, first))
        if connection.vendor == "postgresql":  # as autovacuum would, soon after
            cursor.execute("VACUUM ANALYZE bookings_allocation")
            cursor.execute("VACUUM ANALYZE bookings_appointment")


def _appointments(template: Appointment, first: int, count: int) -> str:
    people = Therapist.objects.count()
    days, hour = f"1 + n / {_HOURS_A_DAY * people}", f"9 + n / {people} % {_HOURS_A_DAY}"
    moment = _MOMENT[connection.vendor]
    own = {
        "id": f"{first} + n",
        "reference": "'P' || n",
        "therapist_id": "therapist.id",
        "room_id": "room.id",
        "starts_at": moment.format(days=days, hours=hour),
        "ends_at": moment.format(days=days, hours=f"{hour} + 1"),
        "status": "'fulfilled'",
    }
    columns = [field.column for field in Appointment._meta.concrete_fields if field.column]
    values = ", ".join(own.get(column, f"template.{column}") for column in columns)
    return f"""
        WITH RECURSIVE {_SERIES[connection.vendor].format(last=count - 1)}, {_PLACES}
        INSERT INTO bookings_appointment ({", ".join(columns)})
        SELECT {values} FROM series
        JOIN therapist ON therapist.place = n % {people} JOIN room ON room.place = n % {people}
        JOIN bookings_appointment template ON template.id = {template.pk}
    """


def _allocations(owner: str, first: int) -> str:
    return f"""
        INSERT INTO bookings_allocation (resource_id, starts_at, ends_at, kind, is_active, appointment_id)
        SELECT owner.resource_id, past.starts_at, past.ends_at, 'appointment', true, past.id
        FROM bookings_appointment past JOIN bookings_{owner} owner ON owner.id = past.{owner}_id
        WHERE past.id >= {first} ORDER BY owner.resource_id, past.starts_at
    """
