"""Composing a message about an appointment at the moment of sending, from its state then.

# Note [What makes a message needless]
Between writing a message and sending it the appointment may have been cancelled, moved, begun; the
client may have lost the address or said no. So everything is read anew. A later version alone says
little: a check-in raises it too. What counts is whether the start or the therapist changed since.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.template.loader import render_to_string

from bookings.calendar_file import FILENAME, METHOD, calendar_file
from bookings.message_words import words_of
from bookings.models import Appointment, AppointmentEvent
from bookings.reminders import REMINDER, TOPIC
from bookings.status import OPEN, AppointmentStatus
from clients.models import ContactPreference
from clients.services.preferences import may_contact
from clinic.messaging.mailer import Refused
from clinic.messaging.models import Message
from clinic.messaging.registry import Attachment, Email, Skip
from clinic.practice.models import Practice
from clinic.practice.selectors import get_practice

_CANCELLATIONS: Final = frozenset({"cancelled", "cancelled-by-clinic"})


def compose(message: Message, now: datetime) -> Email | Skip:
    """The mail, or why there is none any more. See Note [What makes a message needless].

    Raises Refused for an address that no mail can be sent to.
    """
    appointment = (
        Appointment.objects.select_related("client", "therapist", "location").filter(pk=int(message.topic_id)).first()
    )
    if appointment is None:
        return Skip("There is no such appointment any more.")
    for why_needless in (_of_appointment, _of_other_messages, _of_client):
        if reason := why_needless(appointment, message, now):
            return Skip(reason)
    return _email(appointment, message, practice=get_practice(), now=now)


def sort_of(message: Message) -> str:
    """Which words a message has: those of `reminder-24h` are those of every reminder."""
    return REMINDER if message.kind.startswith(f"{REMINDER}-") else message.kind


def _of_appointment(appointment: Appointment, message: Message, now: datetime) -> str:
    if message.kind in _CANCELLATIONS:
        return "" if appointment.status == AppointmentStatus.CANCELLED else "The appointment is not cancelled."
    if appointment.status == AppointmentStatus.CANCELLED:
        return "The appointment was cancelled."
    if appointment.status not in OPEN:
        return f"The appointment is not open any more ({appointment.status})."
    if appointment.starts_at <= now:
        return "The appointment has begun."
    return "The appointment was moved." if _was_moved_since(appointment, message) else ""


def _of_other_messages(appointment: Appointment, message: Message, now: datetime) -> str:
    """After a long outage two reminders may be due at once: the later one is enough."""
    if sort_of(message) != REMINDER:
        return ""
    later = Message.objects.filter(
        topic=TOPIC,
        topic_id=message.topic_id,
        topic_version=message.topic_version,
        kind__startswith=f"{REMINDER}-",
        due_at__gt=message.due_at,
        due_at__lte=now,
    )
    return "A later reminder is due already." if later.exists() else ""


def _of_client(appointment: Appointment, message: Message, now: datetime) -> str:
    client = appointment.client
    if not client.email:
        return "The client has no email address."
    is_reminder = sort_of(message) == REMINDER
    purpose = ContactPreference.Purpose.REMINDER if is_reminder else ContactPreference.Purpose.SERVICE
    if may_contact(client, purpose, ContactPreference.Channel.EMAIL):
        return ""
    return f"The client wants no {'reminders' if is_reminder else 'confirmations'} by email."


def _was_moved_since(appointment: Appointment, message: Message) -> bool:
    if appointment.version == message.topic_version:
        return False
    later = AppointmentEvent.objects.filter(appointment=appointment, version__gt=message.topic_version)
    return any(
        {"starts_at", "therapist", "minutes"} & changes.keys() for changes in later.values_list("changes", flat=True)
    )


def _email(appointment: Appointment, message: Message, *, practice: Practice, now: datetime) -> Email:
    sort = sort_of(message)
    words = words_of(
        appointment,
        sort=sort,
        practice=practice,
        was_at=_start_before(appointment, message) if sort == "moved" else None,
        now=now,
    )
    return Email(
        to=_checked_address(appointment.client.email),
        subject=words["subject"],
        text=render_to_string("messages/appointment.txt", words),
        html=render_to_string("messages/appointment.html", words),
        sender_name=words["clinic"],
        reply_to=practice.email,
        attachments=() if sort == REMINDER else (_calendar(appointment, practice=practice, now=now),),
    )


def _calendar(appointment: Appointment, *, practice: Practice, now: datetime) -> Attachment:
    content = calendar_file(appointment, practice=practice, now=now)
    return Attachment(FILENAME, content, "text/calendar", {"method": METHOD, "charset": "utf-8"})


def _start_before(appointment: Appointment, message: Message) -> datetime | None:
    """When the appointment was to start before the move that this message tells of."""
    move = AppointmentEvent.objects.filter(appointment=appointment, version=message.topic_version).first()
    before, after = move.changes.get("starts_at", (None, None)) if move else (None, None)
    return datetime.fromisoformat(before) if before and before != after else None


def _checked_address(address: str) -> str:
    try:
        validate_email(address)
    except ValidationError as error:
        raise Refused("The client's email address is not valid.") from error
    return address
