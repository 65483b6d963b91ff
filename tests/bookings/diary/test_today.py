"""The work of the day: who is next, what is left, what failed, what could be filled; for whom, in how many queries."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries

from bookings.models import Appointment, OneOffHours, Therapist, WaitlistEntry, WorkingHours
from bookings.services import appointments as steps
from bookings.services.moving import reschedule
from clients.models import Client, TreatmentNote
from clients.services.notes import NoteContent, draft_note, sign_note
from clinic.accounts.models import User
from clinic.messaging.models import Message
from tests.bookings.clinic import NOW, Clinic, at, make_clinic
from tests.bookings.diary.scenes import book_at, hold_at, signed_in
from tests.factories import make_client, make_user
from treatments.models import Treatment, TreatmentOption

pytestmark = pytest.mark.django_db

URL = "/api/v1/today/"
TODAY = NOW.date()
TOMORROW = TODAY + timedelta(days=1)
LAST_WEEK = TODAY - timedelta(days=7)
SOAP = NoteContent("knee", "knee", "knee", "knee")
# Rules, therapists, next, what is unwritten and unsigned and how much of each, messages and their clients.
CLINICAL_QUERIES = 4
QUERIES = 5 + CLINICAL_QUERIES
# Who waits, who of them has been, the team, what each gives, two kinds of hours, what is taken.
GAP_QUERIES = 7


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


def read(user: User | None, **query: Any) -> Any:
    return signed_in(user).get(URL, query)


def over(clinic: Clinic, starts_at: datetime, *, therapist: int = 0, client: Client | None = None) -> Appointment:
    """One that is past by now."""
    return book_at(clinic, starts_at, therapist=therapist, client=client, override="Written down later")


def references(rows: list[dict[str, Any]]) -> list[str]:
    return [row["reference"] for row in rows]


def write(appointment: Appointment, author: User, *, names_it: bool = True, is_signed: bool = False) -> TreatmentNote:
    note = draft_note(
        appointment.client,
        author=author,
        content=SOAP,
        session_on=appointment.starts_at.date(),
        appointment_reference=appointment.reference if names_it else "",
        today=TODAY,
    )
    return sign_note(note.pk, author=author, version=note.version, now=NOW) if is_signed else note


def wait(clinic: Clinic, **changes: Any) -> WaitlistEntry:
    values = {
        "client": changes.pop("client", None) or make_client(),
        "treatment": clinic.treatment,
        "minutes": 60,
        "from_on": TODAY,
        "until_on": TODAY,
        **changes,
    }
    return WaitlistEntry.objects.create(**values)


# --- The whole ----------------------------------------------------------------------------------------


def test_today_holds_the_work_of_the_day(clinic: Clinic, owner: User) -> None:
    WorkingHours.objects.exclude(therapist=clinic.therapist).delete()
    robin = make_client(first_name="Robin", last_name="Hood", alert_line="Rings first")
    soon = book_at(clinic, at(9, on=TODAY), client=robin)
    left = over(clinic, at(10, on=LAST_WEEK))
    drafted = over(clinic, at(12, on=LAST_WEEK))
    draft = write(drafted, clinic.therapist_user)
    failed = Message.objects.filter(topic_id=soon.pk).earliest("due_at")
    Message.objects.filter(pk=failed.pk).update(status="failed", reason="No such mailbox.", settled_at=NOW)
    waiting = wait(clinic, until_on=TOMORROW)

    answer = read(owner)

    assert answer.status_code == 200
    body = answer.json()
    assert (body["date"], body["time_zone"]) == ("2027-01-04", "Europe/London")
    assert [row["id"] for row in body["therapists"]] == [therapist.pk for therapist in clinic.therapists]
    assert references(body["next"]) == [soon.reference]
    expected = {"id": robin.pk, "name": "Robin Hood", "phone": "", "alert_line": "Rings first"}
    assert body["next"][0]["client"] == expected
    assert (references(body["unwritten"]), body["unwritten_count"]) == ([left.reference], 1)
    assert body["unsigned"] == [
        {
            "id": str(draft.pk),
            "client": {"id": drafted.client_id, "name": drafted.client.display_name},
            "session_on": LAST_WEEK.isoformat(),
        }
    ]
    assert body["unsigned_count"] == 1
    assert body["failed_messages"] == [
        {
            "id": str(failed.pk),
            "kind": failed.kind,
            "client": {"id": robin.pk, "name": "Robin Hood"},
            "reason": "No such mailbox.",
            "created_at": "2027-01-04T08:00:00+00:00",
        }
    ]
    person = {
        "id": waiting.pk,
        "client": {"id": waiting.client_id, "name": waiting.client.display_name},
        "treatment": {"slug": "calf-release", "name": "Calf release"},
        "minutes": 60,
    }
    assert body["gaps"] == [
        {
            "starts_at": f"2027-01-0{day}T{starts}:00+00:00",
            "ends_at": f"2027-01-0{day}T17:00:00+00:00",
            "therapist": clinic.therapist.pk,
            "waitlist": [person],
        }
        for day, starts in ((4, "10:15"), (5, "09:00"))
    ]


def test_today_shows_appointments_as_the_diary_does(clinic: Clinic, owner: User) -> None:
    book_at(clinic, at(9, on=TODAY))
    over(clinic, at(10, on=LAST_WEEK))
    days = {"from": LAST_WEEK.isoformat(), "to": TODAY.isoformat()}

    today, diary = read(owner).json(), signed_in(owner).get("/api/v1/diary/", days).json()

    assert today["unwritten"] + today["next"] == diary["appointments"]


@pytest.mark.parametrize(("role", "status"), [(None, 401), ("client", 403), ("receptionist", 200)])
def test_today_is_for_staff(clinic: Clinic, role: str | None, status: int) -> None:
    assert read(make_user(role) if role else None).status_code == status


def test_today_of_a_therapist_is_their_own(clinic: Clinic) -> None:
    for number in (0, 1):
        book_at(clinic, at(9 + 2 * number, on=TODAY), therapist=number)
        write(over(clinic, at(9 + 2 * number, on=LAST_WEEK), therapist=number), _user(clinic, number))
        over(clinic, at(14 + 2 * number, on=LAST_WEEK), therapist=number)
        wait(clinic, therapist=clinic.therapists[number], note=f"note {number}")
    Message.objects.update(status="failed", settled_at=NOW)

    own, other = (read(_user(clinic, number)).json() for number in (0, 1))

    for body, therapist in ((own, clinic.therapists[0]), (other, clinic.therapists[1])):
        assert {row["id"] for row in body["therapists"]} == {therapist.pk}
        for rows in (body["next"], body["unwritten"], body["gaps"]):
            assert {row["therapist"] for row in rows} == {therapist.pk}
        assert len(body["unsigned"]) == 1
    people = [
        {row["client"]["id"] for part in ("next", "unwritten", "unsigned", "failed_messages") for row in body[part]}
        for body in (own, other)
    ]
    assert people[0].isdisjoint(people[1])
    assert all(people)


def _user(clinic: Clinic, number: int) -> User:
    user = clinic.therapists[number].user
    assert user is not None
    return user


def test_today_of_one_therapist_is_that_ones(clinic: Clinic, owner: User) -> None:
    book_at(clinic, at(9, on=TODAY))
    write(over(clinic, at(9, on=LAST_WEEK)), _user(clinic, 0))
    other = book_at(clinic, at(11, on=TODAY), therapist=1)
    drafted = over(clinic, at(11, on=LAST_WEEK), therapist=1)
    write(drafted, _user(clinic, 1))

    body = read(owner, therapist=clinic.therapists[1].pk).json()

    assert references(body["next"]) == [other.reference]
    assert [row["client"]["id"] for row in body["unsigned"]] == [drafted.client_id]


def test_today_of_another_therapist_is_not_found(clinic: Clinic) -> None:
    answer = read(clinic.therapist_user, therapist=clinic.therapists[1].pk)

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [({"therapist": "Tom"}, "therapist", "invalid"), ({"date": "2027-01-01"}, "date", "unknown_field")],
)
def test_today_asked_oddly_names_the_field(owner: User, query: dict[str, str], field: str, code: str) -> None:
    answer = read(owner, **query)

    assert answer.status_code == 400
    assert answer.json()["errors"][field][0]["code"] == code


def test_today_tells_the_front_desk_nothing_of_the_record(clinic: Clinic) -> None:
    write(over(clinic, at(9, on=LAST_WEEK)), clinic.therapist_user)
    over(clinic, at(11, on=LAST_WEEK))
    book_at(clinic, at(9, on=TODAY))
    Appointment.objects.update(needs_review=True)

    body = read(make_user("receptionist")).json()

    assert sorted(body) == ["date", "failed_messages", "gaps", "next", "therapists", "time_zone"]
    assert "needs_review" not in body["next"][0]


# --- Who is next --------------------------------------------------------------------------------------


def test_next_is_the_one_that_runs_else_the_soonest_of_any_day(clinic: Clinic, owner: User) -> None:
    running = book_at(clinic, at(7, 30, on=TODAY), override="Early bird")
    book_at(clinic, at(9, on=TODAY))
    book_at(clinic, at(11, on=TOMORROW), therapist=1)
    soonest = book_at(clinic, at(9, on=TOMORROW), therapist=1)

    assert references(read(owner).json()["next"]) == [running.reference, soonest.reference]
    with time_machine.travel(at(8, 30, on=TODAY), tick=False):
        assert references(read(owner).json()["next"])[0] != running.reference


@pytest.mark.parametrize(
    ("status", "counts"),
    [
        *(("pending", True), ("booked", True), ("arrived", True), ("checked-in", True)),
        *(("fulfilled", False), ("noshow", False), ("cancelled", False), ("entered-in-error", False)),
    ],
)
def test_next_is_one_that_is_still_to_be_treated(clinic: Clinic, owner: User, status: str, counts: bool) -> None:
    booking = book_at(clinic, at(9, on=TODAY))
    Appointment.objects.update(status=status)

    assert references(read(owner).json()["next"]) == ([booking.reference] if counts else [])


def test_next_follows_a_move(clinic: Clinic, owner: User) -> None:
    first, second = book_at(clinic, at(9, on=TODAY)), book_at(clinic, at(11, on=TODAY))
    reschedule(first, starts_at=at(14, on=TODAY), actor=owner, now=NOW)

    assert references(read(owner).json()["next"]) == [second.reference]


# --- What is left to write ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "is_left"),
    [
        *(("booked", True), ("arrived", True), ("checked-in", True), ("fulfilled", True)),
        *(("pending", False), ("noshow", False), ("cancelled", False), ("entered-in-error", False)),
    ],
)
def test_unwritten_is_what_was_given_or_not_marked_yet(clinic: Clinic, owner: User, status: str, is_left: bool) -> None:
    booking = over(clinic, at(9, on=LAST_WEEK))
    Appointment.objects.update(status=status)

    body = read(owner).json()

    assert references(body["unwritten"]) == ([booking.reference] if is_left else [])
    assert body["unwritten_count"] == int(is_left)


def test_unwritten_is_over_or_marked_as_done(clinic: Clinic) -> None:
    running = book_at(clinic, at(7, 30, on=TODAY), override="Early bird")
    owner = clinic.therapist_user
    assert references(read(owner).json()["unwritten"]) == []
    steps.fulfil(running, actor=owner, now=NOW)
    assert references(read(owner).json()["unwritten"]) == [running.reference]


@pytest.mark.parametrize("is_signed", [False, True])
@pytest.mark.parametrize("names_it", [False, True])
def test_unwritten_is_not_what_has_a_note_or_a_draft(
    clinic: Clinic, owner: User, names_it: bool, is_signed: bool
) -> None:
    write(over(clinic, at(9, on=LAST_WEEK)), clinic.therapist_user, names_it=names_it, is_signed=is_signed)

    assert read(owner).json()["unwritten"] == []


def test_unwritten_is_not_settled_by_a_note_on_something_else(clinic: Clinic, owner: User) -> None:
    one, same_day = over(clinic, at(9, on=LAST_WEEK)), at(14, on=LAST_WEEK)
    two = over(clinic, same_day, client=one.client)
    over_before = over(clinic, at(9, on=LAST_WEEK - timedelta(days=1)), client=one.client)
    write(one, clinic.therapist_user)

    assert references(read(owner).json()["unwritten"]) == [over_before.reference, two.reference]


def test_unwritten_goes_by_the_clinics_own_calendar(clinic: Clinic, owner: User) -> None:
    """Late on the 30th in London it is the 31st in Auckland, and the note says so."""
    clinic.practice.time_zone = "Pacific/Auckland"
    clinic.practice.save()
    booking = over(clinic, at(22, on=date(2026, 12, 30)))
    draft_note(booking.client, author=clinic.therapist_user, content=SOAP, session_on=date(2026, 12, 31), today=TODAY)

    assert read(owner).json()["unwritten"] == []
    TreatmentNote.objects.update(session_on=date(2026, 12, 30))
    assert references(read(owner).json()["unwritten"]) == [booking.reference]


def test_unwritten_goes_back_fourteen_days(clinic: Clinic, owner: User) -> None:
    over(clinic, at(22, on=TODAY - timedelta(days=15)))
    first = over(clinic, at(9, on=TODAY - timedelta(days=14)))

    assert references(read(owner).json()["unwritten"]) == [first.reference]


def test_unwritten_is_only_of_people_in_care(clinic: Clinic) -> None:
    """Who was taken out of the care team cannot write the note, so it is not theirs to write."""
    booking = over(clinic, at(9, on=LAST_WEEK))
    booking.client.care_team.clear()

    assert read(clinic.therapist_user).json()["unwritten"] == []


def test_unwritten_shows_fifty_and_counts_all(clinic: Clinic, owner: User) -> None:
    template = over(clinic, at(9, on=LAST_WEEK))
    for number in range(1, 52):
        template.pk, template.reference = None, f"COPY{number:04}"
        template.starts_at += timedelta(hours=1)
        template.ends_at += timedelta(hours=1)
        template.save(force_insert=True)

    body = read(owner).json()

    assert (len(body["unwritten"]), body["unwritten_count"]) == (50, 52)
    assert "COPY0050" not in references(body["unwritten"])


# --- What is left to sign -----------------------------------------------------------------------------


def test_unsigned_is_for_its_author_alone_but_for_the_owner(clinic: Clinic, owner: User) -> None:
    booking = over(clinic, at(9, on=LAST_WEEK))
    booking.client.care_team.add(_user(clinic, 1))
    write(booking, clinic.therapist_user)

    assert len(read(clinic.therapist_user).json()["unsigned"]) == 1
    assert read(_user(clinic, 1)).json()["unsigned"] == []
    assert len(read(owner).json()["unsigned"]) == 1


def test_unsigned_is_not_what_is_signed_or_prepared(clinic: Clinic, owner: User) -> None:
    write(over(clinic, at(9, on=LAST_WEEK)), clinic.therapist_user, is_signed=True)
    write(book_at(clinic, at(9, on=TOMORROW)), clinic.therapist_user)

    body = read(owner).json()

    assert (body["unsigned"], body["unsigned_count"]) == ([], 0)


def test_unsigned_opens_nothing_that_is_sealed(clinic: Clinic, owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    write(over(clinic, at(9, on=LAST_WEEK)), clinic.therapist_user)

    def fail(*args: Any, **named: Any) -> None:
        raise AssertionError

    monkeypatch.setattr("clinic.vault.crypto.Keyring.open", fail)
    answer = read(owner)

    assert len(answer.json()["unsigned"]) == 1
    assert "knee" not in answer.content.decode()


# --- What was not said --------------------------------------------------------------------------------


def test_failed_messages_are_those_of_the_last_fortnight_latest_first(clinic: Clinic, owner: User) -> None:
    book_at(clinic, at(9, on=TOMORROW))
    for kind, days in {"old": 15, "late": 1, "early": 13, "sent": 1}.items():
        Message.objects.create(
            topic="appointment",
            topic_id="1",
            topic_version=9,
            kind=kind,
            channel="email",
            due_at=NOW,
            status="sent" if kind == "sent" else "failed",
            settled_at=NOW - timedelta(days=days),
        )

    rows = read(owner).json()["failed_messages"]

    assert [(row["kind"], row["client"]) for row in rows] == [("late", None), ("early", None)]


# --- What could be filled -----------------------------------------------------------------------------


def gaps_of(user: User, **query: Any) -> list[tuple[str, str, list[int]]]:
    rows = read(user, **query).json()["gaps"]
    return [(row["starts_at"][8:16], row["ends_at"][11:16], [one["id"] for one in row["waitlist"]]) for row in rows]


@pytest.fixture
def alone() -> Clinic:
    """One therapist, who works today and tomorrow in the morning."""
    clinic = make_clinic()
    WorkingHours.objects.all().delete()
    OneOffHours.objects.bulk_create(
        OneOffHours(therapist=clinic.therapist, location=clinic.location, on=on, starts=time(9), ends=time(12))
        for on in (TODAY, TOMORROW, TODAY + timedelta(days=6), TODAY + timedelta(days=7))
    )
    return clinic


WEEK = {"until_on": TODAY + timedelta(days=30)}


def test_gaps_lie_within_hours_of_seven_days_around_what_is_taken(alone: Clinic, owner: User) -> None:
    book_at(alone, at(10, on=TODAY))
    hold_at(alone, at(10, 30, on=TOMORROW))
    entry = wait(alone, **WEEK)

    assert gaps_of(owner) == [("05T09:00", "10:15", [entry.pk]), ("10T09:00", "12:00", [entry.pk])]
    TreatmentOption.objects.create(treatment=alone.treatment, minutes=30, price=Decimal("35.00"))
    short = wait(alone, **WEEK, minutes=30)
    assert gaps_of(owner) == [
        ("04T09:00", "09:45", [short.pk]),
        ("04T11:15", "12:00", [short.pk]),
        ("05T09:00", "10:15", [entry.pk, short.pk]),
        ("05T11:30", "12:00", [short.pk]),
        ("10T09:00", "12:00", [entry.pk, short.pk]),
    ]


def test_gap_today_begins_after_now(alone: Clinic, owner: User) -> None:
    entry = wait(alone)

    with time_machine.travel(at(10, 20, on=TODAY), tick=False):
        assert gaps_of(owner) == [("04T10:30", "12:00", [entry.pk])]


def test_gap_can_be_booked_to_its_last_minute(alone: Clinic, owner: User) -> None:
    entry = wait(alone)
    assert gaps_of(owner) == [("04T09:00", "12:00", [entry.pk])]

    book_at(alone, at(11, on=TODAY))  # for somebody else: who waits and is booked leaves the list

    assert gaps_of(owner) == [("04T09:00", "10:45", [entry.pk])]


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "booked"},
        {"state": "withdrawn"},
        {"from_on": TODAY + timedelta(days=7), "until_on": TODAY + timedelta(days=8)},
        {"from_on": TODAY - timedelta(days=8), "until_on": TODAY - timedelta(days=1)},
        {"from_on": TODAY + timedelta(days=2), "until_on": TODAY + timedelta(days=5)},
        {"minutes": 75},
        {"minutes": 240},
    ],
)
def test_gap_is_for_those_who_wait_and_could_come(alone: Clinic, owner: User, changes: dict[str, Any]) -> None:
    TreatmentOption.objects.create(treatment=alone.treatment, minutes=240, price=Decimal("200.00"))
    wait(alone, **changes)

    assert gaps_of(owner) == []


def test_gap_is_for_what_is_published_and_given_by_somebody_bookable(alone: Clinic, owner: User) -> None:
    wait(alone)
    assert len(gaps_of(owner)) == 1
    Treatment.objects.update(state=Treatment.State.DRAFT)
    assert gaps_of(owner) == []
    Treatment.objects.update(state=Treatment.State.PUBLISHED)
    alone.therapist.treatments.clear()
    assert gaps_of(owner) == []
    alone.therapist.treatments.add(alone.treatment)
    Therapist.objects.update(is_bookable=False)
    assert gaps_of(owner) == []


def test_gap_is_with_the_therapist_who_is_asked_for(clinic: Clinic, owner: User) -> None:
    one, two = clinic.therapists
    anybody, only = wait(clinic), wait(clinic, therapist=two)

    assert [(row["therapist"], [entry["id"] for entry in row["waitlist"]]) for row in read(owner).json()["gaps"]] == [
        (one.pk, [anybody.pk]),
        (two.pk, [anybody.pk, only.pk]),
    ]


def test_gap_counts_the_longer_first_visit(alone: Clinic, owner: User) -> None:
    alone.set_rules(first_visit_extra_minutes=30)
    book_at(alone, at(10, 15, on=TODAY))
    wait(alone)  # has never been
    known = wait(alone)
    steps.fulfil(over(alone, at(9, on=LAST_WEEK), client=known.client), actor=alone.therapist_user, now=NOW)

    assert gaps_of(owner) == [("04T09:00", "10:00", [known.pk])]


def test_gaps_are_at_most_twenty(owner: User) -> None:
    clinic = make_clinic(therapists=4, rooms=4)
    wait(clinic, **WEEK)

    assert len(gaps_of(owner)) == 20


# --- What it costs ------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("role", "queries"), [("owner", QUERIES), ("receptionist", QUERIES - CLINICAL_QUERIES)])
def test_today_takes_as_many_queries_whatever_is_in_it(
    count: int, role: str, queries: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    clinic = make_clinic(therapists=count, rooms=count)
    for number in range(count):
        book_at(clinic, at(9, on=TODAY), therapist=number)
        over(clinic, at(9, on=LAST_WEEK), therapist=number)
        write(over(clinic, at(11, on=LAST_WEEK), therapist=number), _user(clinic, number))
        treatment = Treatment.objects.create(slug=f"other-{number}", name="Other", summary="Other.", state="published")
        TreatmentOption.objects.create(treatment=treatment, minutes=45, price=Decimal("45.00"))
        clinic.therapists[number].treatments.add(treatment)
        wait(clinic, **WEEK)
        wait(clinic, **WEEK, treatment=treatment, minutes=45)
    Message.objects.update(status="failed", settled_at=NOW)
    api = signed_in(make_user(role))

    with django_assert_num_queries(queries + GAP_QUERIES):
        body = api.get(URL).json()

    assert len(body["next"]) == count
    assert len(body["gaps"]) == min(7 * count, 20)
    assert body.get("unwritten_count", count) == count
    assert {len(row["waitlist"]) for row in body["gaps"]} <= {count + 1, count * 2}
