"""Bookings that a change to the diary would leave without their time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from bookings.models import Appointment
from clinic.errors import DomainError, ErrorCode


class StrandsBookings(DomainError):
    """Data: `bookings`, each with its reference, times, client and therapist, in order of time.

    `occupied_from` and `occupied_until` are the times with the buffers. Times are in UTC.
    """

    code = ErrorCode.STRANDS_BOOKINGS
    default_message = "There are bookings in the way."

    def __init__(self, bookings: Iterable[Appointment], message: str = "") -> None:
        in_order = sorted(bookings, key=lambda booking: (booking.starts_at, booking.pk))
        super().__init__(message, bookings=[_as_data(booking) for booking in in_order])


def _as_data(booking: Appointment) -> dict[str, Any]:
    before = timedelta(minutes=booking.buffer_before_minutes)
    after = timedelta(minutes=booking.buffer_after_minutes)
    return {
        "reference": booking.reference,
        "starts_at": in_utc(booking.starts_at),
        "ends_at": in_utc(booking.ends_at),
        "occupied_from": in_utc(booking.starts_at - before),
        "occupied_until": in_utc(booking.ends_at + after),
        "client": booking.client.display_name,
        "therapist": {"id": booking.therapist_id, "name": booking.therapist.name},
        "status": booking.status,
        "version": booking.version,
    }


def in_utc(at: datetime) -> str:
    """As the API writes moments: `2027-03-28T09:00:00Z`."""
    return at.isoformat().replace("+00:00", "Z")
