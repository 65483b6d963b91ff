from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.db import transaction

from clients.models import Client
from clients.services import matching
from clients.services.matching import ClientDetails, add_to_care_team, client_for_booking, client_of
from clinic.accounts.models import User
from clinic.accounts.roles import Role
from clinic.audit.models import AuditEvent
from tests.factories import make_client, make_user
from tests.together import all_at_once

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
ALEX = ClientDetails(
    first_name="Alex",
    last_name="Okafor",
    email="alex@example.org",
    phone="+447700900123",
    date_of_birth=date(1990, 5, 17),
)


def book(details: ClientDetails, user: User | None) -> Client:
    with transaction.atomic():
        return client_for_booking(details=details, user=user, now=NOW)


def test_booking_by_a_visitor_makes_an_unproved_record_and_an_account_for_its_code() -> None:
    client = book(ALEX, None)

    assert (client.user, client.email_proved_at, client.email) == (None, None, "alex@example.org")
    account = User.objects.get(email="alex@example.org")
    assert (account.role, account.has_usable_password()) == (Role.CLIENT, False)
    event = AuditEvent.objects.get()
    assert (event.action, event.actor_label, event.client_id) == ("create", "visitor", client.pk)


def test_booking_by_a_visitor_with_everything_equal_never_joins_an_existing_record() -> None:
    user = make_user(Role.CLIENT, email="alex@example.org")
    mine = make_client(
        first_name="Alex",
        last_name="Okafor",
        email="alex@example.org",
        phone="+447700900123",
        user=user,
        email_proved_at=NOW,
    )

    client = book(ALEX, None)

    assert client.pk != mine.pk
    assert client.user is None
    assert User.objects.filter(email="alex@example.org").count() == 1


def test_booking_by_a_visitor_with_an_address_of_staff_makes_no_account() -> None:
    make_user(Role.THERAPIST, email="alex@example.org")

    client = book(ALEX, None)

    assert client.user is None
    assert list(User.objects.values_list("role", flat=True)) == [Role.THERAPIST]


@pytest.mark.parametrize("role", [Role.OWNER, Role.THERAPIST, Role.RECEPTIONIST])
def test_booking_by_signed_in_staff_never_puts_the_record_under_their_account(role: str) -> None:
    client = book(ALEX, make_user(role))

    assert client.user is None


@pytest.mark.parametrize(
    ("first", "last"), [("Alex", "Okafor"), ("ALEX", "okafor"), ("Alex ", "O'kafor"), ("Al-ex", "Oka for")]
)
def test_booking_by_a_signed_in_client_finds_the_record_of_the_same_name(first: str, last: str) -> None:
    user = make_user(Role.CLIENT)
    mine = make_client(first_name="Alex", last_name="Okafor", user=user)

    assert book(replace(ALEX, first_name=first, last_name=last), user).pk == mine.pk


@pytest.mark.parametrize(
    ("first", "last", "born"),
    [
        ("Alexa", "Okafor", None),
        ("Okafor", "Alex", None),
        ("Álex", "Okafor", None),
        ("Alex", "Okafor", date(2015, 5, 17)),
    ],
)
def test_booking_for_somebody_else_in_the_family_makes_a_record_under_the_same_account(
    first: str, last: str, born: date | None
) -> None:
    user = make_user(Role.CLIENT, email="alex@example.org")
    mine = make_client(first_name="Alex", last_name="Okafor", user=user, date_of_birth=date(1990, 5, 17))

    client = book(replace(ALEX, first_name=first, last_name=last, date_of_birth=born), user)

    assert client.pk != mine.pk
    assert (client.user, client.email_proved_at) == (user, NOW)


def test_booking_by_a_signed_in_client_with_another_address_does_not_call_it_proved() -> None:
    user = make_user(Role.CLIENT, email="parent@example.org")

    client = book(ALEX, user)

    assert (client.user, client.email, client.email_proved_at) == (user, "alex@example.org", None)


def test_booking_by_a_signed_in_client_takes_the_newer_phone_but_not_the_address() -> None:
    user = make_user(Role.CLIENT, email="alex@example.org")
    mine = make_client(
        first_name="Alex", last_name="Okafor", email="alex@example.org", user=user, phone="+447700900999"
    )

    book(replace(ALEX, email="other@example.org"), user)

    mine.refresh_from_db()
    assert (str(mine.phone), mine.email, mine.date_of_birth) == ("+447700900123", "alex@example.org", date(1990, 5, 17))
    assert mine.version == 2
    assert AuditEvent.objects.get().detail == {"by": "booking", "fields": ["date_of_birth", "phone"]}


def test_booking_never_finds_a_record_of_another_account() -> None:
    make_client(first_name="Alex", last_name="Okafor", email="alex@example.org", user=make_user(Role.CLIENT))
    user = make_user(Role.CLIENT)

    assert client_of(user, ALEX) is None
    assert book(ALEX, user).user == user


def test_booking_never_finds_a_record_that_was_merged_away() -> None:
    user = make_user(Role.CLIENT)
    kept = make_client(first_name="Alexander", last_name="Okafor", user=user)
    make_client(first_name="Alex", last_name="Okafor", user=user, merged_into=kept)

    assert client_of(user, ALEX) is None


@pytest.mark.django_db(transaction=True)
def test_client_for_booking_outside_a_transaction_refuses() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        client_for_booking(details=ALEX, user=None, now=NOW)


def test_care_team_takes_a_therapist_once_and_records_it_once() -> None:
    client, therapist = make_client(), make_user(Role.THERAPIST)

    add_to_care_team(client, therapist)
    add_to_care_team(client, therapist)

    assert list(client.care_team.all()) == [therapist]
    assert AuditEvent.objects.get().detail == {"care_team_added": therapist.pk}


@pytest.mark.parametrize("role", [Role.RECEPTIONIST, Role.CLIENT])
def test_care_team_takes_nobody_who_may_not_read_the_record(role: str) -> None:
    client = make_client()

    with pytest.raises(ValueError, match="clinical record"):
        add_to_care_team(client, make_user(role))

    assert client.care_team.count() == 0


# --- At the same moment ---------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_bookings_at_the_same_moment_by_one_person_make_one_record() -> None:
    user = make_user(Role.CLIENT)

    booked = all_at_once(*[lambda: book(ALEX, user).pk] * 6)

    assert booked == [Client.objects.get().pk] * 6


@pytest.mark.django_db(transaction=True)
def test_bookings_at_the_same_moment_that_looked_before_they_locked_make_several(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The mutant: what each of them saw before the others wrote."""
    monkeypatch.setattr(matching, "client_of", lambda _user, _details: None)
    user = make_user(Role.CLIENT)

    all_at_once(*[lambda: book(ALEX, user).pk] * 6)

    assert Client.objects.count() == 6


@pytest.mark.django_db(transaction=True)
def test_bookings_at_the_same_moment_by_strangers_with_one_address_share_its_account() -> None:
    booked = all_at_once(*[lambda: book(ALEX, None).pk] * 6)

    assert len(set(booked)) == Client.objects.count() == 6
    assert User.objects.count() == 1
