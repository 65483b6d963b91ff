"""The clinic with a guard taken away: what a drill must be able to find.

The diary is kept by two guards, each enough by itself. One is in the services: lock, look again,
write. The other is the database's constraint. `unguarded` is the clinic without the first; the
second is taken away in the drill's database, with `Database.drop_no_overlap`. Nothing in the clinic
itself knows of this: the names are replaced from here.
"""

from __future__ import annotations

import threading
import time
from typing import Any, Final

from tests.drills.measured import application as unguarded  # isort: skip  # sets Django up: before any model

from bookings.selectors.openings import Calendar
from bookings.services import slots

__all__ = ["unguarded"]

SECONDS_BETWEEN_LOOK_AND_WRITE: Final = 0.02

_seen = threading.local()
_look_around = slots.Attempt.look_around


def _look_and_remember(self: slots.Attempt) -> Calendar:
    _seen.calendar = _look_around(self)
    return _seen.calendar  # type: ignore[no-any-return]  # put there in the line above


def _trust_the_first_look(self: slots.Attempt) -> Calendar:
    """Outside the transaction, and old by now."""
    time.sleep(SECONDS_BETWEEN_LOOK_AND_WRITE)
    return _seen.calendar  # type: ignore[no-any-return]  # `take_slot` always looks first


def _lock_nothing(resource_ids: Any) -> None:
    """The rows stay free for everybody."""


slots.Attempt.look_around = _look_and_remember  # type: ignore[method-assign]
slots.Attempt.look_again = _trust_the_first_look  # type: ignore[method-assign]
slots.lock_resources = _lock_nothing
