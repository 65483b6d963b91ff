"""What the tests of the catalogue share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client as Browser

from clinic.accounts.models import User
from tests.factories import make_user
from treatments import hooks
from treatments.hooks import SafetyAnswerHook
from treatments.models import Treatment
from treatments.seed.loader import seed_catalogue


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    """Calls counted for one test are not held against the next."""
    cache.clear()


@pytest.fixture
def hook_list() -> Iterator[list[SafetyAnswerHook]]:
    """The hooks of other floors set aside, so that a test meets its own alone."""
    others = hooks.on_safety_answer[:]
    hooks.on_safety_answer.clear()
    yield hooks.on_safety_answer
    hooks.on_safety_answer[:] = others


@pytest.fixture
def seeded(db: None) -> None:
    seed_catalogue()


@pytest.fixture
def owner(db: None) -> User:
    return make_user("owner", name="Olive Owner", email="olive@example.org")


@pytest.fixture
def owner_browser(owner: User) -> Browser:
    browser = Browser()
    browser.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    return browser


@pytest.fixture
def calf(seeded: None) -> Treatment:
    return Treatment.objects.get(slug="calf-release")
