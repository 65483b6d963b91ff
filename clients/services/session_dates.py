"""Which day an entry of the record speaks of."""

from __future__ import annotations

from datetime import date

from clients import hooks
from clients.models import Client
from clinic.errors import InvalidInput


def session_date(
    client: Client, *, field: str, given: date | None, reference: str, today: date, may_prepare: bool = False
) -> date:
    """The day that was given, or the appointment's, or today; local dates of the clinic.

    `field` is what the caller named the day. With `may_prepare` an appointment that is still to come
    may be written for. Raises InvalidInput for an appointment that is not the client's, for another
    day than the appointment's, and for a day to come.
    """
    on = given
    if reference:
        session = hooks.find_session(reference) if hooks.find_session else None
        if session is None or session.client_id != client.pk:
            message = "This client has no such appointment."
            raise InvalidInput.field("appointment_reference", message, code="unknown_appointment")
        if on is not None and on != session.on:
            raise InvalidInput.field(field, "The appointment is on another day.", code="other_day")
        on = session.on
    on = on or today
    if on > today and not (reference and may_prepare):
        raise InvalidInput.field(field, "The record is written after the session has begun.", code="in_the_future")
    return on
