from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from clients.models import Client, MergeRecord, TreatmentNote
from clients.services.claiming import claim_records
from clients.services.notes import read_note
from clinic.accounts import hooks as account_hooks
from clinic.accounts.models import User
from clinic.accounts.roles import Role
from clinic.audit.models import AuditEvent
from tests.clients.records import CONTENT, NOW, full_record
from tests.factories import make_client, make_user
from tests.together import all_at_once

pytestmark = pytest.mark.django_db

EMAIL = "alex@example.org"


def made(days_ago: int, **fields: Any) -> Client:
    """A record of Alex that was made some days ago."""
    client = make_client(**{"first_name": "Alex", "last_name": "Okafor", "email": EMAIL, **fields})
    Client.objects.filter(pk=client.pk).update(created_at=NOW - timedelta(days=days_ago))
    client.refresh_from_db()
    return client


def alex() -> User:
    return make_user(Role.CLIENT, email=EMAIL)


def test_claiming_brings_records_of_the_proved_address_under_the_account() -> None:
    user, record = alex(), made(1)

    claim_records(user, now=NOW)

    record.refresh_from_db()
    assert (record.user, record.email_proved_at) == (user, NOW)
    event = AuditEvent.objects.get()
    assert (event.actor, event.client_id, event.detail) == (
        user,
        record.pk,
        {"fields": ["user"], "by": "proved address"},
    )


def test_claiming_is_told_by_the_sign_in() -> None:
    assert claim_records in account_hooks.on_address_proved


def test_claiming_merges_namesakes_into_the_oldest() -> None:
    user = alex()
    newer, oldest, newest = made(2), made(9, first_name="ALEX"), made(1, date_of_birth=date(1990, 5, 17))
    note = full_record(newer)

    claim_records(user, now=NOW)

    assert list(Client.objects.filter(merged_into=None)) == [oldest]
    assert set(Client.objects.filter(merged_into=oldest)) == {newer, newest}
    oldest.refresh_from_db()
    assert oldest.date_of_birth == date(1990, 5, 17)
    assert read_note(note.pk, reader=make_user(Role.OWNER)).row.client == oldest


def test_claiming_keeps_family_members_with_one_mailbox_apart() -> None:
    user = alex()
    records = [made(3), made(2, first_name="Sam"), made(1, last_name="Okafor-Smith")]

    claim_records(user, now=NOW)

    assert set(Client.objects.filter(user=user, merged_into=None)) == set(records)
    assert MergeRecord.objects.count() == 0


def test_claiming_keeps_namesakes_of_two_dates_of_birth_apart() -> None:
    user = alex()
    father, son = made(3, date_of_birth=date(1970, 1, 1)), made(2, date_of_birth=date(2001, 1, 1))
    undated = made(1)

    claim_records(user, now=NOW)

    undated.refresh_from_db()
    assert undated.merged_into == father
    assert set(Client.objects.filter(merged_into=None)) == {father, son}


def test_claiming_of_an_undated_record_takes_one_date_and_then_no_other() -> None:
    user = alex()
    undated = made(3)
    first, second = made(2, date_of_birth=date(1970, 1, 1)), made(1, date_of_birth=date(2001, 1, 1))

    claim_records(user, now=NOW)

    assert set(Client.objects.filter(merged_into=None)) == {undated, second}
    first.refresh_from_db()
    assert first.merged_into == undated


def test_claiming_never_touches_records_of_another_account_or_address() -> None:
    user = alex()
    others = [made(2, user=make_user(Role.CLIENT)), made(1, email="alex@example.com")]
    before = list(Client.objects.order_by("pk").values())

    claim_records(user, now=NOW)

    assert list(Client.objects.order_by("pk").values()) == before
    assert len(others) == 2
    assert AuditEvent.objects.count() == 0


@pytest.mark.parametrize("role", [Role.OWNER, Role.THERAPIST, Role.RECEPTIONIST])
def test_claiming_by_staff_does_nothing(role: str) -> None:
    record = made(1)

    claim_records(make_user(role, email=EMAIL), now=NOW)

    record.refresh_from_db()
    assert record.user is None


def test_claiming_a_second_time_changes_only_when_it_was_proved() -> None:
    user = alex()
    made(2)
    made(1)
    claim_records(user, now=NOW)
    events = AuditEvent.objects.count()

    claim_records(user, now=NOW + timedelta(days=1))

    survivor = Client.objects.get(merged_into=None)
    assert (survivor.email_proved_at, AuditEvent.objects.count()) == (NOW + timedelta(days=1), events)


def test_claiming_with_a_record_that_cannot_be_moved_goes_on_with_the_rest() -> None:
    user = alex()
    oldest, broken, fine = made(3), made(2), made(1)
    note = full_record(broken)
    TreatmentNote.objects.filter(pk=note.pk).update(sealed_content="v1$gone$AAAA")

    claim_records(user, now=NOW)

    for record in (oldest, broken, fine):
        record.refresh_from_db()
    assert (oldest.merged_into, broken.merged_into, fine.merged_into) == (None, None, oldest)
    assert broken.user == user


@pytest.mark.django_db(transaction=True)
def test_claiming_at_the_same_moment_from_two_devices_merges_once() -> None:
    user = alex()
    records = [made(days) for days in range(5, 0, -1)]
    full_record(records[3])

    results = all_at_once(*[lambda: claim_records(user, now=NOW)] * 4)

    assert results == [None] * 4
    assert list(Client.objects.filter(merged_into=None)) == [records[0]]
    assert MergeRecord.objects.count() == 4
    note = TreatmentNote.objects.get()
    assert read_note(note.pk, reader=make_user(Role.OWNER)).content == CONTENT
