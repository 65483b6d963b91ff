"""Waking the sweep up at once, instead of at the next beat.

# Note [A nudge never holds up a request]
Publishing to a broker that is down takes seconds, to one that accepts and then says nothing half a
minute. So a request only sets a flag; one background thread of the process publishes. Flags set
while it is busy become one wake-up. A nudge that is lost costs nothing but time: beat comes every
30 seconds, and everything to be done is in the database.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import Final

from clinic.messaging.tasks import sweep

_log = logging.getLogger(__name__)
_PAUSE_AFTER_FAILURE_SECONDS: Final = 5
_EXPIRES_AFTER_SECONDS: Final = 25

_wanted = threading.Event()
_starting = threading.Lock()
_publisher: threading.Thread | None = None


def wake_sweep() -> None:
    """Ask for a sweep and return at once, whatever the broker does. See Note [A nudge never holds up a request]."""
    global _publisher  # noqa: PLW0603  # one thread for the process; a fork starts its own
    _wanted.set()
    with _starting:
        if _publisher is None or not _publisher.is_alive():
            _publisher = threading.Thread(target=_publish_forever, name="sweep-nudge", daemon=True)
            _publisher.start()


def publish() -> bool:
    """Hand one wake-up to the broker; whether it took it."""
    try:
        sweep.apply_async(retry=False, expires=_EXPIRES_AFTER_SECONDS)
    except Exception as error:  # noqa: BLE001  # transports raise what they like; the beat comes anyway
        _log.warning("The broker took no wake-up: %s. The next beat or `manage.py sweep` will.", type(error).__name__)
        return False
    return True


def _publish_forever() -> None:
    while True:
        _wanted.wait()
        _wanted.clear()
        if not publish():
            time.sleep(_PAUSE_AFTER_FAILURE_SECONDS)
