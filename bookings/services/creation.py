"""Writing a new appointment into a claimed slot. Who may book what is for the callers to decide."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Final

from bookings.manage_token import new_nonce
from bookings.models import Appointment
from bookings.models.rules import fee
from bookings.reminders import plan_messages
from bookings.selectors.rules import policy_text
from bookings.services.history import record_event
from bookings.services.slots import Claim, allocate
from bookings.services.waitlist import end_waiting
from bookings.status import AppointmentStatus
from clients.models import Client
from clients.services.locking import locked_client
from clients.services.matching import add_to_care_team
from clinic.accounts.models import User
from clinic.transactions import transaction_required
from treatments.models import TreatmentOption

# No 0, 1, I, L, O, U: nothing that is misread on paper or misheard on the telephone.
_REFERENCE_ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_REFERENCE_LENGTH: Final = 8


@transaction_required
def create_appointment(
    claim: Claim,
    *,
    option: TreatmentOption,
    client: Client,
    source: Appointment.Source,
    actor: User | None,
    now: datetime,
    is_first_visit: bool,
    needs_review: bool = False,
    has_accepted_policy: bool = False,
    override_reason: str = "",
) -> Appointment:
    """The appointment, its allocations, its first event and its messages, as of `now`.

    Price, policy and fees are frozen as they stand.
    """
    rules, price = claim.rules, option.price
    holder = locked_client(client.pk)  # it may have been merged since it was read
    appointment = Appointment(
        reference=new_reference(),
        manage_nonce=new_nonce(),
        client=holder,
        therapist_id=claim.opening.therapist_id,
        room_id=claim.opening.room_id,
        location_id=claim.opening.location_id,
        treatment=option.treatment,
        treatment_name=option.treatment.name,
        minutes=option.minutes,
        price=price,
        currency=rules.currency,
        starts_at=claim.opening.starts_at,
        ends_at=claim.ends_at,
        buffer_before_minutes=claim.buffer_before_minutes,
        buffer_after_minutes=claim.buffer_after_minutes,
        status=AppointmentStatus.BOOKED.value,
        source=source,
        is_first_visit=is_first_visit,
        needs_review=needs_review,
        override_reason=override_reason,
        booked_at=now,
        booked_by=actor,
        policy_accepted_at=now if has_accepted_policy else None,
        policy_text=policy_text(rules, price),
        cancellation_notice_hours=rules.cancellation_notice_hours,
        late_cancellation_fee=fee(price, rules.late_cancellation_fee_percent),
        no_show_fee=fee(price, rules.no_show_fee_percent),
    )
    appointment.save(force_insert=True)
    allocate(claim, appointment=appointment)
    record_event(appointment, action="book", status_before="", actor=actor, now=now, reason=override_reason)
    if appointment.therapist.user is not None:
        add_to_care_team(holder, appointment.therapist.user)
    end_waiting(appointment, zone=rules.zone)
    plan_messages(appointment=appointment, cause="booked", rules=rules, now=now)
    return appointment


def new_reference() -> str:
    """A free reference: eight characters, 6.5 * 10^11 of them."""
    while True:
        reference = "".join(secrets.choice(_REFERENCE_ALPHABET) for _ in range(_REFERENCE_LENGTH))
        if not Appointment.objects.filter(reference=reference).exists():
            return reference
