"""Bookings that a change to the diary would leave without their time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bookings.models import Appointment
from clinic.errors import DomainError, ErrorCode


class StrandsBookings(DomainError):
    """Data: `bookings`, each with its id, reference, times, client, treatment and therapist, in order of time.

    `occupied_from` and `occupied_until` are the times with the buffers. Moments have the offset of `zone`.
    """

    code = ErrorCode.STRANDS_BOOKINGS
    default_message = "There are bookings in the way."

    def __init__(self, bookings: Iterable[Appointment], message: str = "", *, zone: ZoneInfo) -> None:
        in_order = sorted(bookings, key=lambda booking: (booking.starts_at, booking.pk))
        super().__init__(message, bookings=[_as_data(booking, zone) for booking in in_order])


def _as_data(booking: Appointment, zone: ZoneInfo) -> dict[str, Any]:
    before = timedelta(minutes=booking.buffer_before_minutes)
    after = timedelta(minutes=booking.buffer_after_minutes)
    return {
        "id": booking.pk,
        "reference": booking.reference,
        "starts_at": booking.starts_at.astimezone(zone).isoformat(),
        "ends_at": booking.ends_at.astimezone(zone).isoformat(),
        "occupied_from": (booking.starts_at - before).astimezone(zone).isoformat(),
        "occupied_until": (booking.ends_at + after).astimezone(zone).isoformat(),
        "client": booking.client.display_name,
        "treatment": booking.treatment_name,
        "therapist": {"id": booking.therapist_id, "name": booking.therapist.name},
        "status": booking.status,
        "version": booking.version,
    }
