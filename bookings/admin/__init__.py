"""The diary in the owner's site. The rules are the services'; here is only how they are shown."""

from __future__ import annotations

from bookings.admin.appointments import AppointmentAdmin
from bookings.admin.places import LocationAdmin, RoomAdmin
from bookings.admin.rules import BookingRulesAdmin
from bookings.admin.therapists import TherapistAdmin
from bookings.admin.time_off import TimeOffAdmin
from bookings.admin.waitlist import WaitlistEntryAdmin

__all__ = [
    "AppointmentAdmin",
    "BookingRulesAdmin",
    "LocationAdmin",
    "RoomAdmin",
    "TherapistAdmin",
    "TimeOffAdmin",
    "WaitlistEntryAdmin",
]
