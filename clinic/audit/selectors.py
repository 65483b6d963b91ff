"""Reading the audit trail."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from clinic.accounts.models import User
from clinic.audit import hooks
from clinic.audit.models import AuditEvent


def visible_to(user: object) -> QuerySet[AuditEvent]:
    """The trail is the owner's to read."""
    events = AuditEvent.objects.all()
    return events if isinstance(user, User) and user.is_active and user.is_owner else events.none()


def chosen_events(
    events: QuerySet[AuditEvent],
    *,
    client: int | None = None,
    actor: int | None = None,
    action: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> QuerySet[AuditEvent]:
    """The events about one client (with the records merged into theirs), of one user, of one kind, in [since, until)."""
    if client is not None:
        events = events.filter(client_id__in={client, *(pk for find in hooks.records_of for pk in find(client))})
    if actor is not None:
        events = events.filter(actor_id=actor)
    if action:
        events = events.filter(action=action)
    if since is not None:
        events = events.filter(occurred_at__gte=since)
    if until is not None:
        events = events.filter(occurred_at__lt=until)
    return events.order_by("-sequence")
