"""The message log: who may read it, what it shows, and the owner's part in it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from bookings.manage_token import token_for
from bookings.services.booking import book
from clinic.accounts.models import User
from clinic.messaging import selectors
from clinic.messaging.models import Message
from clinic.messaging.selectors import oldest_due_age
from clinic.messaging.sweep import sweep
from tests.bookings.clinic import NOW as BOOKED_AT
from tests.bookings.clinic import at, booking_request, make_clinic
from tests.factories import make_client, make_user
from tests.messaging.outbox import NOW, make_message

pytestmark = pytest.mark.django_db

URL = "/api/v1/messages/"


def signed_in(user: User) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


def kinds(user: User, **query: Any) -> list[str]:
    answer = signed_in(user).get(URL, query)
    assert answer.status_code == 200, answer.json()
    return sorted(row["kind"] for row in answer.json()["results"])


# --- Who may read it ------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["owner", "receptionist"])
def test_front_desk_sees_every_message(role: str) -> None:
    make_message(kind="a", client_id=make_client().pk)
    make_message(kind="b")
    assert kinds(make_user(role)) == ["a", "b"]


def test_therapist_sees_messages_to_people_in_their_care() -> None:
    therapist = make_user("therapist")
    make_message(kind="mine", client_id=make_client(care_team=(therapist,)).pk)
    make_message(kind="another's", client_id=make_client(care_team=(make_user("therapist"),)).pk)
    make_message(kind="nobody's")
    assert kinds(therapist) == ["mine"]


def test_log_names_the_clients_it_may_name() -> None:
    therapist = make_user("therapist")
    ann, bob = make_client(care_team=(therapist,)), make_client()
    for client_id in (ann.pk, bob.pk, None):
        make_message(client_id=client_id)
    named = {row["client"]: row["client_name"] for row in signed_in(make_user("owner")).get(URL).json()["results"]}
    assert named == {ann.pk: ann.display_name, bob.pk: bob.display_name, None: ""}
    rows = signed_in(therapist).get(URL).json()["results"]
    assert [row["client_name"] for row in rows] == [ann.display_name]


def test_therapist_sees_nothing_where_nobody_says_who_is_in_care(monkeypatch: pytest.MonkeyPatch) -> None:
    therapist = make_user("therapist")
    make_message(client_id=make_client(care_team=(therapist,)).pk)
    monkeypatch.setattr(selectors, "people_in_care", [])
    assert kinds(therapist) == []


def test_client_may_not_read_the_log() -> None:
    answer = signed_in(make_user("client")).get(URL)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


def test_stranger_may_not_read_the_log() -> None:
    answer = APIClient().get(URL)
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")


def test_selector_itself_denies_clients_and_people_who_left() -> None:
    make_message()
    assert not selectors.visible_to(make_user("client")).exists()
    assert not selectors.visible_to(make_user("owner", is_active=False)).exists()


# --- What it shows --------------------------------------------------------------------------------


def test_line_shows_what_became_of_the_message() -> None:
    client = make_client()
    row = make_message(client_id=client.pk, due_at=NOW - timedelta(minutes=5))
    sweep(NOW)
    row.refresh_from_db()
    assert signed_in(make_user("owner")).get(URL).json()["results"] == [
        {
            "id": str(row.pk),
            "topic": "test",
            "topic_id": row.topic_id,
            "kind": "greeting",
            "channel": "email",
            "client": client.pk,
            "client_name": client.display_name,
            "recipient": f"person{row.topic_id}@example.org",
            "due_at": "2027-01-04T08:55:00Z",
            "status": "sent",
            "reason": "",
            "attempts": 1,
            "unclear_attempts": 0,
            "created_at": as_json(row.created_at),
            "settled_at": "2027-01-04T09:00:00Z",
        }
    ]


def as_json(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def test_log_holds_no_link_and_no_words_of_a_message() -> None:
    clinic = make_clinic()
    appointment = book(booking_request(clinic, at(10)), user=None, now=BOOKED_AT)
    sweep(BOOKED_AT)
    rows = signed_in(make_user("owner")).get(URL).json()["results"]
    text = str([{name: value for name, value in row.items() if name != "client_name"} for row in rows])
    for secret in (token_for(appointment), appointment.manage_nonce, "manage", "Ada", "Calf"):
        assert secret not in text


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"status": "sent"}, ["old"]),
        ({"status": "pending"}, ["new", "other"]),
        ({"kind": "new"}, ["new"]),
        ({"kind": "none"}, []),
        ({"from": "2027-01-05"}, ["new", "other"]),
        ({"to": "2027-01-04"}, ["old"]),
        ({"from": "2027-01-05", "to": "2027-01-05"}, ["new"]),
        ({"from": "2027-01-05", "status": "sent"}, []),
    ],
)
def test_filters_narrow_the_log(query: dict[str, str], expected: list[str]) -> None:
    make_message(kind="old", status="sent", due_at=NOW)
    make_message(kind="new", due_at=NOW + timedelta(days=1))
    make_message(kind="other", due_at=NOW + timedelta(days=2))
    assert kinds(make_user("owner"), **query) == expected


def test_filter_by_client_shows_one_persons_messages() -> None:
    client = make_client()
    make_message(kind="theirs", client_id=client.pk)
    make_message(kind="another's", client_id=make_client().pk)
    assert kinds(make_user("owner"), client=client.pk) == ["theirs"]


def test_dates_are_of_the_clinics_clock() -> None:
    """On 15 June the London day begins at 23:00 UTC."""
    make_message(kind="late", due_at=datetime.fromisoformat("2027-06-14T22:59:59+00:00"))
    make_message(kind="early", due_at=datetime.fromisoformat("2027-06-14T23:00:00+00:00"))
    assert kinds(make_user("owner"), **{"from": date(2027, 6, 15)}) == ["early"]


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ({"status": "gone"}, "status", "invalid_choice"),
        ({"client": "x"}, "client", "invalid"),
        ({"client": "0"}, "client", "min_value"),
        ({"client": str(2**63)}, "client", "max_value"),
        ({"from": "soon"}, "from", "invalid"),
        ({"from": "0001-01-01"}, "from", "out_of_range"),
        ({"to": "9999-12-31"}, "to", "out_of_range"),
        ({"kind": "a\x00"}, "kind", "characters_not_allowed"),
        ({"kind": "k" * 41}, "kind", "max_length"),
        ({"recipient": "a"}, "recipient", "unknown_field"),
        ({"page": "0"}, "page", "min_value"),
    ],
)
def test_filter_that_makes_no_sense_is_refused_by_name(query: dict[str, str], field: str, code: str) -> None:
    answer = signed_in(make_user("owner")).get(URL, query)
    assert answer.status_code == 400
    assert {name: [item["code"] for item in items] for name, items in answer.json()["errors"].items()} == {
        field: [code]
    }


@pytest.mark.parametrize("rows", [1, 3])
def test_log_takes_four_queries_whatever_its_length(
    rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_clinic()
    for _ in range(rows):
        make_message(client_id=make_client().pk)
    reader = signed_in(make_user("receptionist"))
    with django_assert_num_queries(4):  # the clinic's zone, how many, the page, the clients' names
        assert len(reader.get(URL).json()["results"]) == rows


def test_log_cannot_be_written_to() -> None:
    for method in ("post", "put", "patch", "delete"):
        assert getattr(signed_in(make_user("owner")), method)(URL).status_code == 405


# --- The owner's site -----------------------------------------------------------------------------


@pytest.fixture
def owners_browser() -> Browser:
    browser = Browser()
    browser.force_login(make_user("owner"))
    return browser


def test_owner_reads_the_log_and_can_change_nothing(owners_browser: Browser) -> None:
    row = make_message(recipient="ada@example.org")
    assert "ada@example.org" in owners_browser.get(reverse("admin:messaging_message_changelist")).content.decode()
    page = owners_browser.get(reverse("admin:messaging_message_change", args=[row.pk]))
    assert page.status_code == 200
    assert 'name="_save"' not in page.content.decode()
    assert owners_browser.get(reverse("admin:messaging_message_add")).status_code == 403
    assert owners_browser.post(reverse("admin:messaging_message_delete", args=[row.pk])).status_code == 403


def test_owner_sends_what_failed_again(owners_browser: Browser) -> None:
    failed, sent = make_message(status="failed"), make_message(status="sent")
    answer = owners_browser.post(
        reverse("admin:messaging_message_changelist"),
        {"action": "send_chosen_again", "_selected_action": [str(failed.pk), str(sent.pk)]},
        follow=True,
    )
    assert set(Message.objects.values_list("pk", "status")) == {(failed.pk, "pending"), (sent.pk, "sent")}
    text = answer.content.decode()
    assert "1 on the way again." in text
    assert "Only a message that failed can be sent again." in text


# --- Is it well? ----------------------------------------------------------------------------------


def test_oldest_due_age_is_that_of_the_longest_waiting_message() -> None:
    assert oldest_due_age(NOW) is None
    make_message(due_at=NOW - timedelta(minutes=3))
    make_message(due_at=NOW - timedelta(minutes=7))
    make_message(due_at=NOW + timedelta(minutes=1))
    make_message(due_at=NOW - timedelta(days=1), status="sent")
    assert oldest_due_age(NOW) == timedelta(minutes=7)


def test_recipient_who_is_put_off_counts_only_after_an_hour() -> None:
    row = make_message(due_at=NOW - timedelta(minutes=59), attempts=3)
    assert oldest_due_age(NOW) is None
    Message.objects.filter(pk=row.pk).update(due_at=NOW - timedelta(hours=1))
    assert oldest_due_age(NOW) == timedelta(hours=1)
