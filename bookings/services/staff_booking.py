"""Booking on behalf of a client, by staff."""

from __future__ import annotations

from datetime import datetime

from bookings.errors import SlotTaken
from bookings.models import Appointment
from bookings.selectors.appointments import has_been_before
from bookings.selectors.openings import Wanted, load_candidates
from bookings.selectors.rules import load_rules
from bookings.services.creation import create_appointment
from bookings.services.slots import Attempt, locked_claim, take_slot
from clients.models import Client
from clinic.accounts.models import User
from clinic.errors import InvalidInput
from clinic.transactions import owns_transaction
from treatments.models import TreatmentOption


def book_for_client(
    client: Client,
    *,
    option: TreatmentOption,
    starts_at: datetime,
    therapist_id: int | None,
    actor: User,
    now: datetime,
    override_reason: str = "",
) -> Appointment:
    """Book without notice, horizon, cap or daily limit.

    With `override_reason`, kept in the history, also outside working hours, off the grid or in the
    past, for a named therapist; never over something else in the diary or without a free room.
    Raises InvalidInput, SlotTaken, SlotUnavailable.
    """
    if override_reason and therapist_id is None:
        raise InvalidInput.field("therapist", "Name the therapist when booking outside the rules.", code="required")
    wanted = Wanted(
        option.treatment,
        option.minutes,
        therapist_id,
        is_returning=has_been_before([client]),
        is_override=True,
        ignores_hours=bool(override_reason),
    )
    attempt = Attempt(wanted, starts_at, load_rules(), load_candidates(wanted), now)

    @owns_transaction(violations={"allocation_no_overlap": SlotTaken})
    def write() -> Appointment:
        return create_appointment(
            locked_claim(attempt),
            option=option,
            client=client,
            source=Appointment.Source.STAFF,
            actor=actor,
            now=now,
            is_first_visit=not wanted.is_returning,
            override_reason=override_reason,
        )

    return take_slot(attempt, write)
