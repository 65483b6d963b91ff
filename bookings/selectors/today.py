"""The work of the day as plain data. A constant number of queries, whatever lies in the diary.

Nothing sealed is opened here: that a note is missing or a draft unsigned is told by its row alone.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import TruncDate

from bookings.models import Appointment, Therapist
from bookings.models.appointments import LONGEST_APPOINTMENT
from bookings.selectors.appointments import visible_to
from bookings.selectors.diary import diary_rows, therapists_in_diary
from bookings.selectors.gaps import load_gaps
from bookings.selectors.rules import load_rules
from bookings.status import OPEN, AppointmentStatus
from clients.models import Client, TreatmentNote
from clients.selectors import people
from clients.selectors.notes import visible_notes
from clinic import clock
from clinic.accounts.models import User
from clinic.accounts.roles import Role
from clinic.messaging import selectors as messages
from clinic.messaging.models import MessageStatus

DAYS_BACK: Final = 14
MOST_ROWS: Final = 50
_HERE: Final = (AppointmentStatus.ARRIVED, AppointmentStatus.CHECKED_IN)
_ENDED_UNMARKED: Final = (AppointmentStatus.BOOKED, *_HERE)


@dataclass(frozen=True, slots=True)
class _Day:
    """Who asks, whose day it is, and where the clock stands."""

    user: User
    therapist_id: int | None
    therapist_ids: Collection[int]
    now: datetime
    zone: ZoneInfo

    @property
    def date(self) -> date:
        return clock.local_date(self.now, self.zone)

    @property
    def from_(self) -> datetime:
        return clock.start_of_day(self.date - timedelta(days=DAYS_BACK), self.zone)


def load_today(user: User, *, now: datetime, therapist_id: int | None = None) -> dict[str, Any]:
    """Who is next, what is left to write, which messages failed and which time could be filled.

    Therapists get their own day, owner and receptionist everybody's or the one asked for; failed
    messages are those that `user` may see at all. What speaks of the clinical record is there only
    for those who may read it. Raises NotFound for a therapist whom `user` may not see.
    """
    rules = load_rules()
    therapists = therapists_in_diary(user, therapist_id)
    day = _Day(user, therapist_id, [row["id"] for row in therapists], now, rules.clinic.zone)
    clinical = _clinical_work(day) if user.may_read_clinical else {}
    return {
        "date": day.date.isoformat(),
        "time_zone": day.zone.key,
        "therapists": therapists,
        "next": _rows(_next_of_each(day), day),
        **clinical,
        "failed_messages": _failed_messages(day),
        "gaps": load_gaps(user, therapist_ids=day.therapist_ids, now=now, rules=rules),
    }


def _clinical_work(day: _Day) -> dict[str, Any]:
    unwritten, unsigned = _unwritten(day), _unsigned(day)
    return {
        "unwritten": _rows(unwritten[:MOST_ROWS], day),
        "unwritten_count": unwritten.count(),
        "unsigned": [_draft(note) for note in unsigned[:MOST_ROWS]],
        "unsigned_count": unsigned.count(),
    }


def _rows(appointments: QuerySet[Appointment], day: _Day) -> list[dict[str, Any]]:
    return list(diary_rows(appointments, zone=day.zone, shows_review=day.user.may_read_clinical))


def _next_of_each(day: _Day) -> QuerySet[Appointment]:
    """Of each therapist the appointment that runs, or the one that comes next, today or later."""
    soonest = Appointment.objects.filter(
        therapist=OuterRef("pk"),
        starts_at__gt=day.now - LONGEST_APPOINTMENT,
        ends_at__gt=day.now,
        status__in=(*OPEN, *_HERE),
    ).order_by("starts_at", "pk")
    of_each = Therapist.objects.filter(pk__in=day.therapist_ids).values_list(Subquery(soonest.values("pk")[:1]))
    return Appointment.objects.filter(pk__in=of_each).order_by("starts_at", "pk")


def _unwritten(day: _Day) -> QuerySet[Appointment]:
    """What is over and has no note, not even a draft, the oldest first. Only people in the user's care.

    A note that names no appointment is taken for the one of its client and day.
    """
    of_it = TreatmentNote.objects.filter(appointment_reference=OuterRef("reference"))
    of_the_day = TreatmentNote.objects.filter(
        appointment_reference="", client=OuterRef("client"), session_on=OuterRef("session_on")
    )
    return (
        visible_to(day.user)
        .annotate(session_on=TruncDate("starts_at", tzinfo=day.zone))
        .filter(
            Q(status=AppointmentStatus.FULFILLED) | Q(status__in=_ENDED_UNMARKED, ends_at__lte=day.now),
            ~Exists(of_it),
            ~Exists(of_the_day),
            therapist__in=day.therapist_ids,
            client__in=people.visible_to(day.user),
            starts_at__gte=day.from_,
            starts_at__lte=day.now,
        )
        .order_by("starts_at", "pk")
    )


def _unsigned(day: _Day) -> QuerySet[TreatmentNote]:
    """Drafts of sessions that have been, the oldest first; a therapist's own, for nobody else can sign them."""
    drafts = visible_notes(day.user).filter(state=TreatmentNote.State.DRAFT, session_on__lte=day.date)
    if day.user.role == Role.THERAPIST:
        drafts = drafts.filter(author=day.user)
    elif day.therapist_id is not None:
        drafts = drafts.filter(author__therapist=day.therapist_id)
    return drafts.order_by("session_on", "created_at", "pk")


def _draft(note: TreatmentNote) -> dict[str, Any]:
    return {
        "id": str(note.pk),
        "client": {"id": note.client_id, "name": note.client.display_name},
        "session_on": note.session_on.isoformat(),
    }


def _failed_messages(day: _Day) -> list[dict[str, Any]]:
    """What was given up in the last days, the latest first."""
    failed = messages.visible_to(day.user).filter(status=MessageStatus.FAILED, settled_at__gte=day.from_)
    found = list(failed.order_by("-settled_at", "pk")[:MOST_ROWS])
    clients = Client.objects.in_bulk({message.client_id for message in found if message.client_id is not None})
    return [
        {
            "id": str(message.pk),
            "kind": message.kind,
            "client": _named(clients.get(message.client_id)),
            "reason": message.reason,
            "created_at": message.created_at.astimezone(day.zone).isoformat(),
        }
        for message in found
    ]


def _named(client: Client | None) -> dict[str, Any] | None:
    return {"id": client.pk, "name": client.display_name} if client else None
