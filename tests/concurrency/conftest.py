"""Guards taken away, one by one, for controls. See `bookings.services.slots`."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Collection, Iterator
from contextlib import suppress

import pytest
from django.db import OperationalError, connection

from bookings.models import Allocation, Resource
from bookings.selectors.openings import Calendar
from bookings.services import slots
from clinic import transactions
from tests.bookings.clinic import Clinic, make_clinic

_PATIENCE_SECONDS = 20


@pytest.fixture
def clinic() -> Clinic:
    return make_clinic()


@pytest.fixture
def trusting_the_first_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was free before the transaction counts as free inside it."""
    seen = threading.local()
    look_around = slots.Attempt.look_around

    def look_and_remember(self: slots.Attempt) -> Calendar:
        seen.calendar = look_around(self)
        return seen.calendar  # type: ignore[no-any-return]  # put there in the line above

    monkeypatch.setattr(slots.Attempt, "look_around", look_and_remember)
    monkeypatch.setattr(slots.Attempt, "look_again", lambda _: seen.calendar)
    monkeypatch.setattr(slots, "lock_resources", lambda _: None)


@pytest.fixture
def no_constraint(transactional_db: None) -> Iterator[None]:
    """The diary's constraint is not there; what was written without it is gone before it comes back."""
    (constraint,) = [found for found in Allocation._meta.constraints if found.name == "allocation_no_overlap"]
    triggers: list[tuple[str, str]] = []
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE bookings_allocation DROP CONSTRAINT allocation_no_overlap")
        else:
            cursor.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'allocation_no_o%%'"
            )
            triggers = cursor.fetchall()
            for name, _ in triggers:
                cursor.execute(f"DROP TRIGGER {name}")
    yield
    Allocation.objects.all().delete()
    with connection.schema_editor() as editor:
        for _, sql in triggers:
            editor.execute(sql)
        if connection.vendor == "postgresql":
            editor.add_constraint(Allocation, constraint)


@pytest.fixture
def locks_in_any_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two writers in threads, one locks the rooms backwards; both have one before either takes the next."""
    both_have_one = threading.Barrier(2)
    turn = itertools.count()
    is_backwards: dict[int, bool] = {}

    def lock_in_own_order(resource_ids: Collection[int]) -> None:
        if threading.current_thread() is threading.main_thread():
            return
        backwards = is_backwards.setdefault(threading.get_ident(), next(turn) % 2 == 1)
        first, second, *others = sorted(resource_ids)
        for pk in (second, first, *others) if backwards else (first, second, *others):
            list(Resource.objects.select_for_update(no_key=True).filter(pk=pk))
            with suppress(threading.BrokenBarrierError):  # broken for good once the first deadlock is over
                both_have_one.wait(_PATIENCE_SECONDS)
            both_have_one.abort()

    monkeypatch.setattr(slots, "lock_resources", lock_in_own_order)


@pytest.fixture
def busy_signals(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the database said whenever it could not take a write at once, deadlocks above all."""
    said: list[str] = []
    is_busy = transactions._is_busy

    def listen(error: OperationalError) -> bool:
        said.append(str(error))
        return is_busy(error)

    monkeypatch.setattr(transactions, "_is_busy", listen)
    return said
