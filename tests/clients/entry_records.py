"""Entries of the record for tests."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import count
from typing import Any, Final
from uuid import UUID

from clients.models import Client, RecordEntry
from clients.services.entries import Kind, record_entry
from clinic.accounts.models import User
from tests.clients.records import NOW, TODAY
from tests.factories import make_user

# Found anywhere outside the vault, it shows that something leaked.
CANARY = "canary-entry-41c9"
PATHS: Final = {
    Kind.INTAKE: "intake",
    Kind.MEASUREMENT: "measurements",
    Kind.BODY_CHART: "body-charts",
    Kind.HOME_CARE: "home-care",
}
CONTENTS: Final[dict[Kind, dict[str, Any]]] = {
    Kind.INTAKE: {"answers": {"presenting_complaint": CANARY}},
    Kind.MEASUREMENT: {"test": "knee-to-wall", "side": "left", "value": 9, "note": CANARY},
    Kind.BODY_CHART: {
        "marks": [{"view": "anterior", "points": [[0.5, 0.5]], "kind": "pain", "author": "client", "note": CANARY}]
    },
    Kind.HOME_CARE: {"items": [{"title": "Calf raises", "instructions": CANARY}]},
}
_moments = count()


def make_entry(
    client: Client,
    kind: Kind = Kind.MEASUREMENT,
    *,
    author: User | None = None,
    content: dict[str, Any] | None = None,
    on: date | None = None,
    replaces: UUID | None = None,
    now: datetime | None = None,
) -> RecordEntry:
    """Each a second after the one before."""
    return record_entry(
        client,
        kind=kind,
        content=CONTENTS[kind] if content is None else content,
        author=author or make_user(),
        recorded_on=on,
        replaces=replaces,
        today=TODAY,
        now=now or NOW + timedelta(seconds=next(_moments)),
    )


def knee(value: float, *, side: str = "left") -> dict[str, Any]:
    return {"test": "knee-to-wall", "side": side, "value": value}
