"""What the tests of the catalogue share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.db.models import Model
from django.test import Client as Browser
from reversion.models import Revision, Version

from clinic.accounts.models import User
from tests.factories import make_user
from treatments import hooks, models
from treatments.hooks import SafetyAnswerHook
from treatments.models import Treatment
from treatments.seed.loader import seed_catalogue

# Parents before children.
_TABLES: tuple[type[Model], ...] = (
    models.Issue,
    models.Indicator,
    models.IndicatorWeight,
    models.FollowUp,
    models.FollowUpBonus,
    models.Treatment,
    models.TreatmentOption,
    models.TreatmentWeight,
    models.TreatmentBoost,
    models.Measure,
    models.MeasureWeight,
    models.Assessment,
    models.AssessmentWeight,
    models.SafetyQuestion,
    models.GuideRules,
    Revision,
    Version,
)
_installed: dict[type[Model], list[Model]] = {}


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
    """The catalogue as first installed. Installed once a run, and copied row by row from then on: much faster."""
    if _installed:
        for model, rows in _installed.items():
            model._default_manager.bulk_create(rows)
        return
    seed_catalogue()
    _installed.update({model: list(model._default_manager.order_by("pk")) for model in _TABLES})


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
