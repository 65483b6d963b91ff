"""What is tidied up every few minutes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from bookings.models import Allocation, Hold
from bookings.selectors.openings import Wanted
from bookings.services.holds import place_hold
from bookings.tasks import tidy
from clinic.api.idempotency import KEPT_FOR
from clinic.api.models import IdempotencyRecord
from tests.bookings.clinic import NOW, at, make_clinic

pytestmark = pytest.mark.django_db


def test_tidy_gives_back_what_an_expired_hold_occupied() -> None:
    clinic = make_clinic()
    place_hold(Wanted(clinic.treatment, clinic.option.minutes, None), at(10), holder="somebody", now=NOW)
    Hold.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    tidy()
    assert set(Allocation.objects.values_list("kind", "is_active")) == {("hold", False)}


def test_tidy_forgets_old_keys_and_ended_sessions_and_keeps_the_rest() -> None:
    now = timezone.now()
    for name, age in (("old", KEPT_FOR + timedelta(minutes=1)), ("new", KEPT_FOR - timedelta(minutes=1))):
        record = IdempotencyRecord.objects.create(scope="test", key=name, fingerprint="")
        IdempotencyRecord.objects.filter(pk=record.pk).update(created_at=now - age)
        ends_at = now + (timedelta(minutes=-1) if name == "old" else timedelta(minutes=1))
        Session.objects.create(session_key=name, session_data="", expire_date=ends_at)
    tidy()
    assert list(IdempotencyRecord.objects.values_list("key", flat=True)) == ["new"]
    assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]
