"""The diary in one answer: what is in it, for whom, and in how many queries."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from bookings.models import Appointment, WorkingHours
from bookings.services import appointments as steps
from bookings.services.time_off import take_time_off
from clinic.accounts.models import User
from tests.bookings.clinic import NOW, WEDNESDAY, Clinic, at, make_clinic
from tests.bookings.diary.scenes import book_at, day, hold_at, signed_in
from tests.factories import make_client, make_user

pytestmark = pytest.mark.django_db

URL = "/api/v1/diary/"
QUERIES = 7


@pytest.fixture(autouse=True)
def _now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def clinic() -> Clinic:
    return make_clinic(therapists=2)


@pytest.fixture
def owner() -> User:
    return make_user("owner")


def read(user: User | None, first: str = "2027-01-06", last: str = "2027-01-06", **query: Any) -> Any:
    return signed_in(user).get(URL, {"from": first, "to": last, **query})


def take_off(clinic: Clinic, resource_id: int, starts: int, ends: int) -> int:
    return take_time_off(
        resource_id, starts_at=at(starts), ends_at=at(ends), reason="Repairs", actor=clinic.therapist_user, now=NOW
    ).pk


def test_diary_holds_all_that_the_day_has(clinic: Clinic, owner: User) -> None:
    WorkingHours.objects.filter(therapist=clinic.therapists[1]).delete()
    client = make_client(
        first_name="Robin", preferred_name="Rob", last_name="Hood", phone="+442079460018", alert_line="Rings first"
    )
    booking = book_at(clinic, at(11), client=client)
    hold = hold_at(clinic, at(14))
    off = take_off(clinic, clinic.therapist.resource_id, 16, 17)
    one, two = clinic.therapists

    answer = read(owner)

    assert answer.status_code == 200
    assert answer.json() == {
        "time_zone": "Europe/London",
        "from": "2027-01-06",
        "to": "2027-01-06",
        "bank_holidays": [],
        "therapists": [
            {"id": one.pk, "slug": "therapist-1", "name": "Therapist 1", "is_bookable": True},
            {"id": two.pk, "slug": "therapist-2", "name": "Therapist 2", "is_bookable": True},
        ],
        "working_hours": [
            {
                "therapist": one.pk,
                "location": clinic.location.pk,
                "starts_at": "2027-01-06T09:00:00+00:00",
                "ends_at": "2027-01-06T17:00:00+00:00",
            }
        ],
        "appointments": [
            {
                "id": booking.pk,
                "reference": booking.reference,
                "therapist": one.pk,
                "location": clinic.location.pk,
                "room": {"id": clinic.rooms[0].pk, "name": "Room 1"},
                "client": {
                    "id": client.pk,
                    "name": "Rob Hood",
                    "phone": "+442079460018",
                    "alert_line": "Rings first",
                },
                "treatment": {"slug": "calf-release", "name": "Calf release"},
                "starts_at": "2027-01-06T11:00:00+00:00",
                "ends_at": "2027-01-06T12:00:00+00:00",
                "minutes": 60,
                "buffer_before_minutes": 0,
                "buffer_after_minutes": 15,
                "status": "booked",
                "next_statuses": ["arrived", "cancelled", "checked-in", "entered-in-error", "fulfilled", "noshow"],
                "version": 1,
                "source": "staff",
                "is_first_visit": True,
                "needs_review": False,
            }
        ],
        "holds": [
            {
                "id": hold.pk,
                "therapist": one.pk,
                "room": clinic.rooms[0].pk,
                "treatment_name": "Calf release",
                "minutes": 60,
                "starts_at": "2027-01-06T14:00:00+00:00",
                "ends_at": "2027-01-06T15:00:00+00:00",
                "expires_at": "2027-01-04T08:10:00+00:00",
            }
        ],
        "time_off": [
            {
                "id": off,
                "therapist": one.pk,
                "room": None,
                "starts_at": "2027-01-06T16:00:00+00:00",
                "ends_at": "2027-01-06T17:00:00+00:00",
                "reason": "Repairs",
            }
        ],
    }


def test_diary_leaves_out_what_gave_its_time_back(clinic: Clinic, owner: User) -> None:
    for hour, status in enumerate(("cancelled", "entered-in-error"), start=10):
        booking = book_at(clinic, at(hour * 2 - 10))
        Appointment.objects.filter(pk=booking.pk).update(status=status)
    hold_at(clinic, at(15), minutes_left=0)

    body = read(owner).json()

    assert (body["appointments"], body["holds"]) == ([], [])


def test_diary_shows_the_rooms_time_off_to_everybody(clinic: Clinic) -> None:
    off = take_off(clinic, clinic.rooms[0].resource_id, 10, 12)

    rows = read(clinic.therapist_user).json()["time_off"]

    assert [(row["id"], row["therapist"], row["room"]) for row in rows] == [
        (off, None, {"id": clinic.rooms[0].pk, "name": "Room 1"})
    ]


def test_diary_of_a_therapist_is_their_own_column(clinic: Clinic) -> None:
    own, other = book_at(clinic, at(9)), book_at(clinic, at(11), therapist=1)
    take_off(clinic, clinic.therapists[1].resource_id, 15, 16)

    body = read(clinic.therapist_user).json()

    assert [row["reference"] for row in body["appointments"]] == [own.reference]
    assert {row["therapist"] for row in body["working_hours"]} == {clinic.therapist.pk}
    assert [row["id"] for row in body["therapists"]] == [clinic.therapist.pk]
    assert body["time_off"] == []
    assert other.reference not in str(body)


@pytest.mark.parametrize("role", ["owner", "receptionist"])
def test_diary_of_one_therapist_is_that_column(clinic: Clinic, role: str) -> None:
    book_at(clinic, at(9))
    other = book_at(clinic, at(11), therapist=1)

    body = read(make_user(role), therapist=clinic.therapists[1].pk).json()

    assert [row["reference"] for row in body["appointments"]] == [other.reference]


def test_diary_of_another_therapist_is_not_found(clinic: Clinic) -> None:
    answer = read(clinic.therapist_user, therapist=clinic.therapists[1].pk)

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(("role", "shown"), [("owner", True), ("therapist", True), ("receptionist", False)])
def test_diary_shows_the_safety_flag_to_those_who_may_read_the_record(clinic: Clinic, role: str, shown: bool) -> None:
    book_at(clinic, at(9))
    Appointment.objects.update(needs_review=True)
    user = clinic.therapist_user if role == "therapist" else make_user(role)

    (row,) = read(user).json()["appointments"]

    assert row.get("needs_review") is (True if shown else None)


@pytest.mark.parametrize(("role", "status"), [(None, 401), ("client", 403)])
def test_diary_is_for_staff(clinic: Clinic, role: str | None, status: int) -> None:
    answer = read(make_user(role) if role else None)

    assert answer.status_code == status


def test_diary_reaches_over_the_edges_of_the_window(clinic: Clinic, owner: User) -> None:
    WorkingHours.objects.update(starts=time(0), ends=time(0))
    late = book_at(clinic, at(23, 30), override="Night shift")

    today, tomorrow = read(owner).json(), read(owner, "2027-01-07", "2027-01-07").json()

    assert [row["reference"] for row in today["appointments"]] == [late.reference]
    assert [row["reference"] for row in tomorrow["appointments"]] == [late.reference]


@pytest.mark.parametrize(
    ("date", "starts_at", "ends_at"),
    [
        ("2027-03-28", "2027-03-28T09:00:00+01:00", "2027-03-28T17:00:00+01:00"),
        ("2027-10-31", "2027-10-31T09:00:00+00:00", "2027-10-31T17:00:00+00:00"),
    ],
)
def test_diary_keeps_the_wall_clock_on_days_of_clock_changes(
    clinic: Clinic, owner: User, date: str, starts_at: str, ends_at: str
) -> None:
    row = read(owner, date, date, therapist=clinic.therapist.pk).json()["working_hours"][0]

    assert (row["starts_at"], row["ends_at"]) == (starts_at, ends_at)


def test_diary_names_bank_holidays_and_has_no_weekly_hours_on_them(clinic: Clinic, owner: User) -> None:
    body = read(owner, "2027-03-26", "2027-03-29").json()

    assert body["bank_holidays"] == ["2027-03-26", "2027-03-29"]
    assert {row["starts_at"][:10] for row in body["working_hours"]} == {"2027-03-27", "2027-03-28"}


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ({"to": "2027-01-06"}, "from", "required"),
        ({"from": "2027-01-06"}, "to", "required"),
        ({"from": "2027-01-07", "to": "2027-01-06"}, "to", "ends_before_start"),
        ({"from": "2027-01-01", "to": "2027-03-04"}, "to", "too_many_days"),
        ({"from": "yesterday", "to": "2027-01-06"}, "from", "invalid"),
        ({"from": "0001-01-01", "to": "0001-01-02"}, "from", "out_of_range"),
        ({"from": "2027-01-06", "to": "9999-12-31"}, "to", "out_of_range"),
        ({"from": "2027-01-06", "to": "2027-01-06", "therapist": "Tom"}, "therapist", "invalid"),
        ({"from": "2027-01-06", "to": "2027-01-06", "thrapist": "1"}, "thrapist", "unknown_field"),
    ],
)
def test_diary_asked_oddly_names_the_field(
    clinic: Clinic, owner: User, query: dict[str, str], field: str, code: str
) -> None:
    answer = signed_in(owner).get(URL, query)

    assert answer.status_code == 400
    assert answer.json()["errors"][field][0]["code"] == code


def test_diary_takes_sixty_two_days(clinic: Clinic, owner: User) -> None:
    assert read(owner, "2027-01-01", "2027-03-03").status_code == 200


@pytest.mark.parametrize(("people", "days"), [(1, 1), (3, 62)])
def test_diary_takes_as_many_queries_whatever_is_in_it(
    owner: User, django_assert_num_queries: DjangoAssertNumQueries, people: int, days: int
) -> None:
    clinic = make_clinic(therapists=people, rooms=people)
    for number in range(people):
        book_at(clinic, at(9 + 2 * number), therapist=number)
        take_off(clinic, clinic.therapists[number].resource_id, 15, 17)
    hold_at(clinic, at(17, 30))
    api: APIClient = signed_in(owner)
    last = WEDNESDAY + timedelta(days=days - 1)

    with django_assert_num_queries(QUERIES):
        answer = api.get(URL, {"from": WEDNESDAY.isoformat(), "to": last.isoformat()})

    body = answer.json()
    assert (len(body["appointments"]), len(body["time_off"]), len(body["holds"])) == (people, people, 1)


# --- Asked again ----------------------------------------------------------------------------------


def again(user: User, tag: str, **query: Any) -> Any:
    asked = {"from": "2027-01-06", "to": "2027-01-06", **query}
    return signed_in(user).get(URL, asked, headers={"If-None-Match": tag})


def test_diary_that_has_not_changed_is_not_sent_again(clinic: Clinic, owner: User) -> None:
    book_at(clinic, at(11))
    tag = read(owner).headers["ETag"]

    answer = again(owner, tag)

    assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", tag)
    assert answer.headers["Cache-Control"] == "no-store"


def test_diary_that_has_changed_is_sent_anew(clinic: Clinic, owner: User) -> None:
    booking = book_at(clinic, at(11))
    hold_at(clinic, at(14))
    client = booking.client
    tags = [read(owner).headers["ETag"]]

    def check_is_new() -> None:
        answer = again(owner, tags[-1])
        assert answer.status_code == 200
        tags.append(answer.headers["ETag"])

    client.alert_line = "Rings first"
    client.save()
    check_is_new()
    steps.arrive(booking, actor=owner, now=NOW)
    check_is_new()
    with time_machine.travel(NOW + timedelta(minutes=10), tick=False):
        check_is_new()  # nothing was written: the hold is over
        assert again(owner, tags[-1]).status_code == 304
    assert len(set(tags)) == len(tags)


def test_tag_of_one_reader_is_none_for_another(clinic: Clinic, owner: User) -> None:
    book_at(clinic, at(9))
    tag = read(owner).headers["ETag"]

    assert again(make_user("receptionist"), tag).status_code == 200  # the owner's has the safety flag
    assert again(clinic.therapist_user, tag).status_code == 200  # and the other column
    assert again(make_user("client"), tag).status_code == 403
    assert again(owner, tag, therapist=clinic.therapists[1].pk).status_code == 200
    assert again(owner, tag, to="2027-01-01").status_code == 400


def test_diary_never_holds_what_is_clinical(clinic: Clinic, owner: User) -> None:
    booking = book_at(clinic, at(9), override="Pain in the left knee")
    Appointment.objects.update(ended_reason="Sciatica")
    booking.client.gp_name = "Dr Who"
    booking.client.save()

    text = read(owner, "2027-01-01", "2027-01-31").content.decode()

    for word in ("knee", "Sciatica", "Dr Who"):
        assert word not in text


def test_diary_of_a_month_with_a_quiet_week_has_only_its_hours(clinic: Clinic, owner: User) -> None:
    WorkingHours.objects.update(valid_until=day(1, 6))

    body = read(owner, "2027-01-06", "2027-01-12", therapist=clinic.therapist.pk).json()

    assert [row["starts_at"] for row in body["working_hours"]] == ["2027-01-06T09:00:00+00:00"]
