"""Handing mail to whatever back end the settings name, over one kept connection.

Every way it can go wrong becomes one of four: an `Outage` concerns all messages, the others only
this one. See Note [What a failure means].

# Note [What a failure means]
Refused: for good, this address or these words. Postponed: not taken now, may be later. Unclear: the
connection broke in the middle, so a copy may have arrived. Outage: nothing can be sent at all, so
nothing is counted against the message, and the sweep stops until the next one.
A refusal that speaks of policy (5.7.x: relaying, authentication) is most often the clinic's own
set-up, the same for every message: it is tried for a day, so that a wrong password on a Friday does
not fail every reminder of the week-end.
"""

from __future__ import annotations

import contextlib
import smtplib
from collections.abc import Iterator
from email.encoders import encode_base64
from email.mime.base import MIMEBase
from email.utils import formataddr, parseaddr
from typing import Final
from urllib.parse import urlsplit

from anymail.exceptions import AnymailAPIError, AnymailError
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from clinic.messaging.models import Message
from clinic.messaging.registry import Attachment, Email

# Servers end a connection after so many; it is renewed before they do.
_MESSAGES_PER_CONNECTION: Final = 50
_UNCLEAR_IN_A_ROW: Final = 3
_PERMANENT: Final = 500
_ACCOUNT_STATUSES: Final = frozenset({401, 402, 403, 429})


class Failure(Exception):
    """Why a message did not go out, in words for the log: no address, nothing of its content."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Refused(Failure):
    pass


class Postponed(Failure):
    pass


class Unclear(Failure):
    pass


class Outage(Failure):
    pass


class Mailer:
    """One connection to the mail server, opened when first needed and renewed after trouble."""

    def __init__(self) -> None:
        self._connection: BaseEmailBackend | None = None
        self._sent = 0
        self._unclear_in_a_row = 0

    def open(self) -> None:
        """Raises Outage when there is no way to send at all."""
        if self._unclear_in_a_row >= _UNCLEAR_IN_A_ROW:
            raise Outage("The mail server takes connections but does not answer.")
        if self._connection is not None and self._sent < _MESSAGES_PER_CONNECTION:
            return
        self.close()
        connection = get_connection()
        try:
            connection.open()
        except OSError as error:  # smtplib's own errors are among these
            raise Outage(f"The mail server cannot be reached ({type(error).__name__}).") from error
        self._connection, self._sent = connection, 0

    def send(self, email: Email, *, message_id: str) -> None:
        """Returns when the server has taken the message. Raises Refused, Postponed, Unclear or Outage."""
        self.open()
        with self._translated():
            mail = build(email, message_id=message_id, connection=self._connection)
            mail.send()
            _check_what_the_provider_says(mail)

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(Exception):  # what is being left need not say goodbye properly
                connection.close()

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            failure = meaning_of(error)
            self._unclear_in_a_row = self._unclear_in_a_row + 1 if isinstance(failure, Unclear) else 0
            self.close()  # a server may hang up after any refusal: the next message starts afresh
            raise failure from error
        self._unclear_in_a_row = 0
        self._sent += 1


def build(email: Email, *, message_id: str, connection: BaseEmailBackend | None = None) -> EmailMultiAlternatives:
    """The mail as Django sends it. Raises ValueError for a header that cannot stand."""
    own_name, _ = parseaddr(settings.DEFAULT_FROM_EMAIL)
    mail = EmailMultiAlternatives(
        subject=email.subject,
        body=email.text,
        from_email=formataddr((email.sender_name or own_name, own_address())),
        to=[email.to],
        reply_to=[email.reply_to] if email.reply_to else None,
        headers={"Message-ID": message_id, "Auto-Submitted": "auto-generated"},
        connection=connection,
    )
    mail.attach_alternative(email.html, "text/html")
    for attachment in email.attachments:
        mail.attach(_part(attachment))
    return mail


def own_address() -> str:
    """The bare address that our mail comes from."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def message_id_of(message: Message) -> str:
    """The same on every attempt, so that a second copy can be known for one."""
    return f"<{message.pk}@{urlsplit(settings.SITE_URL).hostname or 'localhost'}>"


def meaning_of(error: Exception) -> Failure:
    """What an exception of any back end means. See Note [What a failure means]."""
    if isinstance(error, Failure):
        return error
    if isinstance(error, OSError | smtplib.SMTPException) and not isinstance(error, AnymailError):
        return _meaning_over_smtp(error)
    if isinstance(error, AnymailAPIError):
        return _meaning_over_http(error)
    if isinstance(error, AnymailError):
        return Refused(f"The mail provider will not take it ({type(error).__name__}).")
    if isinstance(error, ValueError):
        return Refused("It cannot be made into a mail: an address or a header is not valid.")
    return Postponed(f"It could not be handed over ({type(error).__name__}).")


def _meaning_over_smtp(error: Exception) -> Failure:
    match error:
        case smtplib.SMTPRecipientsRefused():
            code, text = next(iter(error.recipients.values()))
            return _refusal("the address", code, text)
        case smtplib.SMTPDataError():
            return _refusal("the message", error.smtp_code, error.smtp_error)
        case smtplib.SMTPSenderRefused():
            return Outage(f"The mail server takes nothing from us ({error.smtp_code}).")
        case smtplib.SMTPResponseException():
            return Postponed(f"The mail server asked to try later ({error.smtp_code}).")
        case _:  # disconnected, timed out, reset
            return Unclear(f"The connection broke while it was being sent ({type(error).__name__}).")


def _refusal(what: str, code: int, text: bytes | str) -> Failure:
    words = text.decode(errors="replace") if isinstance(text, bytes) else text
    is_policy = words.startswith("5.7.") or code == 530  # noqa: PLR2004  # authentication required
    if code >= _PERMANENT and not is_policy:
        return Refused(f"The mail server refused {what} ({code}).")
    return Postponed(f"The mail server did not take {what} yet ({code}).")


def _meaning_over_http(error: AnymailAPIError) -> Failure:
    status = error.status_code
    if status in _ACCOUNT_STATUSES or _never_connected(error):
        return Outage(f"The mail provider cannot be used ({status or 'no connection'}).")
    if status is None:
        return Unclear(f"The connection to the mail provider broke ({type(error.__cause__).__name__}).")
    return Postponed(f"The mail provider did not take it ({status}).")


def _check_what_the_provider_says(mail: EmailMultiAlternatives) -> None:
    """Anymail raises when every recipient was refused, but not when the provider failed at it."""
    outcome = getattr(mail, "anymail_status", None)
    if outcome is not None and outcome.status == {"failed"}:
        raise Postponed("The mail provider failed to send it.")


def _never_connected(error: AnymailAPIError) -> bool:
    """Whether the request was never made: `requests` tells only by what its ConnectionError wraps."""
    wrapped = error.__cause__.args[0] if error.__cause__ and error.__cause__.args else None
    return isinstance(getattr(wrapped, "reason", None), ConnectTimeoutError | NewConnectionError)


def _part(attachment: Attachment) -> MIMEBase:
    maintype, subtype = attachment.mimetype.split("/", 1)
    part = MIMEBase(maintype, subtype)
    for name, value in attachment.parameters.items():
        part.set_param(name, value)
    part.set_payload(attachment.content)
    encode_base64(part)
    part.add_header("Content-Disposition", "attachment", filename=attachment.filename)
    return part
