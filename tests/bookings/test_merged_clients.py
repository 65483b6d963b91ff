"""A record may be merged between the moment it is read and the moment something is booked for it."""

from __future__ import annotations

import pytest

from bookings.models import Appointment, WaitlistEntry
from bookings.services import creation
from bookings.services.waitlist import add_to_waitlist
from clients.models import Client
from clients.services.merging import merge_clients
from clinic.accounts.roles import Role
from tests.bookings.clinic import NOW, WEDNESDAY, Clinic, at, make_clinic
from tests.bookings.diary.scenes import book_at
from tests.factories import make_client, make_user
from tests.together import all_at_once

pytestmark = pytest.mark.django_db


def merged_since_read() -> tuple[Client, Client]:
    """The survivor, and the merged record as somebody still has it in hand."""
    kept, merged = make_client(), make_client()
    in_hand = Client.objects.get(pk=merged.pk)
    merge_clients(kept.pk, merged_id=merged.pk, version=1, actor=make_user(Role.OWNER), now=NOW)
    return kept, in_hand


def test_booking_for_a_record_that_was_merged_since_goes_to_the_survivor() -> None:
    clinic = make_clinic()
    kept, in_hand = merged_since_read()

    appointment = book_at(clinic, at(10), client=in_hand)

    assert appointment.client == kept
    assert list(kept.care_team.all()) == [clinic.therapist_user]


def test_booking_for_a_record_that_is_not_looked_at_again_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutant: no lock on the client."""
    clinic = make_clinic()
    _, in_hand = merged_since_read()
    monkeypatch.setattr(creation, "locked_client", lambda _pk: in_hand)

    assert book_at(clinic, at(10), client=in_hand).client == in_hand


def test_waiting_with_a_record_that_was_merged_since_goes_to_the_survivor() -> None:
    clinic = make_clinic()
    kept, in_hand = merged_since_read()

    entry = add_to_waitlist(
        in_hand,
        treatment_slug=clinic.treatment.slug,
        minutes=clinic.option.minutes,
        therapist=None,
        from_on=WEDNESDAY,
        until_on=WEDNESDAY,
        note="",
        now=NOW,
    )

    assert entry.client == kept
    assert WaitlistEntry.objects.filter(client=in_hand).count() == 0


@pytest.mark.django_db(transaction=True)
def test_bookings_during_a_merge_leave_none_at_the_merged_record() -> None:
    clinic: Clinic = make_clinic()
    kept, merged = make_client(), make_client()
    owner = make_user(Role.OWNER)

    results = all_at_once(
        *[lambda hour=hour: book_at(clinic, at(hour), client=merged).pk for hour in (9, 11, 13, 15)],
        lambda: merge_clients(kept.pk, merged_id=merged.pk, version=1, actor=owner, now=NOW).pk,
    )

    assert [result for result in results if isinstance(result, BaseException)] == []
    assert set(Appointment.objects.values_list("client", flat=True)) == {kept.pk}
    assert Appointment.objects.count() == 4
