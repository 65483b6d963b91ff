"""The same request twice at the same moment, as impatient fingers and retrying browsers send it."""

from __future__ import annotations

from typing import Any

import pytest

from bookings.models import Appointment
from bookings.services import booking as booking_service
from bookings.services.booking import book_once
from clinic.api.idempotency import Answer, KeyReused
from clinic.messaging.models import Message
from tests.bookings.clinic import NOW, Clinic, at, booking_request, make_clinic
from tests.together import all_at_once, before_commit

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clinic() -> Clinic:
    """Two of everything: a twin that is carried out finds a free slot too."""
    return make_clinic(therapists=2, rooms=2)


@pytest.fixture
def forgetting_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(booking_service, "answer_once", lambda *, work, **_: work())


def send(clinic: Clinic, *, hour: int = 10, fingerprint: str = "the same") -> Answer:
    return book_once(
        booking_request(clinic, at(hour)),
        user=None,
        scope="book:anybody",
        key="one key",
        fingerprint=fingerprint,
        represent=_represent,
        now=NOW,
    )


def _represent(appointment: Appointment) -> dict[str, Any]:
    return {"reference": appointment.reference, "therapist": appointment.therapist_id}


def test_twin_that_arrives_before_the_first_commits_gets_its_answer(clinic: Clinic) -> None:
    with before_commit(lambda: send(clinic)) as twin:
        first = send(clinic)
    assert twin.outcome == first
    assert [row.reference for row in Appointment.objects.all()] == [first.body["reference"]]


@pytest.mark.usefixtures("forgetting_keys")
def test_control_without_the_key_the_twin_is_a_second_booking(clinic: Clinic) -> None:
    with before_commit(lambda: send(clinic)) as twin:
        first = send(clinic)
    assert twin.outcome.body["reference"] != first.body["reference"]
    assert Appointment.objects.count() == 2


def test_six_of_one_request_at_once_are_one_booking_with_one_confirmation(clinic: Clinic) -> None:
    answers = all_at_once(*[lambda: send(clinic)] * 6)
    booking = Appointment.objects.get()
    assert answers == [Answer(201, _represent(booking))] * 6
    assert Message.objects.filter(kind="confirmation").count() == 1


def test_another_request_under_the_key_is_refused_once_the_first_has_committed(clinic: Clinic) -> None:
    with before_commit(lambda: send(clinic, hour=14, fingerprint="another")) as other:
        send(clinic)
    assert isinstance(other.outcome, KeyReused)
    assert Appointment.objects.get().starts_at == at(10)
