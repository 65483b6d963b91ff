"""A real SMTP server on the loopback that remembers what it took, and can be told to misbehave."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from types import TracebackType
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

TAKEN = "250 OK"
HANG_UP = "hang up"
# Given the recipient: an SMTP answer, or HANG_UP.
Answer = Callable[[str], str]


def take_all(_recipient: str) -> str:
    return TAKEN


@dataclass
class Sink:
    """`seconds_before` a message counts as taken, and `seconds_after` that until the server says so."""

    on_recipient: Answer = take_all
    on_message: Answer = take_all
    seconds_before: float = 0
    seconds_after: float = 0
    taken: list[tuple[str, bytes]] = field(default_factory=list)
    connections: int = 0

    async def handle_EHLO(  # noqa: N802  # aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.on_recipient(address)
        if answer == TAKEN:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd's name
        recipient = envelope.rcpt_tos[0]
        await asyncio.sleep(self.seconds_before)
        answer = self.on_message(recipient)
        if answer == TAKEN:
            assert isinstance(envelope.content, bytes)
            self.taken.append((recipient, envelope.content))
            await asyncio.sleep(self.seconds_after)
        if answer == HANG_UP:
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return answer

    def messages(self) -> list[Message]:
        return [message_from_bytes(content) for _, content in self.taken]

    def message_ids(self) -> list[str]:
        return [str(message["Message-ID"]) for message in self.messages()]


class RunningSink:
    """`with RunningSink(sink) as port:`; may be left and entered again on the same port."""

    def __init__(self, sink: Sink, *, port: int = 0) -> None:
        self.sink = sink
        self.port = port or free_port()
        self._controller: Any = None

    def __enter__(self) -> int:
        self._controller = Controller(self.sink, hostname="127.0.0.1", port=self.port)
        self._controller.start()
        return self.port

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._controller.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def silent_server() -> Iterator[int]:
    """Takes connections and never says a word: half-open, as far as a client can tell."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]
