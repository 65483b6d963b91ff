"""An appointment as an iCalendar file (RFC 5545), for mails and for download.

# Note [What a calendar file says]
METHOD is PUBLISH: a date to take over, not an invitation. An invitation shows "decline" buttons
whose answer nobody reads, and a client who pressed one would believe to have cancelled.
Times are in UTC: a single event needs no zone to be shown rightly everywhere, and no other form can
tell the first 01:30 from the second on the night the clocks go back.
Calendars are shared, synchronised and shown on lock screens. So the file says where and when and
which clinic, and neither treatment, notes, price, telephone nor the link that opens the booking.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from icalendar import Calendar, Event, vCalAddress

from bookings.models import Appointment
from bookings.status import OCCUPYING
from clinic.messaging.mailer import own_address
from clinic.messaging.words import one_line
from clinic.practice.models import Practice

FILENAME: Final = "appointment.ics"
METHOD: Final = "PUBLISH"


def calendar_file(appointment: Appointment, *, practice: Practice, now: datetime) -> bytes:
    """The file as of `now`; `appointment.location` is read. See Note [What a calendar file says].

    The UID stays for the life of the booking, SEQUENCE counts its changes: importing a later file
    moves or cancels the entry instead of adding a second one.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Groundwork//Bookings//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", METHOD)
    calendar.add_component(_event(appointment, practice=practice, now=now))
    return bytes(calendar.to_ical())


def _event(appointment: Appointment, *, practice: Practice, now: datetime) -> Event:
    location = appointment.location
    event = Event()
    event.add("uid", f"{appointment.reference}@{urlsplit(settings.SITE_URL).hostname or 'localhost'}")
    event.add("sequence", appointment.version - 1)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", appointment.starts_at.astimezone(UTC))
    event.add("dtend", appointment.ends_at.astimezone(UTC))
    event.add("status", "CONFIRMED" if appointment.status in OCCUPYING else "CANCELLED")
    event.add("summary", f"Appointment at {one_line(practice.name)}")
    event.add("location", ", ".join(filter(None, (one_line(location.name), one_line(location.address)))))
    event.add("organizer", _organiser(practice))
    event.add("class", "PRIVATE")
    event.add("transp", "OPAQUE")
    return event


def _organiser(practice: Practice) -> vCalAddress:
    organiser = vCalAddress(f"mailto:{one_line(practice.email or own_address())}")
    # A parameter is quoted as a whole: it has no way to hold a quotation mark itself.
    organiser.params["CN"] = one_line(practice.name).replace('"', "'")
    return organiser
