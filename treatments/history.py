"""Which parts of the catalogue keep a history, and how a change made in code enters it.

One revision holds one entry with all that belongs to it. It must never hold two entries: going back
to it would quietly take the other one back as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import reversion
from django.contrib.admin.utils import NestedObjects
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model

from clinic.accounts.models import User
from treatments import models

# Entry -> the accessors of what belongs to it.
_FOLLOWED: Final[dict[type[Model], tuple[str, ...]]] = {
    models.TreatmentOption: (),
    models.TreatmentWeight: (),
    models.TreatmentBoost: (),
    models.Treatment: ("options", "issue_weights", "boosts"),
    models.Issue: (),
    models.IndicatorWeight: (),
    models.FollowUpBonus: (),
    models.FollowUp: ("bonuses",),
    models.Indicator: ("weights", "follow_ups"),
    models.MeasureWeight: (),
    models.Measure: ("weights",),
    models.AssessmentWeight: (),
    models.Assessment: ("weights",),
    models.SafetyQuestion: (),
    models.GuideRules: (),
}

for _model, _follow in _FOLLOWED.items():
    reversion.register(_model, follow=_follow)


@contextmanager
def recorded(entry: Model, *, comment: str, by: User | None) -> Iterator[None]:
    """What is done inside becomes one step of the entry's history: when, by whom and why.

    `by` None means the system itself. Inside a step that is already being recorded it adds to that one.
    """
    with reversion.create_revision():
        yield
        if by is not None:
            reversion.set_user(by)
        reversion.set_comment(comment)
        reversion.add_to_revision(entry)


def record_before_deletion(entry: Model, *, by: User) -> None:
    """Keep an entry with everything that will go with it, weights that others give it among them."""
    going = NestedObjects(using=DEFAULT_DB_ALIAS)
    going.collect([entry])
    with recorded(entry, comment="Deleted. This is how it was.", by=by):
        for model, rows in going.data.items():
            if reversion.is_registered(model):
                for row in rows:
                    reversion.add_to_revision(row)


def is_recording() -> bool:
    return bool(reversion.is_active())
