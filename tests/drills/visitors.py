"""Callers over real HTTP, one connection each."""

from __future__ import annotations

import http.client
import json
import time
from dataclasses import dataclass, field
from typing import Any, Final

from tests.drills.server import Server

API: Final = "/api/v1"
SECONDS_TO_WAIT: Final = 120


@dataclass(frozen=True, slots=True)
class Answer:
    """`sent_at` and `got_at` are seconds of the clock on the wall, of this machine alone."""

    status: int
    body: Any
    sent_at: float
    got_at: float

    @property
    def seconds(self) -> float:
        return self.got_at - self.sent_at

    @property
    def code(self) -> str:
        """The problem's code; empty for a success."""
        return str(self.body.get("code", "")) if isinstance(self.body, dict) else ""


@dataclass(slots=True)
class Visitor:
    """A caller. `session_token` makes it a signed-in one."""

    server: Server
    session_token: str = ""
    connection: http.client.HTTPConnection | None = field(default=None, repr=False)

    def connect(self) -> None:
        """Open a new connection now, so that the next call only has to send."""
        self.hang_up()
        self.connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=SECONDS_TO_WAIT)
        self.connection.connect()

    def hang_up(self) -> None:
        if self.connection:
            self.connection.close()
            self.connection = None

    def get(self, path: str, **headers: str) -> Answer:
        return self.call("GET", path, None, **headers)

    def post(self, path: str, body: Any, **headers: str) -> Answer:
        return self.call("POST", path, body, **headers)

    def call(self, method: str, path: str, body: Any, **headers: str) -> Answer:
        """Send and wait for the answer. `Idempotency_Key="..."` is the header `Idempotency-Key`."""
        if self.connection is None:
            self.connect()
        sent_at = time.time()
        self.send(method, path, body, **headers)
        assert self.connection
        response = self.connection.getresponse()
        content = response.read()
        got_at = time.time()
        is_json = "json" in (response.getheader("Content-Type") or "")
        return Answer(response.status, json.loads(content) if is_json and content else None, sent_at, got_at)

    def send(self, method: str, path: str, body: Any, **headers: str) -> None:
        """Send, and wait for nothing."""
        if self.connection is None:
            self.connect()
        assert self.connection
        content = None if body is None else json.dumps(body)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if content is not None:
            named["Content-Type"] = "application/json"
        if self.session_token:
            named["X-Session-Token"] = self.session_token
        self.connection.request(method, path if path.startswith("/_") else API + path, body=content, headers=named)


def sign_in(server: Server, *, email: str, password: str) -> str:
    """The session token of a member of staff."""
    answer = Visitor(server).post("/_allauth/app/v1/auth/login", {"email": email, "password": password})
    assert answer.status == http.HTTPStatus.OK, answer
    return str(answer.body["meta"]["session_token"])
