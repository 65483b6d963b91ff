"""Which parts of the clinical record a user may meet. Nothing here opens anything."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, QuerySet

from clients.models import Screening, TreatmentNote
from clients.selectors.people import visible_to
from clinic.accounts.models import User
from clinic.errors import NotFound


def visible_notes(user: User | AnonymousUser) -> QuerySet[TreatmentNote]:
    """Notes on clients in the user's care; all for the owner; none for everybody else.

    With `addenda_count`, the client and the author.
    """
    notes = TreatmentNote.objects.select_related("client", "author").annotate(addenda_count=Count("addenda"))
    if not isinstance(user, User) or not user.may_read_clinical:
        return notes.none()
    return notes.filter(client__in=visible_to(user))


def find_note(user: User | AnonymousUser, note_id: UUID) -> TreatmentNote:
    """Raises NotFound where there is no such note or the user may not see it."""
    note = visible_notes(user).filter(pk=note_id).first()
    if note is None:
        raise NotFound
    return note


def visible_screenings(user: User | AnonymousUser) -> QuerySet[Screening]:
    """Safety answers of clients in the user's care, as with notes. Nameless ones are in nobody's care."""
    screenings = Screening.objects.select_related("client")
    if not isinstance(user, User) or not user.may_read_clinical:
        return screenings.none()
    return screenings.filter(client__in=visible_to(user))


def find_screening(user: User | AnonymousUser, screening_id: UUID) -> Screening:
    """Raises NotFound where there are no such answers or the user may not see them."""
    screening = visible_screenings(user).filter(pk=screening_id).first()
    if screening is None:
        raise NotFound
    return screening
