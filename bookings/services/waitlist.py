"""Clients who would come if a time came free: put on the list, and taken off it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Q

from bookings.models import Appointment, Therapist, WaitlistEntry
from bookings.selectors.rules import load_rules
from clients.models import Client
from clients.services.locking import locked_client
from clinic import clock
from clinic.errors import DomainError, ErrorCode, InvalidInput, NotFound
from clinic.transactions import owns_transaction, transaction_required
from treatments.selectors import get_option

_LONGEST: Final = timedelta(days=366)


class NotWaiting(DomainError):
    """Data: `state`, which the entry is in."""

    code = ErrorCode.INVALID_TRANSITION
    default_message = "This entry is not waiting any more."


@owns_transaction()
def add_to_waitlist(
    client: Client,
    *,
    treatment_slug: str,
    minutes: int,
    therapist: Therapist | None,
    from_on: date,
    until_on: date,
    note: str,
    now: datetime,
) -> WaitlistEntry:
    """Put a client on the list for the local dates from `from_on` to `until_on`, both inclusive.

    `therapist` None means anybody. Raises InvalidInput naming the field.
    """
    today = clock.local_date(now, load_rules().clinic.zone)
    if from_on > until_on:
        raise InvalidInput.field("until_on", "The last day must not be before the first.", code="ends_before_start")
    if until_on < today:
        raise InvalidInput.field("until_on", "These days have passed.", code="in_the_past")
    if until_on > today + _LONGEST:
        raise InvalidInput.field("until_on", "At most a year ahead.", code="too_far_ahead")
    option = get_option(slug=treatment_slug, minutes=minutes)
    if therapist and not therapist.treatments.filter(pk=option.treatment_id).exists():
        raise InvalidInput.field("therapist", "This therapist does not give this treatment.", code="unknown_therapist")
    return WaitlistEntry.objects.create(
        client=locked_client(client.pk),  # it may have been merged since it was read
        treatment=option.treatment,
        minutes=minutes,
        therapist=therapist,
        from_on=from_on,
        until_on=until_on,
        note=note,
        created_at=now,
    )


@transaction_required
def end_waiting(appointment: Appointment, *, zone: ZoneInfo) -> None:
    """Take the client off the list where the appointment, just booked or moved, is what they were waiting for.

    That is: the treatment, at whatever length, within their days and with the therapist they asked for.
    """
    on = clock.local_date(appointment.starts_at, zone)
    waiting = WaitlistEntry.objects.filter(
        Q(therapist=None) | Q(therapist=appointment.therapist_id),
        state=WaitlistEntry.State.WAITING,
        client=appointment.client_id,
        treatment=appointment.treatment_id,
        from_on__lte=on,
        until_on__gte=on,
    )
    waiting.update(state=WaitlistEntry.State.BOOKED)


@owns_transaction()
def withdraw_from_waitlist(entry: WaitlistEntry) -> WaitlistEntry:
    """Take a waiting client off the list. Twice is fine. Raises NotWaiting for one who was booked meanwhile."""
    row = WaitlistEntry.objects.select_for_update().filter(pk=entry.pk).first()
    if row is None:
        raise NotFound
    if row.state == WaitlistEntry.State.BOOKED:
        raise NotWaiting(state=row.state)
    row.state = WaitlistEntry.State.WITHDRAWN
    row.save(update_fields=("state",))
    return row
