"""Time off: what it meets, what becomes of it, and that a refusal changes nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bookings.errors import InvalidTransition, SlotTaken, SlotUnavailable
from bookings.models import Allocation, Appointment, Resource, TimeOff
from bookings.services.appointments import arrive
from bookings.services.stranded import StrandsBookings
from bookings.services.time_off import Action, Resolution, cancel_time_off, change_time_off, take_time_off
from clinic.errors import InvalidInput, NotFound
from clinic.messaging.models import Message
from tests.bookings.clinic import NOW, Clinic, at, make_clinic
from tests.bookings.diary.scenes import book_at, hold_at

pytestmark = pytest.mark.django_db

State = tuple[list[Any], ...]


@pytest.fixture
def clinic() -> Clinic:
    return make_clinic(therapists=2, rooms=2)


def state() -> State:
    """Everything that time off may touch."""
    return (
        list(Allocation.objects.order_by("pk").values_list("pk", "resource", "starts_at", "ends_at", "is_active")),
        list(TimeOff.objects.order_by("pk").values_list("pk", "starts_at", "ends_at", "is_cancelled")),
        list(Appointment.objects.order_by("pk").values_list("pk", "status", "version", "starts_at", "therapist")),
        list(Message.objects.order_by("pk").values_list("pk", "status")),
    )


def take(clinic: Clinic, starts: int, ends: int, *, resource: Resource | None = None, **more: Any) -> TimeOff:
    return take_time_off(
        (resource or clinic.therapist.resource).pk,
        starts_at=at(starts),
        ends_at=at(ends),
        reason="Training",
        actor=clinic.therapist_user,
        now=NOW,
        **more,
    )


def active(time_off: TimeOff) -> list[tuple[Any, ...]]:
    rows = Allocation.objects.filter(time_off=time_off, is_active=True).order_by("starts_at")
    return list(rows.values_list("resource", "kind", "starts_at", "ends_at"))


def test_time_off_in_an_empty_diary_takes_the_time(clinic: Clinic) -> None:
    time_off = take(clinic, 10, 12)

    assert (time_off.reason, time_off.created_by) == ("Training", clinic.therapist_user)
    assert active(time_off) == [(clinic.therapist.resource_id, "time_off", at(10), at(12))]
    with pytest.raises(SlotTaken):
        book_at(clinic, at(11))


def test_time_off_of_three_weeks_is_rows_that_touch(clinic: Clinic) -> None:
    starts_at, ends_at = at(0), at(0) + timedelta(days=21)

    time_off = take_time_off(
        clinic.therapist.resource_id,
        starts_at=starts_at,
        ends_at=ends_at,
        reason="",
        actor=clinic.therapist_user,
        now=NOW,
    )

    rows = active(time_off)
    assert [row[2] for row in rows] == [starts_at, *(row[3] for row in rows[:-1])]
    assert rows[-1][3] == ends_at


def test_time_off_over_a_booking_is_refused_with_the_list(clinic: Clinic) -> None:
    booking = book_at(clinic, at(11))
    before = state()

    with pytest.raises(StrandsBookings) as refused:
        take(clinic, 10, 12)

    assert [row["reference"] for row in refused.value.data["bookings"]] == [booking.reference]
    assert state() == before


def test_time_off_within_the_buffer_after_a_booking_is_refused_and_says_until_when(clinic: Clinic) -> None:
    book_at(clinic, at(11))
    before = state()

    with pytest.raises(StrandsBookings) as refused:
        take(clinic, 12, 13)

    assert refused.value.data["bookings"][0]["occupied_until"] == "2027-01-06T12:15:00+00:00"
    assert state() == before


def test_time_off_of_a_room_lists_the_bookings_of_every_therapist_in_it(clinic: Clinic) -> None:
    one, other = book_at(clinic, at(10)), book_at(clinic, at(13), therapist=1)
    assert {one.room, other.room} == {clinic.rooms[0]}

    with pytest.raises(StrandsBookings) as refused:
        take(clinic, 9, 17, resource=clinic.rooms[0].resource)

    rows = refused.value.data["bookings"]
    assert [(row["reference"], row["therapist"]["name"]) for row in rows] == [
        (one.reference, "Therapist 1"),
        (other.reference, "Therapist 2"),
    ]


def test_time_off_forced_carries_out_what_becomes_of_each_booking(clinic: Clinic) -> None:
    gone, moved = book_at(clinic, at(10)), book_at(clinic, at(12))
    to_other = book_at(clinic, at(14))

    time_off = take(
        clinic,
        9,
        16,
        resolutions=[
            Resolution(gone.reference, Action.CANCEL, reason="Tom is ill."),
            Resolution(moved.reference, Action.RESCHEDULE, starts_at=at(16)),
            Resolution(to_other.reference, Action.RESCHEDULE, starts_at=at(14), therapist_id=clinic.therapists[1].pk),
        ],
    )

    for booking in (gone, moved, to_other):
        booking.refresh_from_db()
    assert (gone.status, float(gone.fee_due), gone.is_late_cancellation, gone.ended_reason) == (
        "cancelled",
        0,
        False,
        "Tom is ill.",
    )
    assert (moved.status, moved.version, moved.starts_at) == ("booked", 2, at(16))
    assert (to_other.version, to_other.starts_at, to_other.therapist) == (2, at(14), clinic.therapists[1])
    assert len(active(time_off)) == 1
    assert [booking.events.last().actor for booking in (gone, moved, to_other)] == [clinic.therapist_user] * 3  # type: ignore[union-attr]  # each has one


def test_time_off_forced_lets_a_move_use_the_time_of_a_booking_that_goes(clinic: Clinic) -> None:
    other = clinic.therapists[1]
    first, second = book_at(clinic, at(10)), book_at(clinic, at(12))
    clinic.rooms[1].delete()

    take(
        clinic,
        9,
        13,
        resolutions=[
            Resolution(first.reference, Action.RESCHEDULE, starts_at=at(12), therapist_id=other.pk),
            Resolution(second.reference, Action.RESCHEDULE, starts_at=at(10), therapist_id=other.pk),
        ],
    )

    rows = Appointment.objects.order_by("starts_at").values_list("reference", "starts_at", "therapist")
    assert list(rows) == [(second.reference, at(10), other.pk), (first.reference, at(12), other.pk)]


def test_time_off_of_a_room_moves_a_booking_into_the_other_room_at_the_same_time(clinic: Clinic) -> None:
    booking = book_at(clinic, at(10))

    take(
        clinic,
        9,
        17,
        resource=clinic.rooms[0].resource,
        resolutions=[Resolution(booking.reference, Action.RESCHEDULE, starts_at=at(10))],
    )

    booking.refresh_from_db()
    assert (booking.starts_at, booking.room, booking.version) == (at(10), clinic.rooms[1], 2)


def test_time_off_forced_for_only_some_bookings_is_refused_with_the_rest(clinic: Clinic) -> None:
    named, forgotten = book_at(clinic, at(10)), book_at(clinic, at(12))
    before = state()

    with pytest.raises(StrandsBookings) as refused:
        take(clinic, 9, 16, resolutions=[Resolution(named.reference, Action.CANCEL)])

    assert [row["reference"] for row in refused.value.data["bookings"]] == [forgotten.reference]
    assert state() == before


@pytest.mark.parametrize("starts", [10, 18])
def test_time_off_with_a_move_that_cannot_be_is_refused_whole(clinic: Clinic, starts: int) -> None:
    gone, moved = book_at(clinic, at(9)), book_at(clinic, at(12))
    before = state()

    with pytest.raises((SlotTaken, SlotUnavailable)) as refused:
        take(
            clinic,
            9,
            16,
            resolutions=[
                Resolution(gone.reference, Action.CANCEL),
                Resolution(moved.reference, Action.RESCHEDULE, starts_at=at(starts)),
            ],
        )

    assert refused.value.data["reference"] == moved.reference
    assert state() == before


def test_time_off_over_a_client_who_is_here_cannot_be_forced(clinic: Clinic) -> None:
    booking = book_at(clinic, at(10))
    arrive(booking, actor=clinic.therapist_user, now=at(10))
    before = state()

    with pytest.raises(InvalidTransition) as refused:
        take(clinic, 9, 16, resolutions=[Resolution(booking.reference, Action.RESCHEDULE, starts_at=at(16))])

    assert refused.value.data["reference"] == booking.reference
    assert state() == before


def test_time_off_with_odd_resolutions_is_refused_naming_each(clinic: Clinic) -> None:
    here, elsewhere = book_at(clinic, at(10)), book_at(clinic, at(10), therapist=1)
    before = state()

    with pytest.raises(InvalidInput) as refused:
        take(
            clinic,
            9,
            16,
            resolutions=[
                Resolution(here.reference, Action.RESCHEDULE),
                Resolution(here.reference, Action.CANCEL),
                Resolution(elsewhere.reference, Action.CANCEL),
            ],
        )

    codes = {field: errors[0]["code"] for field, errors in refused.value.errors.items()}
    assert codes == {
        "resolutions.0.starts_at": "required",
        "resolutions.1.reference": "twice",
        "resolutions.2.reference": "not_in_the_way",
    }
    assert state() == before


def test_time_off_over_a_hold_is_refused_until_it_ends(clinic: Clinic) -> None:
    hold_at(clinic, at(10))
    before = state()

    with pytest.raises(SlotTaken) as refused:
        take(clinic, 9, 12)

    assert refused.value.data["holds"] == [
        {
            "starts_at": "2027-01-06T10:00:00+00:00",
            "ends_at": "2027-01-06T11:00:00+00:00",
            "expires_at": "2027-01-04T08:10:00+00:00",
        }
    ]
    assert state() == before


def test_time_off_that_ends_holds_frees_the_room_too(clinic: Clinic) -> None:
    hold = hold_at(clinic, at(10))

    time_off = take(clinic, 9, 12, end_holds=True)

    assert not Allocation.objects.filter(hold=hold, is_active=True).exists()
    assert len(active(time_off)) == 1


def test_time_off_releases_an_expired_hold_in_its_way(clinic: Clinic) -> None:
    hold_at(clinic, at(10), minutes_left=0)

    assert len(active(take(clinic, 9, 12))) == 1


def test_time_off_over_other_time_off_is_refused_by_name(clinic: Clinic) -> None:
    take(clinic, 10, 12)
    before = state()

    with pytest.raises(InvalidInput) as refused:
        take(clinic, 11, 13)

    assert refused.value.errors["starts_at"][0]["code"] == "overlaps_time_off"
    assert state() == before


@pytest.mark.parametrize(
    ("starts", "ends", "field", "code"),
    [
        (timedelta(days=1), timedelta(days=1), "ends_at", "ends_before_start"),
        (timedelta(days=-2), timedelta(0), "ends_at", "in_the_past"),
        (timedelta(days=1), timedelta(days=1100), "ends_at", "too_long"),
        (timedelta(days=3661), timedelta(days=3662), "starts_at", "too_far_ahead"),
    ],
)
def test_time_off_at_odd_times_is_refused_naming_the_field(
    clinic: Clinic, starts: timedelta, ends: timedelta, field: str, code: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        take_time_off(
            clinic.therapist.resource_id,
            starts_at=NOW + starts,
            ends_at=NOW + ends,
            reason="",
            actor=clinic.therapist_user,
            now=NOW,
        )

    assert {name: errors[0]["code"] for name, errors in refused.value.errors.items()} == {field: code}
    assert not TimeOff.objects.exists()


def test_time_off_changed_gives_back_what_it_no_longer_needs(clinic: Clinic) -> None:
    time_off = take(clinic, 10, 12)

    changed = change_time_off(
        time_off, changes={"starts_at": at(11), "ends_at": at(14)}, actor=clinic.therapist_user, now=NOW
    )

    assert active(changed) == [(clinic.therapist.resource_id, "time_off", at(11), at(14))]
    assert book_at(clinic, at(9, 30)).starts_at == at(9, 30)


def test_time_off_changed_over_a_booking_is_refused_and_stays(clinic: Clinic) -> None:
    time_off = take(clinic, 10, 12)
    book_at(clinic, at(13))
    before = state()

    with pytest.raises(StrandsBookings):
        change_time_off(time_off, changes={"ends_at": at(14)}, actor=clinic.therapist_user, now=NOW)

    assert state() == before


def test_time_off_whose_reason_is_changed_later_keeps_its_times(clinic: Clinic) -> None:
    time_off = take(clinic, 10, 12)

    changed = change_time_off(time_off, changes={"reason": "Course"}, actor=clinic.therapist_user, now=at(18))

    assert (changed.reason, active(changed)[0][2:]) == ("Course", (at(10), at(12)))


def test_time_off_cancelled_twice_gives_the_time_back_once(clinic: Clinic) -> None:
    time_off = take(clinic, 10, 12)

    cancel_time_off(time_off)
    cancel_time_off(time_off)

    time_off.refresh_from_db()
    assert time_off.is_cancelled
    assert active(time_off) == []
    assert book_at(clinic, at(10)).starts_at == at(10)


def test_time_off_that_was_cancelled_cannot_be_changed(clinic: Clinic) -> None:
    time_off = take(clinic, 10, 12)
    cancel_time_off(time_off)
    before = state()

    with pytest.raises(NotFound):
        change_time_off(time_off, changes={"ends_at": at(14)}, actor=clinic.therapist_user, now=NOW)

    assert state() == before
