"""Sign-in mail leaves beside the request that asked for it.

# Note [The mail must not show in the time]
Whether an address has an account shows in nothing that the asking side can measure: the same words
are composed for both, and the mail server, which would take its time for one of them only, is
spoken to by another thread. A code that is lost with its process is asked for again; it could not
wait in the outbox, where it would have to be stored.
"""

from __future__ import annotations

import logging
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import cache
from typing import Final

from django.core.mail import EmailMessage

_log = logging.getLogger(__name__)
_SENDERS: Final = 2
_under_way: set[Future[None]] = set()


@cache
def _senders() -> ThreadPoolExecutor:
    """Made on first use, so that each process of the web server has its own."""
    return ThreadPoolExecutor(max_workers=_SENDERS, thread_name_prefix="sign-in-mail")


def post(message: EmailMessage) -> None:
    """Send soon. A failure is logged without the address; the interpreter waits for what is under way."""
    sending = _senders().submit(_send, message)
    _under_way.add(sending)
    sending.add_done_callback(_under_way.discard)


def wait_until_posted(timeout_seconds: float = 10) -> None:
    """Return when everything posted so far was sent or has failed."""
    wait(set(_under_way), timeout=timeout_seconds)


def _send(message: EmailMessage) -> None:
    try:
        message.send()
    except Exception:  # noqa: BLE001  # a back end may raise anything, and nobody waits for the answer
        _log.exception("A sign-in mail could not be sent.")
