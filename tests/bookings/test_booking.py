"""Booking online, through the service."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from bookings.errors import SafetyAdvice, SlotTaken, SlotUnavailable, TooManyUpcoming
from bookings.models import Allocation, Appointment, Hold, Room, Therapist, TimeOff
from bookings.selectors.openings import Wanted
from bookings.services.booking import book
from bookings.services.holds import holder_digest, place_hold, release_expired, release_hold
from bookings.services.staff_booking import book_for_client
from clients.models import Client, Screening
from clients.services.matching import ClientDetails
from clinic.errors import InvalidInput
from clinic.messaging.models import Message
from tests.bookings.clinic import NOW, WEDNESDAY, at, booking_request, make_clinic
from tests.factories import make_client, make_user
from treatments.models import SafetyQuestion

pytestmark = pytest.mark.django_db


def assert_nothing_stored() -> None:
    assert Appointment.objects.count() == 0
    assert Allocation.objects.filter(kind="appointment").count() == 0
    assert Client.objects.count() == 0
    assert Message.objects.count() == 0


def test_book_free_slot_takes_therapist_and_room_with_buffers() -> None:
    clinic = make_clinic()
    appointment = book(booking_request(clinic, at(10)), user=None, now=NOW)
    assert appointment.status == "booked"
    assert (appointment.starts_at, appointment.ends_at) == (at(10), at(11))
    taken = Allocation.objects.filter(appointment=appointment, is_active=True)
    assert {row.resource_id for row in taken} == {clinic.therapist.resource_id, clinic.rooms[0].resource_id}
    assert {(row.starts_at, row.ends_at) for row in taken} == {(at(10), at(11, 15))}


def test_book_freezes_price_policy_and_fees() -> None:
    clinic = make_clinic()
    appointment = book(booking_request(clinic, at(10)), user=None, now=NOW)
    clinic.set_rules(late_cancellation_fee_percent=0, cancellation_notice_hours=1)
    clinic.option.price = Decimal("1.00")
    clinic.option.save()
    appointment.refresh_from_db()
    assert appointment.price == Decimal("55.00")
    assert appointment.late_cancellation_fee == Decimal("27.50")
    assert appointment.no_show_fee == Decimal("55.00")
    assert appointment.cancellation_notice_hours == 24
    assert "£27.50" in appointment.policy_text


def test_book_writes_first_event_and_messages_in_the_same_transaction() -> None:
    clinic = make_clinic()
    appointment = book(booking_request(clinic, at(10)), user=None, now=NOW)
    assert list(appointment.events.values_list("version", "action", "status_after")) == [(1, "book", "booked")]
    kinds = sorted(Message.objects.filter(topic_id=appointment.pk).values_list("kind", flat=True))
    assert kinds == ["confirmation", "reminder-24h"]


def test_book_taken_slot_is_refused_with_nearest_alternatives() -> None:
    clinic = make_clinic()
    book(booking_request(clinic, at(10)), user=None, now=NOW)
    with pytest.raises(SlotTaken) as refused:
        book(booking_request(clinic, at(10, 30)), user=None, now=NOW)
    offered = [item["starts_at"][11:16] for item in refused.value.data["alternatives"]]
    assert offered == ["11:15", "11:30", "11:45", "12:00", "12:15", "12:30"]
    assert Appointment.objects.count() == 1


@pytest.mark.parametrize(
    ("starts_at", "reason"),
    [
        (NOW - timedelta(hours=1), "in_the_past"),
        (NOW + timedelta(hours=2), "too_soon"),
        (at(10) + timedelta(days=70), "too_far_ahead"),
        (at(10, 5), "off_the_grid"),
        (at(16, 30), "outside_hours"),
        (at(10) + timedelta(days=365 * 20), "too_far_ahead"),
    ],
)
def test_book_start_that_is_not_offered_says_why(starts_at: object, reason: str) -> None:
    clinic = make_clinic()
    with pytest.raises(SlotUnavailable) as refused:
        book(booking_request(clinic, starts_at), user=None, now=NOW)  # type: ignore[arg-type]  # from the table
    assert refused.value.data["reason"] == reason
    assert refused.value.data["errors"]["starts_at"][0]["code"] == reason
    assert_nothing_stored()


def test_book_any_therapist_goes_to_the_least_booked_of_the_day() -> None:
    clinic = make_clinic(therapists=2, rooms=2)
    first = book(booking_request(clinic, at(9)), user=None, now=NOW)
    second = book(booking_request(clinic, at(12)), user=None, now=NOW)
    assert {first.therapist_id, second.therapist_id} == {person.pk for person in clinic.therapists}


def test_book_second_therapist_without_a_second_room_is_refused() -> None:
    clinic = make_clinic(therapists=2, rooms=1)
    book(booking_request(clinic, at(10)), user=None, now=NOW)
    with pytest.raises(SlotTaken):
        book(booking_request(clinic, at(10)), user=None, now=NOW)


def test_book_with_the_only_room_out_of_use_is_refused() -> None:
    clinic = make_clinic()
    Room.objects.update(is_active=False)
    with pytest.raises(SlotTaken):
        book(booking_request(clinic, at(10)), user=None, now=NOW)
    assert_nothing_stored()


def test_book_in_a_full_week_offers_times_after_it() -> None:
    clinic = make_clinic()
    for days in range(-1, 6):
        block(clinic.therapist, at(9) + timedelta(days=days), hours=8)
    with pytest.raises(SlotTaken) as refused:
        book(booking_request(clinic, at(10)), user=None, now=NOW)
    assert refused.value.data["alternatives"][0]["starts_at"] == "2027-01-12T09:00:00+00:00"


@pytest.mark.parametrize(
    ("starts_at", "offered"),
    [
        (NOW - timedelta(days=400), "2027-01-05T09:00:00+00:00"),
        (NOW + timedelta(days=400), "2027-03-01T14:45:00+00:00"),
    ],
)
def test_book_far_from_what_can_be_booked_offers_the_nearest_that_can(starts_at: datetime, offered: str) -> None:
    clinic = make_clinic()
    with pytest.raises(SlotUnavailable) as refused:
        book(booking_request(clinic, starts_at), user=None, now=NOW)
    assert refused.value.data["alternatives"][0]["starts_at"] == offered


def block(therapist: Therapist, starts_at: datetime, *, hours: int) -> None:
    ends_at = starts_at + timedelta(hours=hours)
    time_off = TimeOff.objects.create(resource=therapist.resource, starts_at=starts_at, ends_at=ends_at)
    Allocation.objects.create(
        resource=therapist.resource, starts_at=starts_at, ends_at=ends_at, kind="time_off", time_off=time_off
    )


def test_book_therapist_who_does_not_give_the_treatment_names_the_field() -> None:
    clinic = make_clinic()
    clinic.therapist.treatments.clear()
    with pytest.raises(InvalidInput) as refused:
        book(booking_request(clinic, at(10), therapist_id=clinic.therapist.pk), user=None, now=NOW)
    assert refused.value.errors["therapist"][0]["code"] == "unknown_therapist"
    assert_nothing_stored()


def test_book_without_accepting_the_policy_is_refused() -> None:
    clinic = make_clinic()
    with pytest.raises(InvalidInput) as refused:
        book(booking_request(clinic, at(10), accepts_policy=False), user=None, now=NOW)
    assert list(refused.value.errors) == ["accepts_policy"]
    assert_nothing_stored()


def test_book_person_below_the_minimum_age_on_the_day_is_refused() -> None:
    clinic = make_clinic()
    born = date(WEDNESDAY.year - 16, WEDNESDAY.month, WEDNESDAY.day)
    young = ClientDetails("Ada", "Visitor", "ada@example.org", date_of_birth=born + timedelta(days=1))
    with pytest.raises(InvalidInput) as refused:
        book(booking_request(clinic, at(10), client=young), user=None, now=NOW)
    assert refused.value.errors["client.date_of_birth"][0]["code"] == "under_minimum_age"
    just_old_enough = ClientDetails("Ada", "Visitor", "ada@example.org", date_of_birth=born)
    assert book(booking_request(clinic, at(10), client=just_old_enough), user=None, now=NOW).pk


def test_book_more_than_the_cap_by_one_address_is_refused() -> None:
    clinic = make_clinic()
    clinic.set_rules(upcoming_bookings_cap=2)
    for hour in (9, 12):
        book(booking_request(clinic, at(hour)), user=None, now=NOW)
    with pytest.raises(TooManyUpcoming):
        book(booking_request(clinic, at(15)), user=None, now=NOW)
    assert Appointment.objects.count() == 2
    assert Client.objects.count() == 2


def test_book_treatment_for_returning_clients_only_is_refused_to_a_visitor() -> None:
    clinic = make_clinic()
    clinic.treatment.is_for_new_clients = False
    clinic.treatment.save()
    with pytest.raises(InvalidInput) as refused:
        book(booking_request(clinic, at(10)), user=None, now=NOW)
    assert refused.value.errors["treatment"][0]["code"] == "returning_only"


def test_returning_client_signed_in_gets_the_shorter_notice() -> None:
    clinic = make_clinic()
    user = make_user("client")
    client = make_client(user=user, first_name="Ada", last_name="Visitor", email=user.email)
    past = book_for_client(
        client,
        option=clinic.option,
        starts_at=NOW - timedelta(days=30),
        therapist_id=clinic.therapist.pk,
        actor=clinic.therapist_user,
        now=NOW,
        override_reason="Entered from paper.",
    )
    Appointment.objects.filter(pk=past.pk).update(status="fulfilled")
    soon = NOW + timedelta(hours=5)
    with pytest.raises(SlotUnavailable):
        book(booking_request(clinic, soon), user=None, now=NOW)
    assert book(booking_request(clinic, soon), user=user, now=NOW).client_id == client.pk


# --- Safety ---------------------------------------------------------------------------------------


def test_book_with_a_stopping_safety_answer_gives_advice_and_keeps_only_the_answer() -> None:
    clinic = make_clinic()
    SafetyQuestion.objects.create(slug="calf", name="Calf", question="?", level="urgent", advice="Ring 111.")
    with pytest.raises(SafetyAdvice) as refused:
        book(booking_request(clinic, at(10), safety=("calf",)), user=None, now=NOW)
    assert refused.value.data["advice"]["level"] == "urgent"
    assert_nothing_stored()
    kept = Screening.objects.get()
    assert (kept.client_id, kept.level) == (None, "urgent")
    assert "calf" not in kept.sealed_answers


def test_book_with_a_review_answer_is_taken_and_flagged_for_the_therapist() -> None:
    clinic = make_clinic()
    SafetyQuestion.objects.create(slug="thinners", name="Thinners", question="?", level="review", advice="We look.")
    appointment = book(booking_request(clinic, at(10), safety=("thinners",)), user=None, now=NOW)
    assert appointment.needs_review is True
    assert Screening.objects.get().appointment_reference == appointment.reference


def test_book_with_an_unknown_safety_answer_names_the_field() -> None:
    clinic = make_clinic()
    with pytest.raises(InvalidInput) as refused:
        book(booking_request(clinic, at(10), safety=("no-such",)), user=None, now=NOW)
    assert list(refused.value.errors) == ["safety"]
    assert_nothing_stored()


# --- Holds ----------------------------------------------------------------------------------------


def hold(clinic: object, starts_at: object = None, *, holder: str = "me", now: object = NOW) -> tuple[Hold, str]:
    placed = place_hold(
        Wanted(clinic.treatment, 60),  # type: ignore[attr-defined]  # a Clinic
        starts_at or at(10),  # type: ignore[arg-type]
        holder=holder_digest(holder),
        now=now,  # type: ignore[arg-type]
    )
    return placed.hold, placed.token


def test_hold_keeps_others_away_until_it_expires() -> None:
    clinic = make_clinic()
    placed, _ = hold(clinic)
    with pytest.raises(SlotTaken):
        book(booking_request(clinic, at(10)), user=None, now=NOW)
    assert placed.expires_at == NOW + timedelta(minutes=10)
    assert book(booking_request(clinic, at(10)), user=None, now=placed.expires_at).pk


def test_hold_of_its_holder_becomes_the_booking() -> None:
    clinic = make_clinic()
    placed, token = hold(clinic)
    appointment = book(booking_request(clinic, at(10), hold_token=token), user=None, now=NOW)
    assert appointment.therapist_id == placed.therapist_id
    assert Allocation.objects.filter(kind="hold", is_active=True).count() == 0


def test_hold_placed_in_time_is_honoured_after_the_notice_has_passed() -> None:
    clinic = make_clinic()
    just_in_time = at(10) - timedelta(hours=24)
    _, token = hold(clinic, now=just_in_time)
    later = just_in_time + timedelta(minutes=5)
    assert book(booking_request(clinic, at(10), hold_token=token), user=None, now=later).pk


def test_hold_that_expired_and_was_taken_is_refused_as_taken() -> None:
    clinic = make_clinic()
    placed, token = hold(clinic)
    book(booking_request(clinic, at(10)), user=None, now=placed.expires_at)
    with pytest.raises(SlotTaken):
        book(booking_request(clinic, at(10), hold_token=token), user=None, now=placed.expires_at)


def test_hold_for_another_time_names_the_field() -> None:
    clinic = make_clinic()
    _, token = hold(clinic)
    with pytest.raises(InvalidInput) as refused:
        book(booking_request(clinic, at(12), hold_token=token), user=None, now=NOW)
    assert refused.value.errors["hold"][0]["code"] == "other_hold"


def test_hold_token_is_not_in_the_database() -> None:
    clinic = make_clinic()
    placed, token = hold(clinic)
    assert token not in str(Hold.objects.filter(pk=placed.pk).values().get())


def test_holds_of_one_visitor_are_limited_and_letting_go_makes_room() -> None:
    clinic = make_clinic()
    clinic.set_rules(holds_per_visitor=2)
    _, token = hold(clinic, at(9))
    hold(clinic, at(12))
    with pytest.raises(Exception, match="already holding"):
        hold(clinic, at(15))
    release_hold(token)
    release_hold(token)
    assert hold(clinic, at(15))


def test_sweep_gives_back_expired_holds_only() -> None:
    clinic = make_clinic()
    placed, _ = hold(clinic, at(9))
    hold(clinic, at(12), now=NOW + timedelta(minutes=5))
    assert release_expired(placed.expires_at) == 2  # therapist and room of the first
    assert Allocation.objects.filter(kind="hold", is_active=True).count() == 2
