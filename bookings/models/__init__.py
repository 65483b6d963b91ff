from bookings.models.allocations import Allocation, Hold, Resource, TimeOff
from bookings.models.appointments import Appointment, AppointmentEvent
from bookings.models.clinic import Location, Room, Therapist
from bookings.models.hours import OneOffHours, WorkingHours
from bookings.models.rules import BookingRules
from bookings.models.waitlist import WaitlistEntry

__all__ = [
    "Allocation",
    "Appointment",
    "AppointmentEvent",
    "BookingRules",
    "Hold",
    "Location",
    "OneOffHours",
    "Resource",
    "Room",
    "Therapist",
    "TimeOff",
    "WaitlistEntry",
    "WorkingHours",
]
