"""The .ics: what it says, what it keeps to itself, and that it comes back as it went in."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from icalendar import Calendar, Event

from bookings.calendar_file import calendar_file
from bookings.models import Appointment
from bookings.services.booking import book
from clinic import clock
from tests.bookings.clinic import LONDON, NOW, Clinic, at, booking_request, make_clinic

pytestmark = pytest.mark.django_db

LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
# What a calendar accepts in a file of one event; an injected property or component would be one more.
LINES = {
    "VCALENDAR": {"PRODID", "VERSION", "CALSCALE", "METHOD"},
    "VEVENT": {
        "UID",
        "SEQUENCE",
        "DTSTAMP",
        "DTSTART",
        "DTEND",
        "STATUS",
        "SUMMARY",
        "LOCATION",
        "ORGANIZER",
        "CLASS",
        "TRANSP",
    },
}


@pytest.fixture
def clinic() -> Clinic:
    return make_clinic()


@pytest.fixture
def booked(clinic: Clinic) -> Appointment:
    return book(booking_request(clinic, at(10)), user=None, now=NOW)


def file_of(appointment: Appointment, clinic: Clinic) -> bytes:
    return calendar_file(appointment, practice=clinic.practice, now=NOW)


def event_in(content: bytes) -> Event:
    """The one event of the file, which holds nothing but the lines that belong there."""
    calendar = Calendar.from_ical(content)
    assert set(calendar) == LINES["VCALENDAR"]
    (event,) = calendar.subcomponents
    assert isinstance(event, Event)
    assert set(event) == LINES["VEVENT"]
    assert event.subcomponents == []
    return event


def test_file_says_when_and_where_and_which_clinic(clinic: Clinic, booked: Appointment) -> None:
    event = event_in(file_of(booked, clinic))
    assert event["UID"] == f"{booked.reference}@localhost"
    assert (event["SEQUENCE"], event["STATUS"], event["CLASS"], event["TRANSP"]) == (
        0,
        "CONFIRMED",
        "PRIVATE",
        "OPAQUE",
    )
    assert (event["SUMMARY"], event["LOCATION"]) == ("Appointment at The Practice", "The gym, 1 High Street")
    assert (event["ORGANIZER"], event["ORGANIZER"].params["CN"]) == ("mailto:desk@example.org", "The Practice")
    assert (event.decoded("DTSTART"), event.decoded("DTEND")) == (at(10), at(11))
    assert event.decoded("DTSTAMP") == NOW


def test_file_is_published_and_asks_for_no_answer(clinic: Clinic, booked: Appointment) -> None:
    calendar = Calendar.from_ical(file_of(booked, clinic))
    assert calendar["METHOD"] == "PUBLISH"
    assert b"ATTENDEE" not in file_of(booked, clinic)


def test_file_keeps_treatment_price_telephone_notes_and_link_to_itself(clinic: Clinic, booked: Appointment) -> None:
    clinic.practice.phone = "+442079460018"
    clinic.location.directions = "Behind the bar."
    content = file_of(booked, clinic).decode().lower().replace("\r\n ", "")
    for secret in ("calf", "55", "2079460018", "manage", "bar", "ada", "visitor", "therapist 1"):
        assert secret not in content, secret


def test_move_keeps_the_uid_and_raises_the_sequence(clinic: Clinic, booked: Appointment) -> None:
    before = event_in(file_of(booked, clinic))
    booked.version, booked.starts_at, booked.ends_at = 2, at(14), at(15)
    after = event_in(file_of(booked, clinic))
    assert (after["UID"], after["SEQUENCE"]) == (before["UID"], 1)
    assert after.decoded("DTSTART") == at(14)


def test_cancelled_appointment_is_cancelled_in_the_calendar(clinic: Clinic, booked: Appointment) -> None:
    booked.version, booked.status = 2, "cancelled"
    event = event_in(file_of(booked, clinic))
    assert (event["STATUS"], event["SEQUENCE"]) == ("CANCELLED", 1)


CLOCK_CHANGES = [
    pytest.param(LONDON, date(2027, 3, 28), id="London forward"),
    pytest.param(LONDON, date(2027, 10, 31), id="London back"),
    pytest.param(LORD_HOWE, date(2027, 4, 4), id="Lord Howe back"),
    pytest.param(LORD_HOWE, date(2027, 10, 3), id="Lord Howe forward"),
]


@pytest.mark.parametrize(("zone", "day"), CLOCK_CHANGES)
def test_file_comes_back_equal_at_every_quarter_of_a_day_the_clocks_change(
    clinic: Clinic, booked: Appointment, zone: ZoneInfo, day: date
) -> None:
    midnight = clock.start_of_day(day, zone)
    for quarter in range(25 * 4):
        booked.starts_at = midnight + timedelta(minutes=15 * quarter)
        booked.ends_at = booked.starts_at + timedelta(minutes=60)
        event = event_in(file_of(booked, clinic))
        assert event.decoded("DTSTART") == booked.starts_at
        assert event.decoded("DTEND") == booked.ends_at
        assert event.decoded("DTSTART").astimezone(zone).utcoffset() == booked.starts_at.astimezone(zone).utcoffset()


@pytest.mark.parametrize(("zone", "day"), CLOCK_CHANGES)
def test_local_time_with_a_zone_would_not_come_back_equal(zone: ZoneInfo, day: date) -> None:
    """The control: what UTC is chosen for. TZID has no way to say `fold`."""
    midnight = clock.start_of_day(day, zone)
    differences = 0
    for quarter in range(25 * 4):
        starts_at = midnight + timedelta(minutes=15 * quarter)
        written = f"{starts_at.astimezone(zone):%Y%m%dT%H%M%S}"
        read = datetime.strptime(written, "%Y%m%dT%H%M%S").replace(tzinfo=zone)
        differences += read.astimezone(UTC) != starts_at
    assert differences == {"London back": 4, "Lord Howe back": 2}.get(name_of(zone, day), 0)


def name_of(zone: ZoneInfo, day: date) -> str:
    return next(str(param.id) for param in CLOCK_CHANGES if param.values == (zone, day))


INJECTIONS = [
    "x\r\nATTENDEE:mailto:eve@example.org",
    "x\nEND:VEVENT\nBEGIN:VEVENT\nSUMMARY:extra",
    "x\rX-EVIL:1",
    "x\u2028X-EVIL:1\x85X-EVIL:2\x0bX-EVIL:3",
    'x";CN="y":mailto:eve@example.org',
    "x;VALUE=URI:y\\nz,\\",
    "x\x00\x1b[31m\u202e",
    "é" * 100,
    "🧘" * 60,
]


@pytest.mark.parametrize("text", INJECTIONS)
@pytest.mark.parametrize("place", ["practice", "location", "address", "email"])
def test_text_cannot_become_a_line_of_the_file(clinic: Clinic, booked: Appointment, place: str, text: str) -> None:
    if place == "practice":
        clinic.practice.name = text
    elif place == "email":
        clinic.practice.email = text
    else:
        setattr(booked.location, {"location": "name", "address": "address"}[place], text)
    content = file_of(booked, clinic)
    event_in(content)
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert b"\n" not in content.replace(b"\r\n", b"")


@pytest.mark.parametrize("text", INJECTIONS[:3])
def test_unescaped_text_would_become_a_line_of_the_file(clinic: Clinic, booked: Appointment, text: str) -> None:
    """The control: what looks into the file above finds what is put into it."""
    content = file_of(booked, clinic).replace(b"The Practice", text.encode())
    with pytest.raises((AssertionError, ValueError)):
        event_in(content)


@given(name=st.text(max_size=120), address=st.text(max_size=400))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_comes_back_as_one_line(clinic: Clinic, booked: Appointment, name: str, address: str) -> None:
    clinic.practice.name, booked.location.address = name, address
    event = event_in(file_of(booked, clinic))
    visible = "".join(letter if letter.isprintable() else " " for letter in name).split()
    assert str(event["SUMMARY"]).split() == ["Appointment", "at", *visible]
