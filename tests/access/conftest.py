from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from tests.access.callers import Caller, make_callers
from tests.access.world import World, make_world, standing_still, undone


@pytest.fixture(scope="package")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """The two parties, made once; every call is undone by itself, and all of it at the end.

    Sign-in has no limits here: thousands of calls come from one address.
    """
    with django_db_blocker.unblock(), standing_still(), override_settings(ACCOUNT_RATE_LIMITS=False), undone():
        yield make_world()


@pytest.fixture(scope="package")
def callers(world: World) -> dict[str, Caller]:
    return make_callers(world)
