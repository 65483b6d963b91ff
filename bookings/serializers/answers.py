"""What the diary answers. The classes describe; the functions build, once, without a query.

Moments are given with the clinic's own offset, money as decimal strings.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rest_framework import serializers

from bookings.manage_token import token_for
from bookings.models import Appointment, AppointmentEvent
from bookings.serializers.requests import STATUS_CHOICES
from bookings.services.appointments import cancellation_terms
from bookings.status import OPEN, next_statuses
from clinic.accounts.models import User


class NamedSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()


class BookedTreatmentSerializer(serializers.Serializer[Any]):
    slug = serializers.CharField()
    name = serializers.CharField()


class PlaceSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    address = serializers.CharField()
    directions = serializers.CharField()


class CancellationSerializer(serializers.Serializer[Any]):
    """What cancelling costs, before it is done."""

    policy = serializers.CharField()
    notice_hours = serializers.IntegerField()
    free_until = serializers.DateTimeField()
    is_late_now = serializers.BooleanField()
    fee_now = serializers.DecimalField(max_digits=8, decimal_places=2)


class BookingSerializer(serializers.Serializer[Any]):
    reference = serializers.CharField()
    status = serializers.ChoiceField(choices=STATUS_CHOICES)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    time_zone = serializers.CharField()
    therapist = NamedSerializer()
    treatment = BookedTreatmentSerializer()
    location = PlaceSerializer()
    minutes = serializers.IntegerField()
    price = serializers.DecimalField(max_digits=8, decimal_places=2)
    currency = serializers.CharField()
    cancellation = CancellationSerializer()
    can_cancel = serializers.BooleanField()
    can_move = serializers.BooleanField()
    is_late_cancellation = serializers.BooleanField()
    cancellation_fee = serializers.DecimalField(max_digits=8, decimal_places=2)
    version = serializers.IntegerField()


class NewBookingSerializer(BookingSerializer):
    manage_token = serializers.CharField(help_text="Shown once. Send it as `Authorization: Booking <token>`.")


def booking_answer(appointment: Appointment, *, zone: ZoneInfo, now: datetime) -> dict[str, Any]:
    """What its client may see of a booking."""
    cancellation = cancellation_answer(appointment, zone=zone, now=now)
    is_ahead = appointment.status in OPEN and now < appointment.starts_at
    return {
        "reference": appointment.reference,
        "status": appointment.status,
        "starts_at": local(appointment.starts_at, zone),
        "ends_at": local(appointment.ends_at, zone),
        "time_zone": zone.key,
        "therapist": {"id": appointment.therapist_id, "name": appointment.therapist.name},
        "treatment": {"slug": appointment.treatment.slug, "name": appointment.treatment_name},
        "location": {
            "name": appointment.location.name,
            "address": appointment.location.address,
            "directions": appointment.location.directions,
        },
        "minutes": appointment.minutes,
        "price": str(appointment.price),
        "currency": appointment.currency,
        "cancellation": cancellation,
        "can_cancel": is_ahead,
        "can_move": is_ahead and not cancellation["is_late_now"],
        "is_late_cancellation": appointment.is_late_cancellation,
        "cancellation_fee": str(appointment.fee_due),
        "version": appointment.version,
    }


def cancellation_answer(appointment: Appointment, *, zone: ZoneInfo, now: datetime) -> dict[str, Any]:
    terms = cancellation_terms(appointment, now=now)
    return {
        "policy": appointment.policy_text,
        "notice_hours": appointment.cancellation_notice_hours,
        "free_until": local(terms.free_until, zone),
        "is_late_now": terms.is_late,
        "fee_now": str(terms.fee),
    }


def new_booking_answer(appointment: Appointment, *, zone: ZoneInfo, now: datetime) -> dict[str, Any]:
    return {**booking_answer(appointment, zone=zone, now=now), "manage_token": token_for(appointment)}


class AppointmentClientSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    phone = serializers.CharField()
    alert_line = serializers.CharField()


class AppointmentEventSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField()
    action = serializers.CharField()
    occurred_at = serializers.DateTimeField()
    actor = serializers.CharField()
    status_before = serializers.CharField(allow_blank=True)
    status_after = serializers.CharField()
    changes = serializers.DictField()
    reason = serializers.CharField(allow_blank=True)


class AppointmentSerializer(serializers.Serializer[Any]):
    """An appointment as staff see it: nothing clinical."""

    id = serializers.IntegerField()
    reference = serializers.CharField()
    version = serializers.IntegerField()
    status = serializers.ChoiceField(choices=STATUS_CHOICES)
    next_statuses = serializers.ListField(child=serializers.ChoiceField(choices=STATUS_CHOICES))
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    buffer_before_minutes = serializers.IntegerField()
    buffer_after_minutes = serializers.IntegerField()
    client = AppointmentClientSerializer()
    therapist = NamedSerializer()
    room = NamedSerializer(allow_null=True)
    location = NamedSerializer()
    treatment = BookedTreatmentSerializer()
    minutes = serializers.IntegerField()
    price = serializers.DecimalField(max_digits=8, decimal_places=2)
    currency = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]  # a field's name, not the serializer's own `source`
    is_first_visit = serializers.BooleanField()
    needs_review = serializers.BooleanField(
        required=False, help_text="Only for those who may read the clinical record."
    )
    is_late_cancellation = serializers.BooleanField()
    fee_due = serializers.DecimalField(max_digits=8, decimal_places=2)
    ended_reason = serializers.CharField(allow_blank=True)
    override_reason = serializers.CharField(allow_blank=True)
    booked_at = serializers.DateTimeField()


class AppointmentDetailSerializer(AppointmentSerializer):
    cancellation = CancellationSerializer(help_text="On the client's word; cancelled by the clinic it costs nothing.")
    no_show_fee = serializers.DecimalField(max_digits=8, decimal_places=2)
    events = AppointmentEventSerializer(many=True)


def appointment_answer(appointment: Appointment, *, zone: ZoneInfo, reader: User) -> dict[str, Any]:
    """What staff may see of an appointment. A safety flag speaks of health: not for the front desk."""
    answer = {
        "id": appointment.pk,
        "reference": appointment.reference,
        "version": appointment.version,
        "status": appointment.status,
        "next_statuses": next_statuses(appointment.status),
        "starts_at": local(appointment.starts_at, zone),
        "ends_at": local(appointment.ends_at, zone),
        "buffer_before_minutes": appointment.buffer_before_minutes,
        "buffer_after_minutes": appointment.buffer_after_minutes,
        "client": {
            "id": appointment.client_id,
            "name": appointment.client.display_name,
            "phone": str(appointment.client.phone),
            "alert_line": appointment.client.alert_line,
        },
        "therapist": {"id": appointment.therapist_id, "name": appointment.therapist.name},
        "room": {"id": appointment.room_id, "name": appointment.room.name} if appointment.room else None,
        "location": {"id": appointment.location_id, "name": appointment.location.name},
        "treatment": {"slug": appointment.treatment.slug, "name": appointment.treatment_name},
        "minutes": appointment.minutes,
        "price": str(appointment.price),
        "currency": appointment.currency,
        "source": appointment.source,
        "is_first_visit": appointment.is_first_visit,
        "is_late_cancellation": appointment.is_late_cancellation,
        "fee_due": str(appointment.fee_due),
        "ended_reason": appointment.ended_reason,
        "override_reason": appointment.override_reason,
        "booked_at": local(appointment.booked_at, zone),
    }
    if reader.may_read_clinical:
        answer["needs_review"] = appointment.needs_review
    return answer


def event_answer(event: AppointmentEvent, *, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "version": event.version,
        "action": event.action,
        "occurred_at": local(event.occurred_at, zone),
        "actor": event.actor_label,
        "status_before": event.status_before,
        "status_after": event.status_after,
        "changes": event.changes,
        "reason": event.reason,
    }


class SlotSerializer(serializers.Serializer[Any]):
    starts_at = serializers.DateTimeField()
    therapists = serializers.ListField(child=serializers.IntegerField())


class AvailableDaySerializer(serializers.Serializer[Any]):
    date = serializers.DateField()
    is_open = serializers.BooleanField(
        help_text="Whether anybody who gives the treatment works that day: without free times it is full, else closed."
    )
    slots = SlotSerializer(many=True)


class AvailabilitySerializer(serializers.Serializer[Any]):
    time_zone = serializers.CharField()
    days = AvailableDaySerializer(many=True)


class HoldSerializer(serializers.Serializer[Any]):
    token = serializers.CharField()
    expires_at = serializers.DateTimeField()
    therapist = serializers.IntegerField()
    cancellation_policy = serializers.CharField(help_text="What booking this time means accepting, with the amounts.")


def local(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).isoformat()
