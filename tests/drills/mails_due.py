"""Appointments whose confirmations are due, for drills about mail.

`python -m tests.drills.mails_due 500` writes them into the database of the environment and prints
the Message-ID that belongs to each recipient.
"""

from __future__ import annotations

import json
import secrets
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.drills.databases import Database, run_python

if TYPE_CHECKING:
    from bookings.models import Appointment


def write_mails_due(database: Database, folder: Path, *, count: int) -> dict[str, str]:
    """So many confirmations, due now. Recipient -> Message-ID."""
    printed = run_python(database, folder, "-m", "tests.drills.mails_due", str(count))
    found: dict[str, str] = json.loads(printed.splitlines()[-1])
    return found


def write_rows(count: int) -> dict[str, str]:
    """Inside Django, set up: the rows. Each appointment is in ten days' time and caused its messages itself."""
    from django.db import transaction  # noqa: PLC0415

    from bookings.reminders import plan_messages  # noqa: PLC0415
    from bookings.selectors.rules import load_rules  # noqa: PLC0415
    from clinic.messaging.mailer import message_id_of  # noqa: PLC0415
    from clinic.messaging.models import Message  # noqa: PLC0415
    from tests.bookings.clinic import make_clinic  # noqa: PLC0415

    clinic, now = make_clinic(), datetime.now(UTC)
    rules = load_rules().clinic
    with transaction.atomic():
        appointments = [_make_appointment(clinic, now=now) for _ in range(count)]
        for appointment in appointments:
            plan_messages(appointment=appointment, cause="booked", rules=rules, now=now)
    recipients = {appointment.client_id: appointment.client.email for appointment in appointments}
    return {
        recipients[message.client_id or 0]: message_id_of(message)
        for message in Message.objects.filter(kind="confirmation")
    }


def _make_appointment(clinic: Any, *, now: datetime) -> Appointment:
    from bookings.models import Appointment  # noqa: PLC0415
    from clients.models import Client  # noqa: PLC0415

    word = secrets.token_hex(5)
    return Appointment.objects.create(
        reference=word.upper(),
        manage_nonce=secrets.token_hex(16),
        client=Client.objects.create(first_name="Ada", last_name="Visitor", email=f"{word}@example.org"),
        therapist=clinic.therapist,
        location=clinic.location,
        treatment=clinic.treatment,
        treatment_name=clinic.treatment.name,
        minutes=60,
        price=Decimal("55.00"),
        currency="GBP",
        starts_at=now + timedelta(days=10),
        ends_at=now + timedelta(days=10, hours=1),
        source=Appointment.Source.ONLINE,
        booked_at=now,
        cancellation_notice_hours=24,
        late_cancellation_fee=Decimal("27.50"),
        no_show_fee=Decimal("55.00"),
    )


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(write_rows(int(sys.argv[1]))))
