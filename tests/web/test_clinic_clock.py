"""The owner's site shows times by the clinic's clock, whatever the server's is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from clinic.accounts.roles import Role
from clinic.messaging.models import Message
from tests.factories import make_user

pytestmark = pytest.mark.django_db

PAGE = "/admin/messaging/message/"


@pytest.fixture
def owner() -> Client:
    Message.objects.create(
        topic="appointment", topic_id="1", topic_version=1, kind="confirmation", channel="email",
        due_at=datetime(2027, 7, 1, 9, 30, tzinfo=UTC),
    )  # fmt: skip
    browser = Client()
    browser.force_login(make_user(Role.OWNER))
    return browser


def test_moment_in_summer_is_shown_an_hour_later_than_utc(owner: Client) -> None:
    page = owner.get(PAGE).content.decode()
    assert "10:30" in page
    assert "9:30" not in page


def test_without_the_middleware_it_would_be_shown_in_utc(owner: Client, settings: Any) -> None:
    """The control."""
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "ClinicClock" not in name]
    assert "10:30" not in owner.get(PAGE).content.decode()
