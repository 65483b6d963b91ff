"""The clinic as first installed: one therapist who rents a room inside a gym.

The diary is set up as a whole and once. As soon as there is any location or any therapist it belongs
to the owner: nothing is added, and nothing that was edited or removed comes back. The phone number is
of the range set aside for drama and the mailbox is under `.example`: neither can reach anybody.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, time
from pathlib import Path
from typing import Any

from bookings.models import Location, Room, Therapist, WorkingHours
from bookings.selectors.rules import load_rules
from bookings.services.hours import change_hours
from bookings.services.places import add_room, add_therapist, link_user
from clinic.accounts.models import User
from clinic.accounts.roles import Role
from clinic.practice.models import Practice
from clinic.practice.selectors import NAME_UNTIL_NAMED
from clinic.transactions import owns_transaction
from treatments.models import Treatment

_FILE = Path(__file__).parent / "sample.json"


@owns_transaction()
def seed_clinic(*, now: datetime) -> bool:
    """Make the practice, its rules, a location, a room, and a therapist with hours. False: there was one already.

    Wants the catalogue: the therapist gives every treatment there is.
    """
    if Location.objects.exists() or Therapist.objects.exists():
        return False
    sample = json.loads(_FILE.read_text(encoding="utf-8"))
    _seed_practice(sample["practice"])
    load_rules()
    location = Location.objects.create(**sample["location"])
    room = add_room(Room(location=location, name=sample["room"]))
    therapist = add_therapist(Therapist(**sample["therapist"]))
    therapist.rooms.add(room)
    therapist.treatments.set(Treatment.objects.all())
    change_hours(therapist, store=_hours(sample["hours"], location), now=now)
    _link_existing_user(therapist)
    return True


def _seed_practice(values: Mapping[str, str]) -> None:
    """A record that somebody named is left alone; one that was made by reading it is not."""
    practice, is_new = Practice.objects.get_or_create(pk=1, defaults=values)
    if not is_new and practice.name == NAME_UNTIL_NAMED:
        Practice.objects.filter(pk=1).update(**values)


def _hours(rows: list[Mapping[str, Any]], location: Location) -> list[WorkingHours]:
    return [
        WorkingHours(
            location=location,
            weekday=weekday,
            starts=time.fromisoformat(row["starts"]),
            ends=time.fromisoformat(row["ends"]),
        )
        for row in rows
        for weekday in row["weekdays"]
    ]


def _link_existing_user(therapist: Therapist) -> None:
    user = User.objects.filter(role=Role.THERAPIST, name__iexact=therapist.name, therapist=None).first()
    if user is not None:
        link_user(therapist, user)
