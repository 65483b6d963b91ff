"""Reading the message log, and asking whether messages leave."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from clinic import clock
from clinic.accounts.models import User
from clinic.messaging.models import Message, MessageStatus

# A receiving server may ask a stranger to come back later: usual for the first hour, and no fault of ours.
_GRACE_ONCE_TRIED: Final = timedelta(hours=1)

# The people whom a user of the staff may know of, each with a `display_name`; a therapist sees the
# messages to these alone. This floor knows nobody: the floor that does registers here, and as long
# as none has, therapists see nothing.
people_in_care: list[Callable[[User], QuerySet[Any]]] = []


def visible_to(user: User | AnonymousUser) -> QuerySet[Message]:
    """The part of the log a user may see: front desk all, therapists that of people in their care."""
    if not isinstance(user, User) or not user.is_active:
        return Message.objects.none()
    if user.runs_front_desk:
        return Message.objects.all()
    if not user.is_clinic_staff:
        return Message.objects.none()
    in_care = Q(pk__in=[])
    for people in people_in_care:
        in_care |= Q(client_id__in=people(user).values("pk"))
    return Message.objects.filter(in_care)


def names_of(messages: Iterable[Message], *, reader: User) -> dict[int, str]:
    """Who the messages are for, by `client_id`. One query; people whom the reader may not know of are left out."""
    wanted = {message.client_id for message in messages if message.client_id is not None}
    return {
        person.pk: person.display_name for people in people_in_care for person in people(reader).filter(pk__in=wanted)
    }


def messages_of(
    messages: QuerySet[Message],
    *,
    zone: ZoneInfo,
    status: str = "",
    kind: str = "",
    client_id: int | None = None,
    first: date | None = None,
    last: date | None = None,
) -> QuerySet[Message]:
    """Those that match everything given. `first` and `last`: local dates they are due on, both inclusive."""
    wanted = Q()
    if status:
        wanted &= Q(status=status)
    if kind:
        wanted &= Q(kind=kind)
    if client_id is not None:
        wanted &= Q(client_id=client_id)
    if first:
        wanted &= Q(due_at__gte=clock.start_of_day(first, zone))
    if last:
        wanted &= Q(due_at__lt=clock.start_of_day(last + clock.ONE_DAY, zone))
    return messages.filter(wanted)


def oldest_due_age(now: datetime) -> timedelta | None:
    """How long the message that is due longest has been waiting; None when none waits.

    One that was tried and put off by its own recipient's server counts only after an hour; an outage
    of our own leaves messages untried, and they count at once.
    """
    waiting = Message.objects.filter(status=MessageStatus.PENDING, due_at__lte=now)
    late = waiting.filter(Q(attempts=0) | Q(due_at__lte=now - _GRACE_ONCE_TRIED))
    oldest = late.order_by("due_at").values_list("due_at", flat=True).first()
    return now - oldest if oldest else None
