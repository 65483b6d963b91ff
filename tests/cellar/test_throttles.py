"""Counting calls must never be what stops people from booking."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from clinic.api.throttles import PublicReadThrottle

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def counting(settings: Any) -> None:
    settings.PUBLIC_THROTTLE = True
    cache.clear()


def test_cache_that_is_away_leaves_calls_uncounted_and_answered(settings: Any) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
            "OPTIONS": {"socket_connect_timeout": 1},
        }
    }
    assert Client().get("/api/v1/treatments/").status_code == 200


def test_calls_past_the_rate_are_refused_until_the_time_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PublicReadThrottle, "THROTTLE_RATES", {"public_read": "2/min"})
    browser = Client()
    assert [browser.get("/api/v1/treatments/").status_code for _ in range(3)] == [200, 200, 429]
    refused = browser.get("/api/v1/treatments/")
    assert refused.json()["code"] == "throttled"
    assert 0 < int(refused["Retry-After"]) <= 60
