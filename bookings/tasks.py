"""What Celery calls for the diary. Nothing depends on its being punctual, or on its coming at all."""

from __future__ import annotations

from celery import shared_task
from django.core.management import call_command
from django.utils import timezone

from bookings.services.holds import release_expired
from clients.services.screening import purge_anonymous_screenings
from clinic.api.idempotency import forget_old_keys


@shared_task(name="bookings.tasks.tidy", ignore_result=True)
def tidy() -> None:
    """Give back what expired holds occupy; forget old idempotency keys, strangers' answers and ended sessions."""
    now = timezone.now()
    release_expired(now)
    forget_old_keys(now=now)
    purge_anonymous_screenings(now=now)
    call_command("clearsessions")
