"""The constraint that keeps columns as they are: on both databases, through table rebuilds, and gone when removed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.db.models import Model

from clinic.audit.frozen import Frozen
from clinic.constraints import violated_constraint

FROZEN = Frozen(name="test_frozen", fields=("number", "text"), when={"state": "it's 100% done"})


class Frozenish(Model):
    """A table of its own, made and dropped by each test."""

    number = models.IntegerField(null=True)
    text = models.TextField(blank=True)
    state = models.CharField(max_length=20)
    free = models.IntegerField(default=0)

    objects: ClassVar[models.Manager[Frozenish]] = models.Manager()

    class Meta:
        app_label = "tests_audit"
        constraints = (FROZEN,)

    def __str__(self) -> str:
        return str(self.pk)


@pytest.fixture
def _table(transactional_db: None) -> Iterator[None]:
    with connection.schema_editor() as editor:
        editor.create_model(Frozenish)
    yield
    with connection.schema_editor() as editor:
        editor.delete_model(Frozenish)


pytestmark = pytest.mark.usefixtures("_table")


def refused(**change: object) -> bool:
    try:
        with transaction.atomic():
            Frozenish.objects.update(**change)
    except IntegrityError as error:
        return violated_constraint(error) == "test_frozen"
    return False


@pytest.mark.parametrize("change", [{"number": 2}, {"number": None}, {"text": "b"}, {"number": 2, "free": 1}])
def test_frozen_column_of_a_row_in_the_state_is_kept(change: dict[str, object]) -> None:
    Frozenish.objects.create(number=1, text="a", state="it's 100% done")

    assert refused(**change)


def test_frozen_column_that_was_empty_is_kept_empty() -> None:
    Frozenish.objects.create(number=None, state="it's 100% done")

    assert refused(number=1)


@pytest.mark.parametrize("change", [{"free": 5}, {"number": 1}, {"state": "open"}])
def test_other_columns_and_equal_values_may_be_written(change: dict[str, object]) -> None:
    Frozenish.objects.create(number=1, text="a", state="it's 100% done")

    assert not refused(**change)


def test_row_in_another_state_may_change_also_into_the_state() -> None:
    Frozenish.objects.create(number=1, text="a", state="open")

    assert not refused(number=2, state="it's 100% done")
    assert refused(number=3)


def test_row_may_be_removed() -> None:
    Frozenish.objects.create(number=1, state="it's 100% done")

    assert Frozenish.objects.all().delete()[0] == 1


def test_constraint_survives_a_change_of_the_table() -> None:
    old = Frozenish._meta.get_field("free")
    new = models.BigIntegerField(default=0)
    new.set_attributes_from_name("free")
    new.model = Frozenish
    with connection.schema_editor() as editor:
        editor.alter_field(Frozenish, old, new)
    Frozenish.objects.create(number=1, state="it's 100% done")

    assert refused(number=2)


def test_constraint_removed_and_added_again_holds_again() -> None:
    Frozenish.objects.create(number=1, state="it's 100% done")
    kept = Frozenish._meta.constraints

    Frozenish._meta.constraints = []
    with connection.schema_editor() as editor:
        editor.remove_constraint(Frozenish, FROZEN)
    was_refused_without = refused(number=2)
    Frozenish._meta.constraints = kept
    with connection.schema_editor() as editor:
        editor.add_constraint(Frozenish, FROZEN)

    assert (was_refused_without, refused(number=3)) == (False, True)


def test_constraint_comes_back_from_a_migration_as_it_was() -> None:
    path, args, kwargs = FROZEN.deconstruct()

    again = Frozen(*args, **kwargs)

    assert (path, again) == ("clinic.audit.frozen.Frozen", FROZEN)
    assert again != Frozen(name="test_frozen", fields=("number",))
