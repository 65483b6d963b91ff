"""What Celery calls. A task that is lost or comes twice changes nothing: the outbox is the record."""

from __future__ import annotations

import logging

from celery import shared_task

from clinic.messaging.sweep import sweep as send_due_messages

_log = logging.getLogger(__name__)


@shared_task(name="clinic.messaging.tasks.sweep", ignore_result=True)
def sweep() -> None:
    result = send_due_messages()
    if result.total:
        _log.info("Swept: %s", result)
