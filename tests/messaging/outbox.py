"""Rows of the outbox for tests, about a topic of the tests' own."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import Any

from clinic.messaging.models import Message
from clinic.messaging.registry import Email, Skip

TOPIC = "test"
NOW = datetime(2027, 1, 4, 9, tzinfo=UTC)
_numbers = itertools.count(1)


def make_message(**fields: Any) -> Message:
    number = next(_numbers)
    values: dict[str, Any] = {
        "topic": TOPIC,
        "topic_id": str(number),
        "topic_version": 1,
        "kind": "greeting",
        "channel": "email",
        "due_at": NOW,
        **fields,
    }
    return Message.objects.create(**values)


def greet(message: Message, now: datetime) -> Email | Skip:
    """The composer of the tests' topic."""
    number = message.topic_id
    return Email(to=f"person{number}@example.org", subject=f"Greeting {number}", text="Hello", html="<p>Hello</p>")
