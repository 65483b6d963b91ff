"""Which parts of the catalogue keep a history, and how a change made in code enters it.

One revision holds one entry with all that belongs to it. It must never hold two entries: going back
to it would quietly take the other one back as well.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import reversion
from django.contrib.admin.utils import NestedObjects
from django.contrib.contenttypes.models import ContentType
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model
from reversion.models import Version

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
    # Manually: otherwise each row would be kept as it was when it was saved, before its own parts were there.
    with reversion.create_revision(manage_manually=True):
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


def forget_parts_of_others(version: Version) -> None:
    """Leave in a step only what belongs to its entry, once a deleted entry has been brought back.

    Weights that others gave it came back with it; going back to that step later must not touch them again.
    """
    own = ContentType.objects.get_for_models(*_own_models(version._model)).values()  # noqa: SLF001  # the only way to it
    version.revision.version_set.exclude(content_type__in=own).delete()


def lost_since(version: Version) -> set[str]:
    """The kinds of things that a step speaks of and that are gone by now, so that it cannot be gone back to."""
    kept: dict[type[Model], set[Any]] = defaultdict(set)
    wanted: dict[type[Model], set[Any]] = defaultdict(set)
    for part in version.revision.version_set.all():
        model = part._model  # noqa: SLF001  # the only way to it
        kept[model].add(part.field_dict[model._meta.pk.attname])
        for field in model._meta.concrete_fields:
            if field.many_to_one and (key := part.field_dict[field.attname]) is not None:
                wanted[field.related_model].add(key)
    return {
        str(model._meta.verbose_name)
        for model, keys in wanted.items()
        if (asked := keys - kept[model]) and model._default_manager.filter(pk__in=asked).count() < len(asked)  # noqa: SLF001  # any model's
    }


def _own_models(model: type[Model]) -> set[type[Model]]:
    own = {model}
    for accessor in _FOLLOWED[model]:
        own |= _own_models(model._meta.get_field(accessor).related_model)  # type: ignore[arg-type]  # accessors of rows
    return own


def is_recording() -> bool:
    return bool(reversion.is_active())
