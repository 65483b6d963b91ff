from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from clinic.messaging.registry import composers
from tests.messaging.outbox import TOPIC, greet
from tests.messaging.sink import RunningSink, Sink


@pytest.fixture(autouse=True)
def composer() -> Iterator[None]:
    """Tests may put another one in its place; afterwards the topic is forgotten."""
    composers[TOPIC] = greet
    yield
    composers.pop(TOPIC, None)


@pytest.fixture
def sink(settings: Settings) -> Iterator[Sink]:
    """A real SMTP server that all mail goes to."""
    sink = Sink()
    with RunningSink(sink) as port:
        send_over_smtp(settings, port)
        yield sink


def send_over_smtp(settings: Settings, port: int) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 1
