"""Mail through a provider's own interface: Anymail's Postmark back end against a small server of the tests' own."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from anymail.backends.test import EmailBackend as ProviderInMemory
from anymail.message import AnymailRecipientStatus
from pytest_django import Settings

from clinic.messaging.mailer import Failure, Outage, Postponed, Refused, Unclear, meaning_of
from clinic.messaging.models import Message
from clinic.messaging.registry import Attachment, Email, composers
from clinic.messaging.sweep import SweepResult, sweep
from tests.messaging.outbox import NOW, TOPIC, make_message
from tests.messaging.sink import free_port

pytestmark = pytest.mark.django_db

ACCEPTED = {"To": "ada@example.org", "MessageID": "provider-1", "ErrorCode": 0, "Message": "OK"}
INACTIVE = {
    "ErrorCode": 406,
    "Message": "Found inactive addresses: ada@example.org. Inactive recipients are ones that have bounced.",
}


@dataclass
class Provider:
    status: int = 200
    answer: dict[str, Any] = field(default_factory=lambda: dict(ACCEPTED))
    seconds: float = 0
    taken: list[Any] = field(default_factory=list)


@pytest.fixture
def provider(settings: Settings) -> Iterator[Provider]:
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            provider.taken.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            time.sleep(provider.seconds)
            body = json.dumps(provider.answer).encode()
            self.send_response(provider.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # http.server's name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    send_through_postmark(settings, server.server_address[1])
    yield provider
    server.shutdown()
    server.server_close()


def send_through_postmark(settings: Settings, port: int) -> None:
    settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
    settings.ANYMAIL = {
        "POSTMARK_SERVER_TOKEN": "token",
        "POSTMARK_API_URL": f"http://127.0.0.1:{port}/",
        "REQUESTS_TIMEOUT": 0.5,
    }


@pytest.fixture(autouse=True)
def letter(composer: None) -> None:
    composers[TOPIC] = lambda _message, _now: Email(
        to="ada@example.org",
        subject="Your appointment",
        text="Hello",
        html="<p>Hello</p>",
        sender_name="The Practice",
        reply_to="desk@example.org",
        attachments=(Attachment("appointment.ics", b"BEGIN:VCALENDAR\r\n", "text/calendar", {"method": "PUBLISH"}),),
    )


def test_provider_gets_the_mail_as_it_is(provider: Provider) -> None:
    message = make_message()
    assert sweep(NOW) == SweepResult(sent=1)
    (taken,) = provider.taken
    sent = taken[0] if isinstance(taken, list) else taken
    assert (sent["From"], sent["To"], sent["ReplyTo"]) == (
        "The Practice <bookings@localhost>",
        "ada@example.org",
        "desk@example.org",
    )
    assert (sent["Subject"], sent["TextBody"], sent["HtmlBody"]) == ("Your appointment", "Hello", "<p>Hello</p>")
    headers = {header["Name"]: header["Value"] for header in sent["Headers"]}
    assert headers["Message-ID"] == f"<{message.pk}@localhost>"
    (attachment,) = sent["Attachments"]
    assert (attachment["Name"], attachment["ContentType"]) == ("appointment.ics", 'text/calendar; charset="utf-8"')
    assert base64.b64decode(attachment["Content"]) == b"BEGIN:VCALENDAR\r\n"


@pytest.mark.parametrize(
    ("status", "expected", "reason"),
    [
        (401, "outage", "The mail provider cannot be used (401)."),
        (429, "outage", "The mail provider cannot be used (429)."),
        (500, "postponed", "The mail provider did not take it (500)."),
        (503, "postponed", "The mail provider did not take it (503)."),
    ],
)
def test_provider_that_does_not_take_it(provider: Provider, status: int, expected: str, reason: str) -> None:
    provider.status, provider.answer = status, {"Message": "No."}
    message = make_message()
    result = sweep(NOW)
    message.refresh_from_db()
    if expected == "outage":
        assert (result, message.attempts) == (SweepResult(outage=reason), 0)
    else:
        assert (result, message.reason, message.attempts) == (SweepResult(postponed=1), reason, 1)
    assert (message.status, message.unclear_attempts) == ("pending", 0)


def test_provider_that_refuses_the_recipient(provider: Provider) -> None:
    provider.status, provider.answer = 422, INACTIVE
    make_message()
    assert sweep(NOW) == SweepResult(failed=1)
    assert Message.objects.get().reason == "The mail provider will not take it (AnymailRecipientsRefused)."


def test_provider_that_takes_it_and_answers_too_late_leaves_it_unclear(provider: Provider) -> None:
    provider.seconds = 1
    message = make_message()
    assert sweep(NOW) == SweepResult(postponed=1)
    message.refresh_from_db()
    assert (message.reason, message.unclear_attempts) == ("The connection to the mail provider broke (ReadTimeout).", 1)


def test_provider_that_cannot_be_reached_stops_the_sweep_and_costs_nothing(settings: Settings) -> None:
    send_through_postmark(settings, free_port())
    message = make_message()
    assert sweep(NOW) == SweepResult(outage="The mail provider cannot be used (no connection).")
    message.refresh_from_db()
    assert (message.attempts, message.unclear_attempts, message.lease_token) == (0, 0, None)


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (TimeoutError(), Unclear),
        (ConnectionResetError(), Unclear),
        (UnicodeError(), Refused),
        (RuntimeError(), Postponed),
        (Outage("Out."), Outage),
    ],
)
def test_any_other_error_has_a_meaning_too(error: Exception, meaning: type[Failure]) -> None:
    assert type(meaning_of(error)) is meaning


def test_provider_that_failed_at_it_is_asked_again(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "tests.messaging.test_anymail.FailingBackend"
    make_message()
    assert sweep(NOW) == SweepResult(postponed=1)
    assert Message.objects.get().reason == "The mail provider failed to send it."


class FailingBackend(ProviderInMemory):  # type: ignore[misc]  # Anymail carries no types
    """Anymail's own back end for tests, of a provider that reports failure without an error."""

    def parse_recipient_status(self, response: Any, payload: object, message: object) -> dict[str, object]:
        failed = AnymailRecipientStatus(message_id=None, status="failed")
        return dict.fromkeys(response["recipient_status"], failed)


def test_reasons_name_no_address(provider: Provider) -> None:
    provider.status, provider.answer = 422, INACTIVE
    make_message()
    sweep(NOW)
    assert "@" not in Message.objects.get().reason
