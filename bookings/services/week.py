"""A therapist's weekly hours rearranged in several rows at once. See Note [A change of hours is judged as a whole]."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bookings.models import Location, Therapist, WorkingHours
from bookings.services.hours import OverlappingHours, change_hours, check_hours
from bookings.services.slots import lock_resources
from clinic.errors import InvalidInput
from clinic.transactions import owns_transaction

_FIELDS = ("weekday", "starts", "ends", "valid_from", "valid_until")


@owns_transaction()
def change_week(
    therapist: Therapist,
    *,
    store: Sequence[Mapping[str, Any]],
    remove: Sequence[int],
    now: datetime,
    accept_stranded: bool = False,
) -> list[WorkingHours]:
    """Store rows (those with an `id` become what is given, the others are new) and remove others, as one change.

    Rows that are not named stay as they are: somebody else may have added them meanwhile. Returns all
    rows of the therapist. Raises as `change_hours`, with the fields named as `store.0.ends`.
    """
    lock_resources([therapist.resource_id])
    present = {row.pk: row for row in WorkingHours.objects.filter(therapist=therapist).select_related("location")}
    rows = _rows(therapist, store, present)
    leaving = [row for pk, row in present.items() if pk in remove]
    try:
        change_hours(therapist, store=rows, remove=leaving, now=now, accept_stranded=accept_stranded)
    except OverlappingHours as error:
        place = next(index for index, row in enumerate(rows) if row is error.refused)
        error.data["errors"] = _within(place, error.data["errors"])
        raise
    return list(WorkingHours.objects.filter(therapist=therapist))


def _rows(
    therapist: Therapist, store: Sequence[Mapping[str, Any]], present: dict[int, WorkingHours]
) -> list[WorkingHours]:
    """The rows as they shall be stored, taken out of `present`. Raises InvalidInput for everything that is wrong with any of them."""
    locations = Location.objects.in_bulk([wanted["location"] for wanted in store])
    rows: list[WorkingHours] = []
    errors: dict[str, Any] = {}
    for place, wanted in enumerate(store):
        row = present.pop(wanted["id"], None) if "id" in wanted else WorkingHours(therapist=therapist)
        location = locations.get(wanted["location"])
        if row is None:
            said: Mapping[str, Any] = {
                "id": [{"code": "gone", "message": "These hours were removed meanwhile, or are named twice."}]
            }
        elif location is None:
            said = {"location": [{"code": "unknown_location", "message": "There is no such location."}]}
        else:
            row.location = location
            for name in _FIELDS:
                setattr(row, name, wanted[name])
            rows.append(row)
            said = _wrong_with(row)
        errors.update(_within(place, said))
    if errors:
        raise InvalidInput(errors)
    return rows


def _wrong_with(row: WorkingHours) -> Mapping[str, Any]:
    try:
        check_hours(row)
    except InvalidInput as error:
        return error.errors
    return {}


def _within(place: int, errors: Mapping[str, Any]) -> dict[str, Any]:
    return {f"store.{place}.{field}": said for field, said in errors.items()}
