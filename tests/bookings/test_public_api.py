"""The public calls over HTTP: availability, holds, bookings and the booking's own link."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client as HttpClient

from bookings.models import Allocation, Appointment, WorkingHours
from clinic.api.models import IdempotencyRecord
from tests.bookings.clinic import NOW, WEDNESDAY, Clinic, at, booking_body, make_clinic

pytestmark = pytest.mark.django_db


@pytest.fixture
def clinic() -> Clinic:
    return make_clinic()


@pytest.fixture(autouse=True)
def monday_morning(clinic: Clinic) -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def http() -> HttpClient:
    return HttpClient()


def post(http: HttpClient, path: str, body: Any = None, **headers: str) -> Any:
    return http.post(f"/api/v1{path}", body or {}, content_type="application/json", headers=headers)


def book(http: HttpClient, clinic: Clinic, at_: datetime, key: str = "key-1", **changes: Any) -> Any:
    return post(http, "/bookings/", {**booking_body(clinic, at_), **changes}, idempotency_key=key)


def with_token(booking: Any) -> dict[str, str]:
    return {"authorization": f"Booking {booking['manage_token']}"}


# --- Availability ---------------------------------------------------------------------------------


def test_availability_lists_every_day_with_starts_in_the_clinics_zone(http: HttpClient, clinic: Clinic) -> None:
    answer = http.get("/api/v1/availability/?treatment=calf-release&minutes=60&from=2027-01-05&to=2027-01-06").json()
    assert answer["time_zone"] == "Europe/London"
    assert [day["date"] for day in answer["days"]] == ["2027-01-05", "2027-01-06"]
    # 24 hours' notice at 08:00 leaves all of tomorrow from 09:00 on.
    first = answer["days"][0]["slots"][0]
    assert first == {"starts_at": "2027-01-05T09:00:00+00:00", "therapists": [clinic.therapist.pk]}
    assert answer["days"][1]["slots"][-1]["starts_at"] == "2027-01-06T16:00:00+00:00"
    assert len(answer["days"][1]["slots"]) == 29


def test_availability_tells_a_closed_day_from_a_full_one(http: HttpClient, clinic: Clinic) -> None:
    WorkingHours.objects.filter(weekday=5).delete()  # Saturdays
    clinic.set_rules(max_hands_on_minutes_per_day=0)
    answer = http.get("/api/v1/availability/?treatment=calf-release&minutes=60&from=2027-01-08&to=2027-01-09").json()
    assert answer["days"] == [
        {"date": "2027-01-08", "is_open": True, "slots": []},
        {"date": "2027-01-09", "is_open": False, "slots": []},
    ]


def test_availability_in_summer_carries_the_summer_offset(http: HttpClient, clinic: Clinic) -> None:
    clinic.set_rules(horizon_days=400)
    answer = http.get("/api/v1/availability/?treatment=calf-release&minutes=60&from=2027-07-01&to=2027-07-01").json()
    assert answer["days"][0]["slots"][0]["starts_at"] == "2027-07-01T09:00:00+01:00"


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("minutes=60&from=2027-01-05&to=2027-01-06", "treatment", "required"),
        ("treatment=calf-release&minutes=60&from=2027-01-05", "to", "required"),
        ("treatment=no-such&minutes=60&from=2027-01-05&to=2027-01-06", "treatment", "unknown_treatment"),
        ("treatment=calf-release&minutes=25&from=2027-01-05&to=2027-01-06", "minutes", "unknown_length"),
        ("treatment=calf-release&minutes=x&from=2027-01-05&to=2027-01-06", "minutes", "invalid"),
        ("treatment=calf-release&minutes=60&from=2027-01-06&to=2027-01-05", "to", "ends_before_start"),
        ("treatment=calf-release&minutes=60&from=2027-01-01&to=2027-03-04", "to", "too_many_days"),
        ("treatment=calf-release&minutes=60&from=2027-02-30&to=2027-03-04", "from", "invalid"),
        ("treatment=calf-release&minutes=60&from=9999-12-31&to=9999-12-31", "from", "out_of_range"),
        (
            "treatment=calf-release&minutes=60&from=2027-01-05&to=2027-01-06&therapist=99",
            "therapist",
            "unknown_therapist",
        ),
        ("treatment=calf-release&minutes=60&from=2027-01-05&to=2027-01-06&who=me", "who", "unknown_field"),
    ],
)
def test_availability_bad_query_names_field_and_code(http: HttpClient, query: str, field: str, code: str) -> None:
    answer = http.get(f"/api/v1/availability/?{query}")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "invalid_input"
    assert answer.json()["errors"][field][0]["code"] == code


def test_availability_of_62_days_is_taken(http: HttpClient) -> None:
    answer = http.get("/api/v1/availability/?treatment=calf-release&minutes=60&from=2027-01-01&to=2027-03-03")
    assert len(answer.json()["days"]) == 62


# --- Booking --------------------------------------------------------------------------------------


def test_book_answers_as_the_contract_says(http: HttpClient, clinic: Clinic) -> None:
    answer = book(http, clinic, at(10))
    assert answer.status_code == 201
    booking = answer.json()
    assert booking["status"] == "booked"
    assert booking["starts_at"] == "2027-01-06T10:00:00+00:00"
    assert booking["ends_at"] == "2027-01-06T11:00:00+00:00"
    assert booking["therapist"] == {"id": clinic.therapist.pk, "name": "Therapist 1"}
    assert booking["treatment"] == {"slug": "calf-release", "name": "Calf release"}
    assert (booking["minutes"], booking["price"], booking["currency"]) == (60, "55.00", "GBP")
    assert len(booking["manage_token"]) == 43
    assert Appointment.objects.get().reference == booking["reference"]


def test_book_again_with_the_same_key_and_body_gets_the_first_answer(http: HttpClient, clinic: Clinic) -> None:
    first, second = (book(http, clinic, at(10)) for _ in range(2))
    assert (second.status_code, second.json()) == (201, first.json())
    assert Appointment.objects.count() == 1


def test_book_answer_is_kept_sealed(http: HttpClient, clinic: Clinic) -> None:
    token = book(http, clinic, at(10)).json()["manage_token"]
    assert token not in IdempotencyRecord.objects.get().sealed_answer


def test_book_with_the_same_key_and_another_body_is_refused(http: HttpClient, clinic: Clinic) -> None:
    book(http, clinic, at(10))
    answer = book(http, clinic, at(12))
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert Appointment.objects.count() == 1


def test_book_after_a_refusal_may_use_the_same_key(http: HttpClient, clinic: Clinic) -> None:
    taken = book(http, clinic, at(10), key="first").json()
    assert book(http, clinic, at(10), key="second").status_code == 409
    post(http, f"/bookings/{taken['reference']}/cancel/", **with_token(taken))
    assert book(http, clinic, at(10), key="second").status_code == 201


def test_book_without_a_key_is_refused(http: HttpClient, clinic: Clinic) -> None:
    answer = post(http, "/bookings/", booking_body(clinic, at(10)))
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_required")


def test_book_taken_slot_answers_409_with_alternatives(http: HttpClient, clinic: Clinic) -> None:
    book(http, clinic, at(10))
    answer = book(http, clinic, at(10), key="other")
    assert (answer.status_code, answer.json()["code"]) == (409, "slot_taken")
    assert answer.json()["alternatives"][0] == {
        "starts_at": "2027-01-06T11:15:00+00:00",
        "therapist": clinic.therapist.pk,
    }


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"starts_at": "2027-01-06T10:00:00"}, "starts_at", "offset_required"),
        ({"starts_at": "tomorrow"}, "starts_at", "invalid"),
        ({"starts_at": "9999-01-06T10:00:00+00:00"}, "starts_at", "out_of_range"),
        ({"client": {"first_name": "A", "last_name": "B", "email": "nobody"}}, "client.email", "invalid"),
        ({"client": {"first_name": "A", "email": "a@example.org"}}, "client.last_name", "required"),
        ({"client": "Ada"}, "client", "invalid"),
        ({"minutes": -60}, "minutes", "min_value"),
        ({"minutes": True}, "minutes", "invalid"),
        ({"status": "fulfilled"}, "status", "unknown_field"),
        ({"price": "0.00"}, "price", "unknown_field"),
        ({"accepts_policy": False}, "accepts_policy", "must_accept"),
        ({"hold": "no-such-token"}, "hold", "unknown_hold"),
        ({"safety": ["no-such"]}, "safety", "unknown_safety_question"),
        ({"guide": {"answers": {"no-such": 1}}}, "guide.answers.no-such", "unknown_indicator"),
    ],
)
def test_book_bad_input_names_field_and_code_and_stores_nothing(
    http: HttpClient, clinic: Clinic, change: dict[str, Any], field: str, code: str
) -> None:
    answer = book(http, clinic, at(10), **change)
    assert answer.status_code == 400
    assert answer.json()["errors"][field][0]["code"] == code
    assert Appointment.objects.count() == 0
    assert Allocation.objects.count() == 0


# --- Holds ----------------------------------------------------------------------------------------


def hold_body(starts_at: datetime) -> dict[str, Any]:
    return {"treatment": "calf-release", "minutes": 60, "starts_at": starts_at.isoformat()}


def test_hold_then_book_with_it(http: HttpClient, clinic: Clinic) -> None:
    held = post(http, "/holds/", hold_body(at(10)))
    assert held.status_code == 201
    assert held.json()["expires_at"] == "2027-01-04T08:10:00+00:00"
    assert held.json()["therapist"] == clinic.therapist.pk
    assert book(HttpClient(), clinic, at(10), key="stranger").status_code == 409
    booked = book(http, clinic, at(10), hold=held.json()["token"])
    assert booked.status_code == 201
    # What is shown before agreeing is what is agreed to.
    assert held.json()["cancellation_policy"] == booked.json()["cancellation"]["policy"]


def test_hold_let_go_frees_the_slot_at_once(http: HttpClient, clinic: Clinic) -> None:
    token = post(http, "/holds/", hold_body(at(10))).json()["token"]
    assert http.delete(f"/api/v1/holds/{token}/").status_code == 204
    assert book(http, clinic, at(10)).status_code == 201


def test_hold_unknown_token_is_not_found(http: HttpClient) -> None:
    assert http.delete("/api/v1/holds/no-such/").json()["code"] == "not_found"


# --- The link -------------------------------------------------------------------------------------


def test_link_shows_the_fee_before_cancelling_and_charges_it_inside_the_notice(
    http: HttpClient, clinic: Clinic, monday_morning: Any
) -> None:
    booking = book(http, clinic, at(10)).json()
    path = f"/bookings/{booking['reference']}/"
    early = http.get(f"/api/v1{path}", headers=with_token(booking)).json()["cancellation"]
    assert (early["is_late_now"], early["fee_now"]) == (False, "0.00")
    monday_morning.move_to(at(10) - timedelta(hours=3))
    late = http.get(f"/api/v1{path}", headers=with_token(booking)).json()
    assert (late["cancellation"]["fee_now"], late["can_move"]) == ("27.50", False)
    unsure = post(http, f"{path}cancel/", {"expected_fee": "0.00"}, **with_token(booking))
    assert (unsure.status_code, unsure.json()["code"], unsure.json()["fee"]) == (409, "fee_changed", "27.50")
    done = post(http, f"{path}cancel/", {"expected_fee": "27.50"}, **with_token(booking)).json()
    assert (done["status"], done["is_late_cancellation"], done["cancellation_fee"]) == ("cancelled", True, "27.50")


def test_link_moves_the_booking_and_goes_on_working(http: HttpClient, clinic: Clinic) -> None:
    booking = book(http, clinic, at(10)).json()
    path = f"/bookings/{booking['reference']}/"
    moved = post(http, f"{path}reschedule/", {"starts_at": at(14).isoformat()}, **with_token(booking)).json()
    assert (moved["starts_at"], moved["version"]) == ("2027-01-06T14:00:00+00:00", 2)
    assert http.get(f"/api/v1{path}", headers=with_token(booking)).json()["starts_at"] == moved["starts_at"]


def test_link_with_a_wrong_token_answers_as_if_there_were_no_such_booking(http: HttpClient, clinic: Clinic) -> None:
    booking = book(http, clinic, at(10)).json()
    wrong = {"authorization": "Booking " + "A" * 43}
    other = http.get(f"/api/v1/bookings/{booking['reference']}/", headers=wrong)
    missing = http.get("/api/v1/bookings/ABCDEFGH/", headers=wrong)
    assert (other.status_code, other.json()) == (404, missing.json())


def test_link_of_another_booking_opens_nothing(http: HttpClient, clinic: Clinic) -> None:
    mine = book(http, clinic, at(10), key="a").json()
    theirs = book(http, clinic, at(14), key="b").json()
    assert http.get(f"/api/v1/bookings/{theirs['reference']}/", headers=with_token(mine)).status_code == 404


def test_link_without_any_proof_asks_to_sign_in(http: HttpClient, clinic: Clinic) -> None:
    booking = book(http, clinic, at(10)).json()
    answer = http.get(f"/api/v1/bookings/{booking['reference']}/")
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")


def test_link_is_dead_once_the_appointment_is_over(http: HttpClient, clinic: Clinic, monday_morning: Any) -> None:
    booking = book(http, clinic, at(10)).json()
    monday_morning.move_to(at(11))
    answer = http.get(f"/api/v1/bookings/{booking['reference']}/", headers=with_token(booking))
    assert (answer.status_code, answer.json()["code"]) == (410, "booking_ended")


def test_calendar_file_of_the_link_names_no_treatment(http: HttpClient, clinic: Clinic) -> None:
    booking = book(http, clinic, at(10)).json()
    answer = http.get(f"/api/v1/bookings/{booking['reference']}/calendar.ics", headers=with_token(booking))
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert b"BEGIN:VEVENT" in answer.content
    assert b"alf" not in answer.content.replace(b"half", b"")
    assert WEDNESDAY.strftime("%Y%m%d").encode() in answer.content
