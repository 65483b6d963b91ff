"""The clinic that drills meet: open every day, with few limits on who books how much.

`python -m tests.drills.scene '{"therapists": 3, "rooms": 2}'` writes it into the database of the
environment, through the models as the project has them, and prints what a drill must know of it.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from tests.drills.databases import Database, run_python

LONDON: Final = ZoneInfo("Europe/London")
OPENS: Final = time(9)
CLOSES: Final = time(17)
BUFFER_MINUTES: Final = 15
GRID_MINUTES: Final = 15
RECEPTIONIST: Final = "desk@example.org"
PASSWORD: Final = "a-long-word-for-drills-only"
_MOST: Final = 32_000


@dataclass(frozen=True, slots=True)
class Scene:
    """`therapists` and `rooms`: id -> id of the resource."""

    treatment: str
    minutes: int
    therapists: dict[int, int]
    rooms: dict[int, int]

    def booking_body(self, starts_at: datetime, *, email: str, therapist: int | None = None) -> dict[str, Any]:
        named = {"therapist": therapist} if therapist else {}
        return {
            "treatment": self.treatment,
            "minutes": self.minutes,
            "starts_at": starts_at.isoformat(),
            "client": {"first_name": "Ada", "last_name": "Visitor", "email": email},
            "accepts_policy": True,
            **named,
        }


def start_on(day: int, hour: int, minute: int = 0) -> datetime:
    """The UTC moment of a London wall time, `day` days after a week from today."""
    on = datetime.now(LONDON).date() + timedelta(days=7 + day)
    return datetime.combine(on, time(hour, minute), tzinfo=LONDON).astimezone(UTC)


def grid_starts(day: int, *, minutes: int) -> list[datetime]:
    """Every start of a day at which so many minutes fit."""
    first, step = start_on(day, OPENS.hour), timedelta(minutes=GRID_MINUTES)
    last = start_on(day, CLOSES.hour) - timedelta(minutes=minutes)
    return [first + step * number for number in range((last - first) // step + 1)]


def set_scene(database: Database, folder: Path, **figures: int) -> Scene:
    """Write the clinic into the database; `figures` as `write_scene` takes them."""
    printed = run_python(database, folder, "-m", "tests.drills.scene", json.dumps(figures))
    found = json.loads(printed.splitlines()[-1])
    for name in ("therapists", "rooms"):
        found[name] = {int(key): resource for key, resource in found[name].items()}
    return Scene(**found)


def write_scene(*, therapists: int = 1, rooms: int = 1, minutes: int = 60) -> Scene:
    """Inside Django, set up: the rows."""
    from clinic.accounts.roles import Role  # noqa: PLC0415
    from tests.bookings.clinic import make_clinic  # noqa: PLC0415
    from tests.factories import make_user  # noqa: PLC0415

    clinic = make_clinic(therapists=therapists, rooms=rooms, minutes=minutes)
    clinic.set_rules(
        buffer_after_minutes=BUFFER_MINUTES,
        grid_minutes=GRID_MINUTES,
        horizon_days=730,
        max_hands_on_minutes_per_day=1440,
        hold_minutes=60,
        upcoming_bookings_cap=_MOST,
        holds_per_visitor=_MOST,
        is_closed_on_bank_holidays=False,
    )
    receptionist = make_user(Role.RECEPTIONIST, email=RECEPTIONIST)
    receptionist.set_password(PASSWORD)
    receptionist.save()
    return Scene(
        treatment=clinic.treatment.slug,
        minutes=clinic.option.minutes,
        therapists={person.pk: person.resource_id for person in clinic.therapists},
        rooms={room.pk: room.resource_id for room in clinic.rooms},
    )


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(asdict(write_scene(**json.loads(sys.argv[1])))))
