"""What a client reads, and when nothing is sent after all."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from email import message_from_bytes
from email.message import Message as Mail
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from icalendar import Calendar
from pytest_django import DjangoAssertNumQueries, Settings

from bookings.manage_token import token_for
from bookings.message_words import colour_of_text_on, first_name, stretch_in_words
from bookings.messages import compose
from bookings.models import Appointment, AppointmentEvent
from bookings.services.appointments import cancel
from bookings.services.booking import book
from bookings.services.moving import reschedule
from clients.models import Client, ContactPreference
from clinic.messaging.mailer import Refused, build
from clinic.messaging.models import Message
from clinic.messaging.registry import Email, Skip
from clinic.messaging.sweep import sweep
from tests.bookings.clinic import LONDON, NOW, Clinic, at, booking_request, make_clinic
from tests.messaging.sink import Sink
from treatments.models import TreatmentOption

pytestmark = pytest.mark.django_db

MONDAY = date(2027, 1, 11)
A_DAY_BEFORE = at(10, on=date(2027, 1, 10))


@pytest.fixture
def clinic() -> Clinic:
    clinic = make_clinic()
    clinic.location.directions = "The door beside the café."
    clinic.location.save()
    return clinic


@pytest.fixture
def booked(clinic: Clinic) -> Appointment:
    return book(booking_request(clinic, at(10, on=MONDAY)), user=None, now=NOW)


def message(kind: str, **fields: object) -> Message:
    return Message.objects.get(kind=kind, **fields)


def email(kind: str, *, now: datetime = NOW) -> Email:
    written = compose(message(kind), now)
    assert isinstance(written, Email), written
    return written


def skipped(kind: str, *, now: datetime = NOW) -> str:
    written = compose(message(kind), now)
    assert isinstance(written, Skip), written
    return written.reason


def as_sent(written: Email) -> Mail:
    return message_from_bytes(build(written, message_id="<1@localhost>").message().as_bytes())


def decoded(part: Mail) -> str:
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content.decode()


# --- What it says ---------------------------------------------------------------------------------


def test_confirmation_reads_like_this(clinic: Clinic, booked: Appointment) -> None:
    written = email("confirmation")
    assert (written.to, written.reply_to, written.sender_name) == (
        "ada@example.org",
        "desk@example.org",
        "The Practice",
    )
    assert written.subject == "Your appointment on Monday 11 January 2027 at 10:00"
    assert (
        written.text.strip()
        == f"""\
Hello Ada,

Your appointment is booked. The attached file puts it into your calendar.

When: Monday 11 January 2027, 10:00 to 11:00 GMT
How long: 60 minutes
With: Therapist
Where: The gym, 1 High Street
Price: £55.00
Reference: {booked.reference}

The door beside the café.

You can move or cancel it free of charge until Sunday 10 January 2027, 10:00 GMT. If you cancel later than that, £27.50 is due; if you do not come, £55.00 is due.

See, move or cancel your appointment:
http://localhost:8000/manage/{booked.reference}#{token_for(booked)}

Questions? Please reply to this message.

The Practice
1 High Street"""
    )


def test_reminder_inside_the_notice_says_what_cancelling_costs(clinic: Clinic, booked: Appointment) -> None:
    written = email("reminder-24h", now=A_DAY_BEFORE + timedelta(minutes=1))
    assert written.subject == "Reminder: your appointment on Monday 11 January 2027 at 10:00"
    assert "If you cancel now, £27.50 is due. If you do not come, £55.00 is due." in written.text
    assert written.attachments == ()


def test_figures_are_those_agreed_when_it_was_booked(clinic: Clinic, booked: Appointment) -> None:
    clinic.set_rules(late_cancellation_fee_percent=100, cancellation_notice_hours=72)
    clinic.option.price = Decimal(500)
    clinic.option.save()
    assert (
        "If you cancel later than that, £27.50 is due; if you do not come, £55.00 is due." in email("confirmation").text
    )


def test_move_says_when_it_was_before(clinic: Clinic, booked: Appointment) -> None:
    reschedule(booked, starts_at=at(15, on=MONDAY), actor=None, now=NOW)
    written = email("moved")
    assert written.subject == "Changed: your appointment on Monday 11 January 2027 at 15:00"
    assert "It was on Monday 11 January 2027, 10:00 GMT." in written.text
    assert "When: Monday 11 January 2027, 15:00 to 16:00 GMT" in written.text


def test_other_length_says_when_it_ends_and_what_it_costs_now(clinic: Clinic, booked: Appointment) -> None:
    TreatmentOption.objects.create(treatment=clinic.treatment, minutes=90, price="80.00")
    reschedule(booked, starts_at=booked.starts_at, minutes=90, actor=clinic.therapist_user, now=NOW)
    written = email("moved")
    assert "Your appointment has a new time, length or place. The attached file" in written.text
    assert "When: Monday 11 January 2027, 10:00 to 11:30 GMT" in written.text
    assert "How long: 90 minutes" in written.text
    assert "Price: £80.00" in written.text
    assert "£40.00 is due; if you do not come, £80.00 is due." in written.text
    assert compose(message("confirmation"), NOW) == Skip("The appointment was moved.")


def test_late_cancelling_names_the_fee_and_opens_no_booking(clinic: Clinic, booked: Appointment) -> None:
    cancel(booked, actor=None, now=at(9, on=MONDAY))
    written = email("cancelled", now=at(9, on=MONDAY))
    assert "As the time for cancelling free of charge had passed, £27.50 is due." in written.text
    assert token_for(booked) not in written.text + written.html
    assert "http://localhost:8000/" in written.text


def test_cancelling_in_time_costs_nothing_and_says_so(clinic: Clinic, booked: Appointment) -> None:
    cancel(booked, actor=None, now=NOW)
    assert "Your appointment is cancelled. There is nothing to pay." in email("cancelled").text


def test_cancelling_by_the_clinic_keeps_its_reason_to_itself(clinic: Clinic, booked: Appointment) -> None:
    cancel(booked, actor=clinic.therapist_user, by_clinic=True, now=NOW, reason="Her knee must be seen first")
    written = email("cancelled-by-clinic")
    assert "We are sorry: we have to cancel your appointment." in written.text
    assert "knee" not in written.text + written.html


@pytest.mark.parametrize("kind", ["confirmation", "reminder-24h", "moved", "cancelled"])
def test_no_message_names_the_treatment_or_the_clients_family_name(
    clinic: Clinic, booked: Appointment, kind: str
) -> None:
    if kind == "moved":
        reschedule(booked, starts_at=at(15, on=MONDAY), actor=None, now=NOW)
    if kind == "cancelled":
        cancel(booked, actor=None, now=NOW)
    sent = as_sent(email(kind))
    readable = "".join(decoded(part) for part in sent.walk() if not part.is_multipart())
    for secret in ("Calf", "calf", "Visitor"):
        assert secret not in readable + sent.as_string()


def test_times_are_of_the_clinics_own_clock(clinic: Clinic) -> None:
    clinic.practice.time_zone = "Australia/Lord_Howe"
    clinic.practice.save()
    clinic.set_rules(horizon_days=300)
    midday = datetime(2027, 7, 1, 12, tzinfo=ZoneInfo("Australia/Lord_Howe")).astimezone(UTC)
    book(booking_request(clinic, midday), user=None, now=NOW)
    assert "When: Thursday 1 July 2027, 12:00 to 13:00 UTC+1030" in email("confirmation").text


@pytest.mark.parametrize(
    ("starts", "ends", "words"),
    [
        ((2027, 7, 1, 9), (2027, 7, 1, 10), "Thursday 1 July 2027, 10:00 to 11:00 BST"),
        ((2027, 10, 31, 0, 30), (2027, 10, 31, 1, 30), "Sunday 31 October 2027, 01:30 BST to 01:30 GMT"),
        ((2027, 3, 28, 0, 30), (2027, 3, 28, 1, 30), "Sunday 28 March 2027, 00:30 GMT to 02:30 BST"),
    ],
)
def test_stretch_names_both_zones_when_the_clocks_change_within(
    starts: tuple[int, int, int, int], ends: tuple[int, int, int, int], words: str
) -> None:
    assert stretch_in_words(datetime(*starts, tzinfo=UTC), datetime(*ends, tzinfo=UTC), LONDON) == words


@pytest.mark.parametrize(
    ("name", "called"),
    [("Tom Baker", "Tom"), ("Dr. Ann O'Neil", "Ann"), ("Ms Li", "Li"), ("Prof", "Prof"), ("  Jo\nB", "Jo")],
)
def test_therapist_is_called_by_the_first_name(name: str, called: str) -> None:
    assert first_name(name) == called


# --- Its form -------------------------------------------------------------------------------------


def test_mail_has_text_html_and_the_calendar_file(clinic: Clinic, booked: Appointment) -> None:
    sent = as_sent(email("confirmation"))
    parts = [(part.get_content_type(), part.get_filename()) for part in sent.walk() if not part.is_multipart()]
    assert parts == [("text/plain", None), ("text/html", None), ("text/calendar", "appointment.ics")]
    calendar = list(sent.walk())[-1]
    assert calendar.get_param("method") == "PUBLISH"
    content = decoded(calendar)
    assert Calendar.from_ical(content).subcomponents[0]["UID"] == f"{booked.reference}@localhost"
    assert content.count("\n") == content.count("\r\n") > 10


def test_mail_comes_from_the_clinic_by_name_and_is_marked_as_automatic(
    clinic: Clinic, booked: Appointment, settings: Settings
) -> None:
    settings.DEFAULT_FROM_EMAIL = "Somebody <bookings@clinic.example>"
    sent = as_sent(email("confirmation"))
    assert sent["From"] == "The Practice <bookings@clinic.example>"
    assert sent["Reply-To"] == "desk@example.org"
    assert (sent["Auto-Submitted"], sent["Message-ID"]) == ("auto-generated", "<1@localhost>")


def test_html_has_language_title_one_heading_and_no_tables(clinic: Clinic, booked: Appointment) -> None:
    html = email("confirmation").html
    assert '<html lang="en-GB"' in html
    assert "<title>Your appointment on Monday 11 January 2027 at 10:00</title>" in html
    assert (html.count("<h1"), html.count("<table"), html.count("<img"), html.count("<script")) == (1, 0, 0, 0)


@pytest.mark.parametrize(
    ("colour", "text"), [("#000000", "#ffffff"), ("#1f5f5b", "#ffffff"), ("#ffffff", "#000000"), ("#ffd700", "#000000")]
)
def test_text_on_the_clinics_colour_stands_out(colour: str, text: str) -> None:
    assert colour_of_text_on(colour) == text


class Links(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str | None] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name == "href"]


def test_only_link_carries_the_token_behind_the_hash(clinic: Clinic, booked: Appointment) -> None:
    assert Links(email("confirmation").html).links == [
        f"http://localhost:8000/manage/{booked.reference}#{token_for(booked)}"
    ]


# --- What people put into names -------------------------------------------------------------------

EVIL = 'Ann"><script>x</script><a href="//e.example">{{ 7|add:7 }}{% now "Y" %}&amp;'


def test_html_in_names_stays_text(clinic: Clinic, booked: Appointment) -> None:
    expected = Links(email("confirmation").html)
    Client.objects.update(first_name=EVIL)
    clinic.practice.name = EVIL
    clinic.practice.address = EVIL
    clinic.practice.save()
    clinic.therapist.name = clinic.location.name = clinic.location.address = clinic.location.directions = EVIL
    clinic.therapist.save()
    clinic.location.save()
    written = email("confirmation")
    parsed = Links(written.html)
    assert (set(parsed.tags), parsed.links) == (set(expected.tags), expected.links)
    assert "{{ 7|add:7 }}{% now" in written.text  # nothing is rendered a second time
    assert 'Ann"><script>' in written.text  # and in plain text nothing is escaped


def test_without_escaping_the_script_would_be_found() -> None:
    """The control for the test above."""
    assert "script" in Links(f"<p>{EVIL}</p>").tags


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\u2028"])
def test_line_breaks_in_names_add_no_header_and_no_line(
    clinic: Clinic, booked: Appointment, sink: Sink, end: str
) -> None:
    evil = f"Ann{end}Bcc: eve@example.org{end}{end}Read this instead"
    Client.objects.update(first_name=evil)
    clinic.practice.name = evil
    clinic.practice.save()
    assert sweep(NOW).sent == 1
    (sent,) = sink.messages()
    assert sink.taken[0][0] == "ada@example.org"
    assert sorted(sent.keys()) == sorted(
        ["Content-Type", "MIME-Version", "Subject", "From", "To", "Reply-To", "Date", "Message-ID", "Auto-Submitted"]
        + [name for name in sent.keys() if name in ("X-Peer", "X-MailFrom", "X-RcptTo")]  # noqa: SIM118  # a mail is no dict
    )
    assert sent["From"] == '"Ann Bcc: eve@example.org Read this instead" <bookings@localhost>'
    text = next(decoded(part) for part in sent.walk() if part.get_content_type() == "text/plain")
    assert text.startswith("Hello Ann Bcc: eve@example.org Read this instead,")


@pytest.mark.parametrize("address", ["ada@example.org\nbcc: eve@example.org", "ada", "a@b@c.example", '"><x>@y.z w'])
def test_address_that_is_none_fails_for_good_and_visibly(clinic: Clinic, booked: Appointment, address: str) -> None:
    Client.objects.update(email=address)
    with pytest.raises(Refused):
        compose(message("confirmation"), NOW)
    assert sweep(NOW).failed == 1
    assert (message("confirmation").status, message("confirmation").reason) == (
        "failed",
        "The client's email address is not valid.",
    )
    assert mail.outbox == []


# --- When nothing is sent after all ---------------------------------------------------------------


def test_cancelled_meanwhile(clinic: Clinic, booked: Appointment) -> None:
    Appointment.objects.update(status="cancelled")
    assert skipped("reminder-24h") == "The appointment was cancelled."


def test_moved_meanwhile(clinic: Clinic, booked: Appointment) -> None:
    """The second net: the move itself has taken the message back."""
    reschedule(booked, starts_at=at(15, on=MONDAY), actor=None, now=NOW)
    assert compose(message("reminder-24h", topic_version=1), NOW) == Skip("The appointment was moved.")


def test_changed_meanwhile_in_another_way_is_still_reminded_of(clinic: Clinic, booked: Appointment) -> None:
    Appointment.objects.update(version=2)
    AppointmentEvent.objects.create(
        appointment=booked, version=2, action="note", occurred_at=NOW, actor_label="x", changes={"needs_review": [1, 0]}
    )
    assert email("reminder-24h").to == "ada@example.org"


@pytest.mark.parametrize("kind", ["confirmation", "reminder-24h"])
def test_begun_meanwhile(clinic: Clinic, booked: Appointment, kind: str) -> None:
    assert skipped(kind, now=booked.starts_at) == "The appointment has begun."


def test_not_cancelled_after_all(clinic: Clinic, booked: Appointment) -> None:
    cancel(booked, actor=None, now=NOW)
    Appointment.objects.update(status="entered-in-error")
    assert skipped("cancelled") == "The appointment is not cancelled."


def test_gone_meanwhile(clinic: Clinic, booked: Appointment) -> None:
    Message.objects.update(topic_id="0")
    assert skipped("confirmation") == "There is no such appointment any more."


def test_client_without_an_address(clinic: Clinic, booked: Appointment) -> None:
    Client.objects.update(email="")
    assert skipped("confirmation") == "The client has no email address."


@pytest.mark.parametrize(
    ("purpose", "kind", "other"),
    [("reminder", "reminder-24h", "confirmation"), ("service", "confirmation", "reminder-24h")],
)
def test_client_who_said_no_to_one_purpose_gets_the_other(
    clinic: Clinic, booked: Appointment, purpose: str, kind: str, other: str
) -> None:
    ContactPreference.objects.create(client=booked.client, purpose=purpose, channel="email", is_allowed=False)
    assert skipped(kind).startswith("The client wants no ")
    assert email(other).to == "ada@example.org"


def test_reminders_that_an_outage_brings_together_are_one(clinic: Clinic, booked: Appointment) -> None:
    back_again = A_DAY_BEFORE + timedelta(hours=1)
    assert skipped("reminder-72h", now=back_again) == "A later reminder is due already."
    assert email("reminder-24h", now=back_again).to == "ada@example.org"


# --- What it costs --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "queries"), [("confirmation", 3), ("reminder-24h", 4), ("moved", 4), ("cancelled", 3)]
)
def test_composing_takes_few_queries(
    clinic: Clinic, booked: Appointment, django_assert_num_queries: DjangoAssertNumQueries, kind: str, queries: int
) -> None:
    if kind == "moved":
        reschedule(booked, starts_at=at(15, on=MONDAY), actor=None, now=NOW)
    if kind == "cancelled":
        cancel(booked, actor=None, now=NOW)
    waiting = message(kind)
    with django_assert_num_queries(queries):
        compose(waiting, NOW)
