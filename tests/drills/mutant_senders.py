"""Senders with a protection taken away: what the drill of the killed sender must be able to find.

`python -m tests.drills.mutant_senders NAME --every 0.1 --lease 2` runs like `manage.py sweep`.
Nothing in the clinic itself knows of this: the names are replaced from here.
"""

from __future__ import annotations

import sys
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from clinic.messaging.models import Message


def mark_before_sending() -> None:
    """The obvious way to send nothing twice: write down first that it is sent."""
    from clinic.messaging import leases  # noqa: PLC0415
    from clinic.messaging.models import Message, MessageStatus  # noqa: PLC0415

    def mark(message: Message, *, now: datetime, **_: object) -> bool:
        waiting = Message.objects.filter(pk=message.pk, status=MessageStatus.PENDING)
        return bool(waiting.update(status=MessageStatus.SENT, settled_at=now))

    leases.renew = mark
    leases.record_sent = lambda *_args, **_kwargs: True


def new_message_id_each_time() -> None:
    """What mail libraries do when nobody tells them the Message-ID."""
    from clinic.messaging import sweep  # noqa: PLC0415

    def make_up(message: Message) -> str:
        return f"<{uuid.uuid4()}@localhost>"

    sweep.message_id_of = make_up  # type: ignore[attr-defined]  # the name that the sweep uses, not its home


MUTANTS: Final[dict[str, Callable[[], None]]] = {
    "mark-before-sending": mark_before_sending,
    "new-message-id-each-time": new_message_id_each_time,
}


if __name__ == "__main__":
    import django
    from django.core.management import call_command

    django.setup()
    MUTANTS[sys.argv[1]]()
    call_command("sweep", *sys.argv[2:])
