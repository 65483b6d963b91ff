"""Free times as staff may give them away, and what cancelling would cost, over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine

from bookings.models import Appointment, Resource, Therapist
from clinic.accounts.models import User
from tests.bookings.clinic import NOW, Clinic, at, make_clinic
from tests.bookings.diary.scenes import book_at, signed_in
from tests.factories import make_client, make_user
from treatments.models import Treatment

pytestmark = pytest.mark.django_db


@pytest.fixture
def clinic() -> Clinic:
    return make_clinic()


@pytest.fixture(autouse=True)
def monday_morning(clinic: Clinic) -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def openings(day: str, *, user: User | None = None, **query: Any) -> Any:
    asked = {"treatment": "calf-release", "minutes": 60, "from": day, "to": day, **query}
    return signed_in(user or make_user("receptionist")).get("/api/v1/appointments/openings/", asked)


def other_therapist(clinic: Clinic) -> User:
    """With a diary of their own and nothing in it."""
    user = make_user("therapist")
    resource = Resource.objects.create(kind=Resource.Kind.THERAPIST)
    other = Therapist.objects.create(name="Other", slug="other", user=user, resource=resource)
    other.treatments.add(clinic.treatment)
    return user


def starts(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.json()
    return [slot["starts_at"] for day in answer.json()["days"] for slot in day["slots"]]


def test_openings_need_no_notice(clinic: Clinic) -> None:
    assert starts(openings("2027-01-04"))[0] == "2027-01-04T09:00:00+00:00"


def test_openings_lie_beyond_the_horizon_too(clinic: Clinic) -> None:
    assert len(starts(openings("2028-01-05"))) == 29


def test_openings_leave_out_what_is_taken_but_not_by_the_one_that_moves(clinic: Clinic) -> None:
    booking = book_at(clinic, at(11))

    assert booking.starts_at.isoformat() not in starts(openings("2027-01-06"))
    assert booking.starts_at.isoformat() in starts(openings("2027-01-06", appointment=booking.pk))


def test_openings_for_a_known_client_need_no_time_for_a_first_visit(clinic: Clinic) -> None:
    clinic.set_rules(first_visit_extra_minutes=15, buffer_after_minutes=0)
    known = make_client()
    been = book_at(clinic, at(9), client=known)
    Appointment.objects.filter(pk=been.pk).update(status="fulfilled")
    book_at(clinic, at(14))

    assert "2027-01-06T13:00:00+00:00" in starts(openings("2027-01-06", client=known.pk))
    assert "2027-01-06T13:00:00+00:00" not in starts(openings("2027-01-06"))


def test_openings_keep_a_treatment_that_is_not_offered_any_more(clinic: Clinic) -> None:
    booking = book_at(clinic, at(11))
    Treatment.objects.update(state="draft")

    assert starts(openings("2027-01-06", appointment=booking.pk))
    assert openings("2027-01-06").json()["errors"]["treatment"]


@pytest.mark.parametrize("appointment", ["someone else's", 999_999])
def test_openings_for_an_appointment_out_of_sight_say_there_is_none(clinic: Clinic, appointment: Any) -> None:
    others = other_therapist(clinic)
    asked = book_at(clinic, at(11)).pk if appointment == "someone else's" else appointment

    answer = openings("2027-01-06", appointment=asked, user=others)

    assert answer.status_code == 400, answer.json()
    assert answer.json()["errors"]["appointment"][0]["code"] == "unknown_appointment"


def test_detail_tells_what_cancelling_and_not_coming_would_cost(clinic: Clinic) -> None:
    clinic.set_rules(cancellation_notice_hours=24, late_cancellation_fee_percent=50, no_show_fee_percent=100)
    today, later = book_at(clinic, at(12, on=NOW.date())), book_at(clinic, at(12))
    reader = signed_in(make_user("receptionist"))

    late, free = (reader.get(f"/api/v1/appointments/{each.pk}/").json() for each in (today, later))

    assert (late["cancellation"]["is_late_now"], late["cancellation"]["fee_now"]) == (True, "27.50")
    assert (free["cancellation"]["is_late_now"], free["cancellation"]["fee_now"]) == (False, "0.00")
    assert late["no_show_fee"] == "55.00"
    assert free["cancellation"]["free_until"] == "2027-01-05T12:00:00+00:00"
