"""The waitlist: who is put on it, who sees it, and how one leaves it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries

from bookings.models import WaitlistEntry
from bookings.services.moving import reschedule
from clients.models import Client
from clinic.accounts.models import User
from tests.bookings.clinic import NOW, Clinic, at, make_clinic
from tests.bookings.diary.scenes import book_at, day, signed_in
from tests.factories import make_client, make_user

pytestmark = pytest.mark.django_db

URL = "/api/v1/waitlist/"


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


def body(client: Client, **changes: Any) -> dict[str, Any]:
    return {
        "client": client.pk,
        "treatment": "calf-release",
        "minutes": 60,
        "from_on": "2027-01-05",
        "until_on": "2027-01-31",
        **changes,
    }


def waiting(clinic: Clinic, *, therapist: int | None = None, state: str = "waiting") -> WaitlistEntry:
    return WaitlistEntry.objects.create(
        client=make_client(),
        treatment=clinic.treatment,
        minutes=60,
        therapist=None if therapist is None else clinic.therapists[therapist],
        from_on=day(1, 5),
        until_on=day(1, 31),
        state=state,
    )


def test_client_put_on_the_list_is_stored_and_answered(clinic: Clinic, desk: User) -> None:
    client = make_client(first_name="Robin", last_name="Hood")

    answer = signed_in(desk).post(URL, body(client, therapist=clinic.therapist.pk, note="Mornings"))

    entry = WaitlistEntry.objects.get()
    assert answer.status_code == 201
    assert answer.json() == {
        "id": entry.pk,
        "client": {"id": client.pk, "name": "Robin Hood"},
        "treatment": {"slug": "calf-release", "name": "Calf release"},
        "minutes": 60,
        "therapist": {"id": clinic.therapist.pk, "name": "Therapist 1"},
        "from_on": "2027-01-05",
        "until_on": "2027-01-31",
        "state": "waiting",
        "note": "Mornings",
        "created_at": "2027-01-04T08:00:00+00:00",
    }


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"client": 987654}, "client", "unknown_client"),
        ({"treatment": "reiki"}, "treatment", "unknown_treatment"),
        ({"minutes": 45}, "minutes", "unknown_length"),
        ({"therapist": 987654}, "therapist", "unknown_therapist"),
        ({"from_on": "2027-02-01"}, "until_on", "ends_before_start"),
        ({"from_on": "2027-01-01", "until_on": "2027-01-03"}, "until_on", "in_the_past"),
        ({"until_on": "2028-06-01"}, "until_on", "too_far_ahead"),
        ({"note": "x" * 201}, "note", "max_length"),
        ({"state": "booked"}, "state", "unknown_field"),
    ],
)
def test_client_put_on_the_list_oddly_is_refused_naming_the_field(
    clinic: Clinic, desk: User, changes: dict[str, Any], field: str, code: str
) -> None:
    answer = signed_in(desk).post(URL, {**body(make_client()), **changes})

    assert answer.status_code == 400
    assert answer.json()["errors"][field][0]["code"] == code
    assert not WaitlistEntry.objects.exists()


def test_client_cannot_wait_for_a_therapist_who_does_not_give_the_treatment(clinic: Clinic, desk: User) -> None:
    clinic.therapist.treatments.clear()

    answer = signed_in(desk).post(URL, body(make_client(), therapist=clinic.therapist.pk))

    assert answer.json()["errors"]["therapist"][0]["code"] == "unknown_therapist"
    assert not WaitlistEntry.objects.exists()


def test_therapist_meets_those_who_wait_for_them_or_for_anybody(clinic: Clinic) -> None:
    own, anybodys, others = waiting(clinic, therapist=0), waiting(clinic), waiting(clinic, therapist=1)
    api = signed_in(clinic.therapist_user)

    assert [row["id"] for row in api.get(URL).json()["results"]] == [own.pk, anybodys.pk]
    assert api.post(f"{URL}{others.pk}/withdraw/").status_code == 404
    others.refresh_from_db()
    assert others.state == "waiting"


def test_therapist_puts_only_clients_in_their_care_on_the_list(clinic: Clinic) -> None:
    user = clinic.therapist_user
    api = signed_in(user)

    refused = api.post(URL, body(make_client()))
    assert refused.json()["errors"]["client"][0]["code"] == "unknown_client"
    assert not WaitlistEntry.objects.exists()
    assert api.post(URL, body(make_client(care_team=(user,)))).status_code == 201


def test_client_leaves_the_list_and_twice_is_fine(clinic: Clinic, desk: User) -> None:
    entry = waiting(clinic)
    api = signed_in(desk)

    states = [api.post(f"{URL}{entry.pk}/withdraw/").json()["state"] for _ in range(2)]

    assert states == ["withdrawn", "withdrawn"]
    assert api.get(URL).json()["results"] == []
    assert [row["id"] for row in api.get(URL, {"state": "withdrawn"}).json()["results"]] == [entry.pk]


def state_of(entry: WaitlistEntry) -> str:
    entry.refresh_from_db()
    return entry.state


def test_client_who_gets_what_they_wait_for_leaves_the_list(clinic: Clinic) -> None:
    for_anybody, for_this_one = waiting(clinic), waiting(clinic, therapist=0)
    for entry, hour in ((for_anybody, 10), (for_this_one, 12)):
        book_at(clinic, at(hour), client=entry.client)

    assert (state_of(for_anybody), state_of(for_this_one)) == ("booked", "booked")


def test_client_who_is_booked_otherwise_stays_on_the_list(clinic: Clinic) -> None:
    for_another_therapist, of_another_client = waiting(clinic, therapist=1), waiting(clinic)
    of_other_days = waiting(clinic)
    WaitlistEntry.objects.filter(pk=of_other_days.pk).update(from_on=day(1, 7))
    for entry, hour in ((for_another_therapist, 10), (of_other_days, 12)):
        book_at(clinic, at(hour), client=entry.client)

    states = [state_of(entry) for entry in (for_another_therapist, of_another_client, of_other_days)]
    assert states == ["waiting", "waiting", "waiting"]


def test_client_whose_booking_is_moved_into_their_days_leaves_the_list(clinic: Clinic) -> None:
    entry = waiting(clinic)
    WaitlistEntry.objects.filter(pk=entry.pk).update(from_on=day(1, 7))
    booking = book_at(clinic, at(10), client=entry.client)
    assert state_of(entry) == "waiting"

    reschedule(booking, starts_at=at(10) + timedelta(days=1), actor=make_user("owner"), now=NOW)

    assert state_of(entry) == "booked"


def test_client_who_was_booked_meanwhile_cannot_be_withdrawn(clinic: Clinic, desk: User) -> None:
    entry = waiting(clinic, state="booked")

    answer = signed_in(desk).post(f"{URL}{entry.pk}/withdraw/")

    assert (answer.status_code, answer.json()["code"], answer.json()["state"]) == (409, "invalid_transition", "booked")
    entry.refresh_from_db()
    assert entry.state == "booked"


@pytest.mark.parametrize(("role", "status"), [(None, 401), ("client", 403)])
def test_waitlist_is_for_staff(clinic: Clinic, role: str | None, status: int) -> None:
    entry = waiting(clinic)
    api = signed_in(make_user(role) if role else None)

    answers = [api.get(URL), api.post(URL, {}), api.post(f"{URL}{entry.pk}/withdraw/")]
    assert [answer.status_code for answer in answers] == [status] * 3


@pytest.mark.parametrize("rows", [1, 3])
def test_waitlist_takes_three_queries(
    clinic: Clinic, desk: User, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    for _ in range(rows):
        waiting(clinic, therapist=0)
    api = signed_in(desk)

    with django_assert_num_queries(3):
        answer = api.get(URL)

    assert answer.json()["count"] == rows
