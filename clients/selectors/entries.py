"""Which entries of the record a user may meet. Nothing here opens anything."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import AnonymousUser
from django.db.models import BooleanField, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery

from clients.models import Client, RecordEntry
from clients.selectors.people import open_to, visible_to
from clinic.accounts.models import User

# What clients write or follow themselves. The rest of their record they have in their data.
KINDS_FOR_THE_CLIENT = (RecordEntry.Kind.INTAKE, RecordEntry.Kind.HOME_CARE)


def entries_of(clients: Iterable[Client] | QuerySet[Client]) -> QuerySet[RecordEntry]:
    """All entries with `replaced_by`, the client and the author; those that hold first, then the latest."""
    return (
        RecordEntry.objects.filter(client__in=clients)
        .select_related("client", "author")
        .annotate(
            replaced_by=F("replacements__pk"),
            is_replaced=ExpressionWrapper(Q(replacements__isnull=False), output_field=BooleanField()),
        )
        .order_by("is_replaced", "-recorded_on", "-created_at", "pk")
    )


def visible_entries(user: User | AnonymousUser, *, kind: str) -> QuerySet[RecordEntry]:
    """Those on clients in the user's care, all for the owner, a client's own of some kinds; else none."""
    if isinstance(user, User) and user.may_read_clinical:
        return entries_of(visible_to(user)).filter(kind=kind)
    own = entries_of(open_to(user)).filter(kind=kind)
    return own if kind in KINDS_FOR_THE_CLIENT else own.none()


def latest_of_each_client(entries: QuerySet[RecordEntry], *, kind: str) -> QuerySet[RecordEntry]:
    """Of each client the one that holds now."""
    of_client = RecordEntry.objects.filter(client=OuterRef("client"), kind=kind, replacements=None)
    latest = of_client.order_by("-recorded_on", "-created_at", "pk").values("pk")[:1]
    return entries.filter(pk=Subquery(latest)).order_by("client")
