"""The ten codes of an appointment, as FHIR has them, and the moves between them. Pure.

Source: the AppointmentStatus value set of HL7 FHIR R4/R5.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class AppointmentStatus(StrEnum):
    PROPOSED = "proposed"
    PENDING = "pending"
    BOOKED = "booked"
    ARRIVED = "arrived"
    CHECKED_IN = "checked-in"
    FULFILLED = "fulfilled"
    CANCELLED = "cancelled"
    NO_SHOW = "noshow"
    WAITLIST = "waitlist"
    ENTERED_IN_ERROR = "entered-in-error"


_S = AppointmentStatus

TRANSITIONS: Final[Mapping[AppointmentStatus, frozenset[AppointmentStatus]]] = {
    _S.PROPOSED: frozenset({_S.PENDING, _S.BOOKED, _S.CANCELLED, _S.ENTERED_IN_ERROR}),
    _S.WAITLIST: frozenset({_S.PENDING, _S.BOOKED, _S.CANCELLED, _S.ENTERED_IN_ERROR}),
    _S.PENDING: frozenset({_S.BOOKED, _S.CANCELLED, _S.ENTERED_IN_ERROR}),
    _S.BOOKED: frozenset({_S.ARRIVED, _S.CHECKED_IN, _S.FULFILLED, _S.CANCELLED, _S.NO_SHOW, _S.ENTERED_IN_ERROR}),
    _S.ARRIVED: frozenset({_S.CHECKED_IN, _S.FULFILLED, _S.CANCELLED, _S.ENTERED_IN_ERROR}),
    _S.CHECKED_IN: frozenset({_S.FULFILLED, _S.CANCELLED, _S.ENTERED_IN_ERROR}),
    _S.NO_SHOW: frozenset({_S.ARRIVED, _S.FULFILLED, _S.ENTERED_IN_ERROR}),
    _S.FULFILLED: frozenset({_S.ENTERED_IN_ERROR}),
    _S.CANCELLED: frozenset({_S.ENTERED_IN_ERROR}),
    _S.ENTERED_IN_ERROR: frozenset(),
}

# These take up the therapist's and the room's time; the others have given it back.
OCCUPYING: Final = frozenset({_S.PENDING, _S.BOOKED, _S.ARRIVED, _S.CHECKED_IN, _S.FULFILLED, _S.NO_SHOW})
# Still to come: these can be moved and count towards the cap on upcoming bookings.
OPEN: Final = frozenset({_S.PENDING, _S.BOOKED})


def may_become(current: str, new: str) -> bool:
    return AppointmentStatus(new) in TRANSITIONS[AppointmentStatus(current)]


def next_statuses(current: str) -> list[str]:
    """What an appointment in this state may become, in order of the codes."""
    return sorted(status.value for status in TRANSITIONS[AppointmentStatus(current)])
