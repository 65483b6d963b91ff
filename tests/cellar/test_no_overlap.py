"""The constraint that the diary hangs on, met through the plain ORM and through raw SQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from bookings.models import Allocation, Resource, TimeOff
from clinic.constraints import violated_constraint

pytestmark = pytest.mark.django_db

NINE = datetime(2027, 1, 4, 9, tzinfo=UTC)


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


def allocate(resource: Resource, start: int, end: int, *, is_active: bool = True) -> Allocation:
    starts_at, ends_at = NINE + minutes(start), NINE + minutes(end)
    time_off = TimeOff.objects.create(resource=resource, starts_at=starts_at, ends_at=ends_at)
    return Allocation.objects.create(
        resource=resource, starts_at=starts_at, ends_at=ends_at, kind="time_off", time_off=time_off, is_active=is_active
    )


@pytest.fixture
def resource() -> Resource:
    return Resource.objects.create(kind="therapist")


@pytest.mark.parametrize(("start", "end"), [(0, 60), (-30, 1), (59, 90), (10, 20), (-10, 70), (0, 30), (30, 60)])
def test_insert_overlapping_active_row_is_refused_by_name(resource: Resource, start: int, end: int) -> None:
    allocate(resource, 0, 60)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        allocate(resource, start, end)
    assert violated_constraint(refused.value) == "allocation_no_overlap"
    assert Allocation.objects.count() == 1


@pytest.mark.parametrize(("start", "end"), [(60, 90), (-30, 0)])
def test_insert_touching_row_is_taken(resource: Resource, start: int, end: int) -> None:
    allocate(resource, 0, 60)
    allocate(resource, start, end)
    assert Allocation.objects.filter(is_active=True).count() == 2


def test_insert_overlap_of_another_resource_is_taken(resource: Resource) -> None:
    allocate(resource, 0, 60)
    allocate(Resource.objects.create(kind="room"), 0, 60)
    assert Allocation.objects.count() == 2


def test_inactive_row_overlaps_freely_and_cannot_be_revived(resource: Resource) -> None:
    allocate(resource, 0, 60)
    ended = allocate(resource, 0, 60, is_active=False)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Allocation.objects.filter(pk=ended.pk).update(is_active=True)
    assert violated_constraint(refused.value) == "allocation_no_overlap"


@pytest.mark.parametrize("field", ["starts_at", "ends_at", "resource"])
def test_update_into_an_overlap_is_refused(resource: Resource, field: str) -> None:
    allocate(resource, 0, 60)
    other = Resource.objects.create(kind="room")
    moved, change = {
        "starts_at": (allocate(resource, 60, 90), NINE + minutes(50)),
        "ends_at": (allocate(resource, -60, -30), NINE + minutes(1)),
        "resource": (allocate(other, 0, 60), resource.pk),
    }[field]
    with pytest.raises(IntegrityError), transaction.atomic():
        Allocation.objects.filter(pk=moved.pk).update(**{field: change})


def test_raw_sql_insert_is_refused_too(resource: Resource) -> None:
    row = allocate(resource, 0, 60)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO bookings_allocation (resource_id, starts_at, ends_at, kind, is_active, time_off_id) "
            "SELECT resource_id, starts_at, ends_at, kind, is_active, time_off_id FROM bookings_allocation WHERE id = %s",
            [row.pk],
        )


def test_row_that_ends_before_it_starts_is_refused_by_name(resource: Resource) -> None:
    time_off = TimeOff.objects.create(resource=resource, starts_at=NINE, ends_at=NINE + minutes(5))
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Allocation.objects.create(resource=resource, starts_at=NINE, ends_at=NINE, kind="time_off", time_off=time_off)
    assert violated_constraint(refused.value) == "allocation_starts_before_end"


def test_row_longer_than_a_week_is_refused_by_name(resource: Resource) -> None:
    week = 7 * 24 * 60
    allocate(resource, 0, week)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        allocate(resource, week, 2 * week + 1)
    assert violated_constraint(refused.value) == "allocation_at_most_a_week"


@pytest.mark.django_db(transaction=True)
def test_constraint_survives_a_rebuild_of_the_table(resource: Resource) -> None:
    field = Allocation._meta.get_field("kind")
    longer = field.clone()
    longer.max_length = 20
    longer.set_attributes_from_name("kind")
    longer.model = Allocation
    with connection.schema_editor() as editor:
        editor.alter_field(Allocation, field, longer)
    try:
        allocate(resource, 0, 60)
        with pytest.raises(IntegrityError), transaction.atomic():
            allocate(resource, 0, 60)
    finally:
        with connection.schema_editor() as editor:
            editor.alter_field(Allocation, longer, field)


@pytest.mark.django_db(transaction=True)
def test_without_the_constraint_the_overlap_goes_in(resource: Resource) -> None:
    """The control: what refuses above is the constraint and nothing else."""
    constraint = next(c for c in Allocation._meta.constraints if c.name == "allocation_no_overlap")
    without = [c for c in Allocation._meta.constraints if c is not constraint]
    with_all = Allocation._meta.constraints
    Allocation._meta.constraints = without
    with connection.schema_editor() as editor:
        editor.remove_constraint(Allocation, constraint)
    try:
        allocate(resource, 0, 60)
        allocate(resource, 0, 60)
        assert Allocation.objects.count() == 2
    finally:
        Allocation.objects.all().delete()
        Allocation._meta.constraints = with_all
        with connection.schema_editor() as editor:
            editor.add_constraint(Allocation, constraint)
