"""Who composes the words of which topic. The owner of a topic registers in its `apps.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from clinic.messaging.models import Message


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file as it is to arrive, byte for byte. `mimetype` such as text/calendar, with its parameters apart."""

    filename: str
    content: bytes
    mimetype: str
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Email:
    """What one person is to read. `to` and `reply_to` are bare addresses; `sender_name` stands before ours."""

    to: str
    subject: str
    text: str
    html: str
    sender_name: str = ""
    reply_to: str = ""
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Skip:
    """Nothing is to be sent any more, and why, in words for the log."""

    reason: str


# Called outside any transaction just before sending, with the moment of sending. Reads the state anew
# in a constant number of queries. May raise clinic.messaging.mailer.Refused to fail for good.
Composer = Callable[[Message, datetime], Email | Skip]

composers: dict[str, Composer] = {}


def compose(message: Message, now: datetime) -> Email | Skip:
    """The words of a message as of `now`. Raises KeyError for a topic that nobody has registered."""
    return composers[message.topic](message, now)
