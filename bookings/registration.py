"""What the diary offers to the floors below it, registered once when the project starts."""

from __future__ import annotations

from bookings import client_records
from bookings.messages import compose
from bookings.reminders import TOPIC
from bookings.services.places import link_new_therapist
from clients import hooks as client_hooks
from clients.selectors import visible_to as visible_clients
from clinic.accounts import hooks as account_hooks
from clinic.messaging.registry import composers
from clinic.messaging.selectors import people_in_care


def register() -> None:
    account_hooks.on_staff_created.append(link_new_therapist)
    composers[TOPIC] = compose
    people_in_care.append(visible_clients)
    client_hooks.find_session = client_records.find_session
    client_hooks.timeline_sources.extend([client_records.appointment_entries, client_records.message_entries])
    client_hooks.on_merge.append(client_records.move_bookings)
    client_hooks.export_sections.update(
        appointments=client_records.export_appointments,
        messages=client_records.export_messages,
        waitlist=client_records.export_waitlist,
    )
