"""Where higher floors add what only they know about a client. They register in their `apps.py`.

All of these run inside services or selectors of this app; none may call a network.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from clients.models import Client
from clinic.accounts.models import User


@dataclass(frozen=True, slots=True)
class Session:
    """An appointment as a note needs it: whose it is, and its date on the clinic's calendar."""

    client_id: int
    on: date


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One line of a client's history. `title` must hold nothing clinical unless the viewer may read that."""

    at: datetime
    kind: str
    title: str
    reference: str = ""
    actor: str = ""


@dataclass(frozen=True, slots=True)
class TimelineQuery:
    """What a source is asked for: the `newest` so many entries of `client` that `viewer` may see."""

    client: Client
    viewer: User
    newest: int


# (kept, merged), inside the merge's transaction with both rows locked: move what points at `merged`.
on_merge: list[Callable[[Client, Client], None]] = []

# Each in a constant number of queries, and entries of the same moment always in the same order.
timeline_sources: list[Callable[[TimelineQuery], Iterable[TimelineEntry]]] = []

# Name of a section of the export -> what it holds about a client, as JSON.
export_sections: dict[str, Callable[[Client], Any]] = {}

# The appointment behind a reference. Registered as `hooks.find_session = ...`; None: there are no appointments.
find_session: Callable[[str], Session | None] | None = None
