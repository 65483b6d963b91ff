"""What happened with a client, newest first, for the eyes of one viewer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from operator import attrgetter
from typing import Final

from django.db.models.functions import Coalesce

from clients import hooks
from clients.hooks import TimelineEntry, TimelineQuery
from clients.models import Addendum, Client, TreatmentNote
from clinic.accounts.models import User

PAGE_SIZE: Final = 50


def timeline_of(client: Client, *, viewer: User, page: int = 1) -> tuple[list[TimelineEntry], bool]:
    """One page of entries, and whether there are more. A constant number of queries."""
    query = TimelineQuery(client, viewer, newest=page * PAGE_SIZE + 1)
    entries: list[TimelineEntry] = []
    for source in (*_OWN_SOURCES, *hooks.timeline_sources):
        entries.extend(source(query))
    # Entries of one moment stay in their sources' order, or pages would not fit together.
    entries.sort(key=attrgetter("at"), reverse=True)
    return entries[(page - 1) * PAGE_SIZE : page * PAGE_SIZE], len(entries) > page * PAGE_SIZE


def _record(query: TimelineQuery) -> Iterator[TimelineEntry]:
    yield TimelineEntry(query.client.created_at, "record", "Record made")


def _notes(query: TimelineQuery) -> Iterator[TimelineEntry]:
    """That a note was written is for all staff; who wrote and signed it, for those who may read it."""
    notes = TreatmentNote.objects.filter(client=query.client).select_related("author")
    # A note's last entry is its signing, where it was signed: that decides which notes are the newest.
    for note in notes.order_by(Coalesce("signed_at", "created_at").desc(), "pk")[: query.newest]:
        if not query.viewer.may_read_clinical:
            yield TimelineEntry(note.created_at, "note", "Note written")
            continue
        reference, author = str(note.pk), str(note.author)
        yield TimelineEntry(note.created_at, "note", f"Note on {note.session_on:%d %B %Y} begun", reference, author)
        if note.signed_at:
            yield TimelineEntry(note.signed_at, "note", f"Note on {note.session_on:%d %B %Y} signed", reference, author)


def _addenda(query: TimelineQuery) -> Iterator[TimelineEntry]:
    if not query.viewer.may_read_clinical:
        return
    addenda = Addendum.objects.filter(note__client=query.client).select_related("author", "note")
    for row in addenda.order_by("-created_at", "pk")[: query.newest]:
        title = f"Addendum to the note on {row.note.session_on:%d %B %Y}"
        yield TimelineEntry(row.created_at, "addendum", title, str(row.note_id), str(row.author))


def _screenings(query: TimelineQuery) -> Iterator[TimelineEntry]:
    if not query.viewer.may_read_clinical:
        return
    for row in query.client.screenings.order_by("-created_at", "pk")[: query.newest]:
        yield TimelineEntry(row.created_at, "screening", "Safety questions answered", str(row.pk))


def _entries(query: TimelineQuery) -> Iterator[TimelineEntry]:
    if not query.viewer.may_read_clinical:
        return
    for row in query.client.entries.select_related("author").order_by("-created_at", "pk")[: query.newest]:
        deed = "replaced" if row.replaces_id else "written"
        title = f"{row.get_kind_display()} of {row.recorded_on:%d %B %Y} {deed}"
        yield TimelineEntry(row.created_at, row.kind, title, str(row.pk), str(row.author))


def _consents(query: TimelineQuery) -> Iterator[TimelineEntry]:
    for row in query.client.consents.select_related("recorded_by").order_by("-recorded_at", "pk")[: query.newest]:
        deed = "given" if row.is_given else "withdrawn"
        title = f"{row.get_purpose_display()}: consent {deed}"
        yield TimelineEntry(row.recorded_at, "consent", title, str(row.pk), str(row.recorded_by))


def _merges(query: TimelineQuery) -> Iterator[TimelineEntry]:
    for row in query.client.merges.select_related("actor").order_by("-merged_at", "pk")[: query.newest]:
        actor = str(row.actor) if row.actor else ""
        yield TimelineEntry(row.merged_at, "merge", f"Merged with record {row.merged_id}", str(row.merged_id), actor)


_OWN_SOURCES: Final[tuple[Callable[[TimelineQuery], Iterable[TimelineEntry]], ...]] = (
    _record,
    _notes,
    _addenda,
    _screenings,
    _entries,
    _consents,
    _merges,
)
