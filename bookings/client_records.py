"""What the diary adds to a client's record; `clients.hooks` says what each of these is for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from bookings.models import Appointment, AppointmentEvent, WaitlistEntry
from bookings.selectors.appointments import visible_to
from clients.hooks import Session, TimelineEntry, TimelineQuery
from clients.models import Client
from clinic import clock
from clinic.messaging.models import Message
from clinic.practice.selectors import get_practice
from clinic.transactions import transaction_required


def find_session(reference: str) -> Session | None:
    """The appointment behind a reference, as a note needs it."""
    row = Appointment.objects.filter(reference=reference).values_list("client_id", "starts_at").first()
    if row is None:
        return None
    client_id, starts_at = row
    return Session(client_id, clock.local_date(starts_at, get_practice().zone))


_DEEDS: Final = {
    "book": "Booked",
    "reschedule": "Moved",
    "cancel": "Cancelled for the client",
    "cancel-by-clinic": "Cancelled by the clinic",
    "arrive": "Arrived",
    "check-in": "Checked in",
    "fulfil": "Done",
    "no-show": "Did not come",
    "enter-in-error": "Entered by mistake",
}


def appointment_entries(query: TimelineQuery) -> Iterator[TimelineEntry]:
    """Every change of every appointment the viewer may know of."""
    events = (
        AppointmentEvent.objects.filter(appointment__client=query.client, appointment__in=visible_to(query.viewer))
        .select_related("appointment")
        .order_by("-occurred_at", "-pk")[: query.newest]
    )
    zone = get_practice().zone
    for event in events:
        appointment = event.appointment
        on = appointment.starts_at.astimezone(zone)
        yield TimelineEntry(
            event.occurred_at,
            "appointment",
            f"{_DEEDS.get(event.action, event.action)}: {appointment.treatment_name}, {on.day} {on:%B %Y, %H:%M}",
            appointment.reference,
            event.actor_label,
        )


def message_entries(query: TimelineQuery) -> Iterator[TimelineEntry]:
    """What was sent, or was to be."""
    settled = Message.objects.filter(client_id=query.client.pk, settled_at__isnull=False)
    for message in settled.order_by("-settled_at", "-pk")[: query.newest]:
        assert message.settled_at is not None  # noqa: S101  # filtered above
        title = f"{_named(message.kind)} by {message.channel}: {message.get_status_display().lower()}"
        yield TimelineEntry(message.settled_at, "message", title, str(message.pk))


def _named(kind: str) -> str:
    """A kind of message in words: "reminder-72h" -> "Reminder 72 hours before"."""
    words = re.sub(r" (\d+)h$", r" \1 hours before", kind.replace("-", " ").capitalize())
    return words.replace(" 1 hours ", " 1 hour ")


@transaction_required
def move_bookings(kept: Client, merged: Client) -> None:
    """What hangs on a merged record goes over to the one that is kept."""
    Appointment.objects.filter(client=merged).update(client=kept)
    WaitlistEntry.objects.filter(client=merged).update(client=kept)
    Message.objects.filter(client_id=merged.pk).update(client_id=kept.pk)


def export_appointments(client: Client) -> list[dict[str, Any]]:
    """Every appointment with its history, for the client's own copy of their data."""
    rows = Appointment.objects.filter(client=client).select_related("therapist", "location").order_by("starts_at")
    return [
        {
            "reference": row.reference,
            "status": row.status,
            "starts_at": row.starts_at.isoformat(),
            "ends_at": row.ends_at.isoformat(),
            "treatment": row.treatment_name,
            "therapist": row.therapist.name,
            "location": row.location.name,
            "minutes": row.minutes,
            "price": str(row.price),
            "fee_due": str(row.fee_due),
            "currency": row.currency,
            "policy": row.policy_text,
            "history": [
                {
                    "at": event.occurred_at.isoformat(),
                    "action": event.action,
                    "by": event.actor_label,
                    "status": event.status_after,
                    "changes": event.changes,
                    "reason": event.reason,
                }
                for event in row.events.all()
            ],
        }
        for row in rows.prefetch_related("events")
    ]


def export_messages(client: Client) -> list[dict[str, Any]]:
    """What the clinic sent to this client."""
    rows = Message.objects.filter(client_id=client.pk).order_by("due_at")
    return [
        {
            "kind": row.kind,
            "channel": row.channel,
            "recipient": row.recipient,
            "status": row.status,
            "settled_at": row.settled_at.isoformat() if row.settled_at else None,
        }
        for row in rows
    ]


def export_waitlist(client: Client) -> list[dict[str, Any]]:
    rows = WaitlistEntry.objects.filter(client=client).select_related("treatment").order_by("created_at")
    return [
        {
            "treatment": row.treatment.name,
            "minutes": row.minutes,
            "from_on": row.from_on.isoformat(),
            "until_on": row.until_on.isoformat(),
            "state": row.state,
            "note": row.note,
        }
        for row in rows
    ]
