"""Time off over HTTP: who may, what is refused, how many queries."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries

from bookings.models import Allocation, Appointment, TimeOff
from bookings.services.time_off import take_time_off
from clinic.accounts.models import User
from tests.bookings.clinic import NOW, Clinic, at, make_clinic
from tests.bookings.diary.scenes import book_at, hold_at, signed_in
from tests.factories import make_user

pytestmark = pytest.mark.django_db

URL = "/api/v1/time-off/"


@pytest.fixture(autouse=True)
def _now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def clinic() -> Clinic:
    return make_clinic(therapists=2)


@pytest.fixture
def desk() -> User:
    return make_user("receptionist")


def body(clinic: Clinic, **changes: Any) -> dict[str, Any]:
    return {
        "therapist": clinic.therapist.pk,
        "starts_at": "2027-01-06T10:00:00+00:00",
        "ends_at": "2027-01-06T12:00:00+00:00",
        "reason": "Dentist",
        **changes,
    }


def taken(clinic: Clinic, resource_id: int, starts: int = 10, ends: int = 12) -> TimeOff:
    return take_time_off(
        resource_id, starts_at=at(starts), ends_at=at(ends), reason="", actor=clinic.therapist_user, now=NOW
    )


def test_time_off_taken_is_answered_by_the_clinics_clock(clinic: Clinic, desk: User) -> None:
    answer = signed_in(desk).post(
        URL, body(clinic, starts_at="2027-07-06T10:00:00Z", ends_at="2027-07-06T12:00:00+00:00")
    )

    row = TimeOff.objects.get()
    assert answer.status_code == 201
    assert answer.json() == {
        "id": row.pk,
        "therapist": {"id": clinic.therapist.pk, "name": "Therapist 1"},
        "room": None,
        "starts_at": "2027-07-06T11:00:00+01:00",
        "ends_at": "2027-07-06T13:00:00+01:00",
        "reason": "Dentist",
        "is_cancelled": False,
    }
    assert row.created_by == desk
    assert signed_in(desk).get(f"{URL}{row.pk}/").json() == answer.json()


def test_time_off_of_a_room_is_taken_by_the_front_desk(clinic: Clinic, desk: User) -> None:
    room = clinic.rooms[0]
    request = body(clinic, room=room.pk)
    del request["therapist"]

    answer = signed_in(desk).post(URL, request)

    assert answer.status_code == 201
    assert (answer.json()["therapist"], answer.json()["room"]) == (None, {"id": room.pk, "name": "Room 1"})
    assert Allocation.objects.get().resource == room.resource


def test_time_off_over_bookings_is_refused_then_forced(clinic: Clinic, desk: User) -> None:
    gone, moved = book_at(clinic, at(9)), book_at(clinic, at(11))
    api = signed_in(desk)
    request = body(clinic, starts_at="2027-01-06T09:00:00Z")

    refused = api.post(URL, request)
    assert (refused.status_code, refused.json()["code"]) == (409, "strands_bookings")
    assert [row["reference"] for row in refused.json()["bookings"]] == [gone.reference, moved.reference]
    assert not TimeOff.objects.exists()

    forced = api.post(
        URL,
        {
            **request,
            "resolutions": [
                {"reference": gone.reference, "action": "cancel", "reason": "Ill"},
                {"reference": moved.reference, "action": "reschedule", "starts_at": "2027-01-06T14:00:00Z"},
            ],
        },
    )
    assert forced.status_code == 201
    rows = Appointment.objects.order_by("pk").values_list("status", "starts_at")
    assert list(rows) == [("cancelled", at(9)), ("booked", at(14))]


def test_time_off_over_a_hold_is_refused_then_ends_it(clinic: Clinic, desk: User) -> None:
    hold_at(clinic, at(10))
    api = signed_in(desk)

    refused = api.post(URL, body(clinic))
    assert (refused.status_code, refused.json()["code"], len(refused.json()["holds"])) == (409, "slot_taken", 1)
    assert not TimeOff.objects.exists()
    assert api.post(URL, body(clinic, end_holds=True)).status_code == 201


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"therapist": None}, "therapist", "null"),
        ({"room": 1}, "therapist", "one_of"),
        ({"starts_at": "2027-01-06T10:00:00"}, "starts_at", "offset_required"),
        ({"starts_at": "soon"}, "starts_at", "invalid"),
        ({"ends_at": "2027-01-06T10:00:00Z"}, "ends_at", "ends_before_start"),
        ({"starts_at": "2027-01-01T10:00:00Z", "ends_at": "2027-01-01T11:00:00Z"}, "ends_at", "in_the_past"),
        ({"reason": "x" * 121}, "reason", "max_length"),
        ({"reason": "two\nlines"}, "reason", "not_one_line"),
        ({"resolutions": [{"action": "cancel"}]}, "resolutions.0.reference", "required"),
        ({"resolutions": [{"reference": "A", "action": "forget"}]}, "resolutions.0.action", "invalid_choice"),
        ({"resolutions": [{"reference": "A", "action": "cancel"}]}, "resolutions.0.reference", "not_in_the_way"),
        (
            {"resolutions": [{"reference": "A", "action": "cancel", "therapist": 987654}]},
            "resolutions.0.therapist",
            "unknown_therapist",
        ),
        ({"is_cancelled": True}, "is_cancelled", "unknown_field"),
    ],
)
def test_time_off_that_is_odd_is_refused_naming_the_field(
    clinic: Clinic, desk: User, changes: dict[str, Any], field: str, code: str
) -> None:
    answer = signed_in(desk).post(URL, body(clinic, **changes))

    assert answer.status_code == 400
    assert answer.json()["errors"][field][0]["code"] == code
    assert not TimeOff.objects.exists()


def test_time_off_is_changed_and_given_back(clinic: Clinic, desk: User) -> None:
    url = f"{URL}{taken(clinic, clinic.therapist.resource_id).pk}/"
    api = signed_in(desk)

    changed = api.patch(url, {"ends_at": "2027-01-06T13:00:00Z"})
    assert (changed.status_code, changed.json()["ends_at"]) == (200, "2027-01-06T13:00:00+00:00")
    assert [api.delete(url).status_code, api.delete(url).status_code] == [204, 204]
    assert api.get(url).json()["is_cancelled"] is True
    assert api.patch(url, {"reason": "Again"}).status_code == 404
    assert not Allocation.objects.filter(is_active=True).exists()


def test_therapist_takes_their_own_time_off_and_meets_nobody_elses(clinic: Clinic) -> None:
    own = taken(clinic, clinic.therapist.resource_id)
    others = taken(clinic, clinic.therapists[1].resource_id)
    rooms = taken(clinic, clinic.rooms[0].resource_id, 14, 15)
    api = signed_in(clinic.therapist_user)
    room_body = {**body(clinic), "room": clinic.rooms[0].pk}
    del room_body["therapist"]

    assert [row["id"] for row in api.get(URL).json()["results"]] == [own.pk]
    for hidden in (others, rooms):
        url = f"{URL}{hidden.pk}/"
        assert [api.get(url).status_code, api.patch(url, {}).status_code, api.delete(url).status_code] == [404] * 3
    assert api.post(URL, body(clinic, therapist=clinic.therapists[1].pk)).status_code == 404
    assert api.post(URL, room_body).status_code == 404
    assert TimeOff.objects.filter(is_cancelled=False).count() == 3


def test_therapist_cannot_move_a_booking_into_anothers_diary(clinic: Clinic) -> None:
    booking = book_at(clinic, at(10))
    resolution = {
        "reference": booking.reference,
        "action": "reschedule",
        "starts_at": "2027-01-06T14:00:00Z",
        "therapist": clinic.therapists[1].pk,
    }

    answer = signed_in(clinic.therapist_user).post(URL, body(clinic, resolutions=[resolution]))

    assert answer.json()["errors"]["resolutions.0.therapist"][0]["code"] == "unknown_therapist"
    assert (TimeOff.objects.count(), Appointment.objects.get().version) == (0, 1)


@pytest.mark.parametrize(("role", "status"), [(None, 401), ("client", 403)])
def test_time_off_is_for_staff(clinic: Clinic, role: str | None, status: int) -> None:
    api = signed_in(make_user(role) if role else None)
    url = f"{URL}{taken(clinic, clinic.therapist.resource_id).pk}/"

    codes = [api.get(URL), api.post(URL, {}), api.get(url), api.patch(url, {}), api.delete(url)]
    assert [answer.status_code for answer in codes] == [status] * 5


def test_time_off_listed_keeps_to_what_is_asked_for(clinic: Clinic, desk: User) -> None:
    one = taken(clinic, clinic.therapist.resource_id)
    room = taken(clinic, clinic.rooms[0].resource_id)
    cancelled = taken(clinic, clinic.therapists[1].resource_id)
    TimeOff.objects.filter(pk=cancelled.pk).update(is_cancelled=True)
    api = signed_in(desk)

    def ids(**query: Any) -> list[int]:
        return [row["id"] for row in api.get(URL, query).json()["results"]]

    assert ids() == [one.pk, room.pk]
    assert ids(therapist=clinic.therapist.pk) == [one.pk]
    assert ids(room=clinic.rooms[0].pk) == [room.pk]
    assert ids(include_cancelled="true") == [one.pk, room.pk, cancelled.pk]
    assert ids(**{"from": "2027-01-07"}) == []
    assert ids(to="2027-01-05") == []
    assert ids(**{"from": "2027-01-06", "to": "2027-01-06"}) == [one.pk, room.pk]


@pytest.mark.parametrize("rows", [1, 3])
def test_time_off_listed_takes_as_many_queries_whatever_the_rows(
    clinic: Clinic, desk: User, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    for number in range(rows):
        taken(clinic, clinic.therapist.resource_id, 9 + number, 10 + number)
        taken(clinic, clinic.rooms[0].resource_id, 9 + number, 10 + number)
    api = signed_in(desk)

    with django_assert_num_queries(3):
        answer = api.get(URL)

    assert answer.json()["count"] == 2 * rows
