"""Working hours and one-off hours over HTTP: who may, what is refused, how many queries."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries

from bookings.models import OneOffHours, Therapist, WorkingHours
from clinic.accounts.models import User
from tests.bookings.clinic import NOW, WEDNESDAY, Clinic, at, make_clinic
from tests.bookings.diary.scenes import book_at, hours_of, signed_in
from tests.factories import make_user

pytestmark = pytest.mark.django_db

WEEKLY, ONE_OFF = "/api/v1/working-hours/", "/api/v1/one-off-hours/"


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


def weekly_body(clinic: Clinic, **changes: Any) -> dict[str, Any]:
    return {
        "therapist": clinic.therapist.pk,
        "location": clinic.location.pk,
        "weekday": 0,
        "starts": "18:00",
        "ends": "00:00",
        **changes,
    }


def wednesday(clinic: Clinic, therapist: Therapist | None = None) -> str:
    row = WorkingHours.objects.get(therapist=therapist or clinic.therapist, weekday=WEDNESDAY.weekday())
    return f"{WEEKLY}{row.pk}/"


def test_weekly_hours_added_are_stored_and_answered(clinic: Clinic, desk: User) -> None:
    answer = signed_in(desk).post(WEEKLY, weekly_body(clinic, valid_from="2027-02-01"))

    row = WorkingHours.objects.get(starts="18:00")
    assert answer.status_code == 201
    assert answer.json() == {
        "id": row.pk,
        "therapist": clinic.therapist.pk,
        "location": clinic.location.pk,
        "weekday": 0,
        "starts": "18:00",
        "ends": "00:00",
        "valid_from": "2027-02-01",
        "valid_until": None,
    }
    assert signed_in(desk).get(f"{WEEKLY}{row.pk}/").json() == answer.json()


def test_weekly_hours_over_others_are_refused_naming_the_field(clinic: Clinic, desk: User) -> None:
    answer = signed_in(desk).post(WEEKLY, weekly_body(clinic, starts="16:00"))

    assert (answer.status_code, answer.json()["code"]) == (409, "overlapping_hours")
    assert answer.json()["errors"]["starts"][0]["code"] == "overlapping_hours"
    assert hours_of(clinic, 0) == [("09:00", "17:00")]


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"weekday": 7}, "weekday", "invalid_choice"),
        ({"weekday": "Monday"}, "weekday", "invalid_choice"),
        ({"starts": "6 pm"}, "starts", "invalid"),
        ({"starts": "25:00"}, "starts", "invalid"),
        ({"starts": "18:00:30"}, "starts", "invalid"),
        ({"starts": "19:00", "ends": "18:00"}, "ends", "ends_before_start"),
        ({"location": 987654}, "location", "unknown_location"),
        ({"location": True}, "location", "invalid"),
        ({"location": 10**30}, "location", "max_value"),
        ({"valid_from": "2027-13-01"}, "valid_from", "invalid"),
        ({"valid_from": "2027-02-02", "valid_until": "2027-02-01"}, "valid_until", "ends_before_start"),
        ({"therapist": None}, "therapist", "null"),
        ({"colour": "red"}, "colour", "unknown_field"),
        ({"id": 1}, "id", "unknown_field"),
    ],
)
def test_weekly_hours_that_are_odd_are_refused_naming_the_field(
    clinic: Clinic, desk: User, changes: dict[str, Any], field: str, code: str
) -> None:
    before = WorkingHours.objects.count()

    answer = signed_in(desk).post(WEEKLY, weekly_body(clinic, **changes))

    assert answer.status_code == 400
    assert answer.json()["errors"][field][0]["code"] == code
    assert WorkingHours.objects.count() == before


def test_weekly_hours_changed_in_part_keep_the_rest(clinic: Clinic, desk: User) -> None:
    answer = signed_in(desk).patch(wednesday(clinic), {"ends": "16:00"})

    assert (answer.status_code, answer.json()["starts"], answer.json()["ends"]) == (200, "09:00", "16:00")
    assert hours_of(clinic, 2) == [("09:00", "16:00")]


def test_weekly_hours_cannot_be_given_to_another_therapist(clinic: Clinic, desk: User) -> None:
    answer = signed_in(desk).patch(wednesday(clinic), {"therapist": clinic.therapists[1].pk})

    assert answer.json()["errors"]["therapist"][0]["code"] == "unknown_field"
    assert WorkingHours.objects.filter(therapist=clinic.therapist).count() == 7


def test_weekly_hours_that_bookings_need_are_refused_with_the_list_until_accepted(clinic: Clinic, desk: User) -> None:
    booking = book_at(clinic, at(16))
    api = signed_in(desk)

    refused = api.delete(wednesday(clinic))
    assert (refused.status_code, refused.json()["code"]) == (409, "strands_bookings")
    assert [row["reference"] for row in refused.json()["bookings"]] == [booking.reference]
    assert hours_of(clinic, 2) == [("09:00", "17:00")]

    accepted = api.delete(f"{wednesday(clinic)}?accept_stranded=true")
    assert accepted.status_code == 204
    assert hours_of(clinic, 2) == []


def test_weekly_hours_shortened_over_bookings_are_stored_when_accepted(clinic: Clinic, desk: User) -> None:
    book_at(clinic, at(16))
    api = signed_in(desk)

    assert api.patch(wednesday(clinic), {"ends": "16:00"}).status_code == 409
    assert api.patch(wednesday(clinic), {"ends": "16:00", "accept_stranded": True}).status_code == 200
    assert hours_of(clinic, 2) == [("09:00", "16:00")]


def test_therapist_keeps_their_own_hours_and_meets_nobody_elses(clinic: Clinic) -> None:
    api = signed_in(clinic.therapist_user)
    others = wednesday(clinic, clinic.therapists[1])

    listed = api.get(WEEKLY, {"page_size": 100}).json()["results"]
    assert {row["therapist"] for row in listed} == {clinic.therapist.pk}
    assert api.patch(wednesday(clinic), {"ends": "16:00"}).status_code == 200
    assert api.post(WEEKLY, weekly_body(clinic)).status_code == 201
    assert [
        api.get(others).status_code,
        api.patch(others, {"ends": "16:00"}).status_code,
        api.delete(others).status_code,
        api.post(WEEKLY, weekly_body(clinic, therapist=clinic.therapists[1].pk)).status_code,
    ] == [404, 404, 404, 404]
    assert WorkingHours.objects.filter(therapist=clinic.therapists[1]).count() == 7


@pytest.mark.parametrize(("role", "status"), [(None, 401), ("client", 403)])
@pytest.mark.parametrize("url", [WEEKLY, ONE_OFF])
def test_hours_are_for_staff(clinic: Clinic, url: str, role: str | None, status: int) -> None:
    api = signed_in(make_user(role) if role else None)

    assert [api.get(url).status_code, api.post(url, {}).status_code] == [status, status]


def test_therapist_account_without_a_therapist_sees_no_hours(clinic: Clinic) -> None:
    assert signed_in(make_user("therapist")).get(WEEKLY).json()["results"] == []


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("url", [WEEKLY, ONE_OFF])
def test_hours_listed_take_two_queries(
    clinic: Clinic, desk: User, django_assert_num_queries: DjangoAssertNumQueries, url: str, rows: int
) -> None:
    WorkingHours.objects.filter(weekday__gte=rows).delete()
    for number in range(rows):
        OneOffHours.objects.create(
            therapist=clinic.therapist,
            location=clinic.location,
            on=f"2027-02-0{number + 1}",
            starts="09:00",
            ends="10:00",
        )
    api = signed_in(desk)

    with django_assert_num_queries(2):
        answer = api.get(url, {"therapist": clinic.therapist.pk})

    assert answer.json()["count"] == rows


def test_one_off_hours_are_added_changed_and_removed(clinic: Clinic, desk: User) -> None:
    api = signed_in(desk)
    body = {
        "therapist": clinic.therapist.pk,
        "location": clinic.location.pk,
        "on": "2027-03-26",
        "starts": "10:00",
        "ends": "12:00",
    }

    added = api.post(ONE_OFF, body)
    assert added.status_code == 201
    url = f"{ONE_OFF}{added.json()['id']}/"
    assert added.json() == {"id": added.json()["id"], **body}
    assert api.patch(url, {"ends": "13:00"}).json()["ends"] == "13:00"
    overlapping = api.post(ONE_OFF, {**body, "starts": "12:30", "ends": "14:00"})
    assert (overlapping.status_code, overlapping.json()["code"]) == (409, "overlapping_hours")
    assert OneOffHours.objects.count() == 1
    assert api.delete(url).status_code == 204
    assert not OneOffHours.objects.exists()


def test_one_off_hours_removed_under_a_booking_are_refused(clinic: Clinic, desk: User) -> None:
    row = OneOffHours.objects.create(
        therapist=clinic.therapist, location=clinic.location, on=WEDNESDAY, starts="18:00", ends="20:00"
    )
    booking = book_at(clinic, at(18))

    answer = signed_in(desk).delete(f"{ONE_OFF}{row.pk}/")

    assert answer.status_code == 409
    assert [stranded["reference"] for stranded in answer.json()["bookings"]] == [booking.reference]
    assert OneOffHours.objects.exists()


# --- A whole week ---------------------------------------------------------------------------------

WEEK = f"{WEEKLY}week/"


def week_row(clinic: Clinic, weekday: int, starts: str, ends: str, **more: Any) -> dict[str, Any]:
    return {"location": clinic.location.pk, "weekday": weekday, "starts": starts, "ends": ends, **more}


def row_id(clinic: Clinic, weekday: int) -> int:
    return WorkingHours.objects.get(therapist=clinic.therapist, weekday=weekday).pk


def test_week_is_rearranged_as_one_change(clinic: Clinic, desk: User) -> None:
    wednesday_id = row_id(clinic, 2)
    body = {
        "therapist": clinic.therapist.pk,
        # Row by row this order would be refused: the new stretch lies within the old one.
        "store": [week_row(clinic, 2, "13:00", "17:00"), week_row(clinic, 2, "09:00", "12:00", id=wednesday_id)],
        "remove": [row_id(clinic, 0)],
    }

    answer = signed_in(desk).post(WEEK, body)

    assert answer.status_code == 200, answer.json()
    assert hours_of(clinic, 2) == [("09:00", "12:00"), ("13:00", "17:00")]
    assert hours_of(clinic, 0) == []
    assert hours_of(clinic, 1) == [("09:00", "17:00")]
    assert len(answer.json()) == 7
    assert WorkingHours.objects.get(pk=wednesday_id).starts.hour == 9


def test_week_that_strands_a_booking_is_refused_as_a_whole_until_accepted(clinic: Clinic, desk: User) -> None:
    booking = book_at(clinic, at(16))
    body = {
        "therapist": clinic.therapist.pk,
        "store": [week_row(clinic, 2, "09:00", "12:00", id=row_id(clinic, 2))],
        "remove": [row_id(clinic, 0)],
    }
    api = signed_in(desk)

    refused = api.post(WEEK, body)
    assert (refused.status_code, refused.json()["code"]) == (409, "strands_bookings")
    assert [row["id"] for row in refused.json()["bookings"]] == [booking.pk]
    assert (hours_of(clinic, 0), hours_of(clinic, 2)) == ([("09:00", "17:00")], [("09:00", "17:00")])

    accepted = api.post(WEEK, {**body, "accept_stranded": True})
    assert accepted.status_code == 200
    assert (hours_of(clinic, 0), hours_of(clinic, 2)) == ([], [("09:00", "12:00")])


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        ({"starts": "12:00", "ends": "11:00"}, 400, "store.1.ends"),
        ({"starts": "noon"}, 400, "store.1.starts"),
        ({"location": 987654}, 400, "store.1.location"),
        ({"id": 987654}, 400, "store.1.id"),
        ({"weekday": 0, "starts": "16:00", "ends": "18:00"}, 409, "store.1.starts"),
    ],
)
def test_week_with_a_faulty_row_is_refused_naming_row_and_field(
    clinic: Clinic, desk: User, changes: dict[str, Any], status: int, field: str
) -> None:
    rows = [week_row(clinic, 6, "19:00", "20:00"), {**week_row(clinic, 6, "17:00", "18:00"), **changes}]

    answer = signed_in(desk).post(WEEK, {"therapist": clinic.therapist.pk, "store": rows, "remove": []})

    assert answer.status_code == status
    assert list(answer.json()["errors"]) == [field]
    assert WorkingHours.objects.filter(therapist=clinic.therapist).count() == 7


def test_week_cannot_touch_rows_of_another_therapist(clinic: Clinic, desk: User) -> None:
    theirs = WorkingHours.objects.filter(therapist=clinic.therapists[1]).first()
    assert theirs is not None
    body = {"therapist": clinic.therapist.pk, "store": [], "remove": [theirs.pk]}

    assert signed_in(desk).post(WEEK, body).status_code == 200
    taken = signed_in(desk).post(
        WEEK, {**body, "store": [week_row(clinic, 6, "19:00", "20:00", id=theirs.pk)], "remove": []}
    )

    assert (taken.status_code, list(taken.json()["errors"])) == (400, ["store.0.id"])
    assert WorkingHours.objects.filter(therapist=clinic.therapists[1]).count() == 7
