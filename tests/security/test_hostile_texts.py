"""Hostile words in every free text stay words: in pages, answers, mails, calendars and logs."""

from __future__ import annotations

import email
import email.policy
import logging
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any, Final

import pytest
from django.apps import apps
from django.core import mail
from django.db.models import CharField, TextField
from icalendar import Calendar

from bookings.calendar_file import calendar_file
from bookings.models import Appointment, AppointmentEvent, Location, Room, Therapist, TimeOff, WaitlistEntry
from bookings.services.appointments import cancel
from clients.models import Client as Person
from clinic.accounts.models import User
from clinic.messaging.models import Message
from clinic.messaging.sweep import sweep
from clinic.practice.models import Practice
from clinic.practice.selectors import get_practice
from tests.access.callers import Caller
from tests.access.calls import answer_to, form_answer
from tests.access.routes import Route, all_routes
from tests.access.table import load_table
from tests.access.test_owner_site import PAGES, address
from tests.access.world import World, undone
from tests.bookings.clinic import NOW, at, booking_body
from treatments.models import Assessment, Indicator, Issue, Measure, SafetyQuestion, Treatment

pytestmark = pytest.mark.django_db

# Breaks out of a text, of either kind of attribute, of a script, of a template and of a format.
HOSTILE: Final = "\"'></script><img src=x onerror=a(7)>{{7*7}}%s"
RAW: Final = ("<img src=x", "</script><img", "\"'>", "onerror=a(7)>")
CALCULATED: Final = "</script>49"
LINES: Final = "Name\r\nBcc: all@evil.example\r\n\r\n<p>"

# Whatever people may write, but for what has a form of its own and what the database freezes.
TEXTS: Final[dict[type[Any], tuple[str, ...]]] = {
    Person: (
        *("first_name", "last_name", "preferred_name", "address", "emergency_contact_name", "gp_name", "gp_practice"),
        *("guardian_name", "guardian_relationship", "alert_line", "legal_hold_reason"),
    ),
    User: ("name",),
    Practice: ("name", "tagline", "address"),
    Location: ("address", "directions"),
    Room: (),
    Therapist: ("biography",),
    TimeOff: ("reason",),
    WaitlistEntry: ("note",),
    Appointment: ("treatment_name", "override_reason", "ended_reason", "policy_text"),
    AppointmentEvent: ("actor_label", "reason"),
    Message: ("reason", "recipient"),
    Treatment: ("name", "summary", "description", "what_to_wear", "aftercare", "not_for"),
    Indicator: ("name", "question", "text"),
    Issue: ("name", "also_called", "knee", "evidence", "text"),
    Measure: ("name", "evidence", "text"),
    Assessment: ("name", "text"),
    SafetyQuestion: ("name", "question", "advice", "text"),
}
# Unique names: one row gets the words.
ONE_ROW: Final[tuple[tuple[type[Any], str], ...]] = ((Location, "name"), (Room, "name"), (Therapist, "name"))


@pytest.fixture
def hostile(world: World) -> Iterator[World]:
    """The scene with hostile words in every text."""
    with undone():
        for model, names in TEXTS.items():
            for name in names:
                model.objects.update(**{name: HOSTILE})
        for model, name in ONE_ROW:
            first = model.objects.order_by("pk").values_list("pk", flat=True)[0]
            model.objects.filter(pk=first).update(**{name: HOSTILE})
        yield world


def test_texts_leave_out_only_what_people_do_not_write() -> None:
    """A column added later has to be put in above, or below with its reason."""
    written = {f"{model._meta.label}.{name}" for model, names in TEXTS.items() for name in names}
    written |= {f"{model._meta.label}.{name}" for model, name in ONE_ROW}
    found = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model in TEXTS
        for field in model._meta.concrete_fields
        if type(field) in {CharField, TextField} and not field.choices and field.editable
    }

    assert found - written == {
        "accounts.User.password",
        "bookings.Appointment.currency",
        "bookings.Appointment.manage_nonce",
        "bookings.Appointment.reference",
        "bookings.AppointmentEvent.action",
        "bookings.AppointmentEvent.status_after",
        "bookings.AppointmentEvent.status_before",
        "messaging.Message.kind",
        "messaging.Message.topic",
        "messaging.Message.topic_id",
        "practice.Practice.colour",
        "practice.Practice.currency",
        "practice.Practice.time_zone",
        "treatments.Treatment.image_alt",
    }


# --- Pages --------------------------------------------------------------------------------------------


def is_hurt_by(text: str) -> list[str]:
    return [raw for raw in (*RAW, CALCULATED) if raw in text]


@pytest.mark.parametrize("route", PAGES.values(), ids=[".".join(page) for page in PAGES])
def test_page_of_the_owners_site_shows_words_as_words(route: Route, hostile: World, callers: dict[str, Caller]) -> None:
    answer = form_answer(callers["owner"], "GET", address(route))

    assert answer.status_code < 500
    assert is_hurt_by(answer.content.decode()) == []


@pytest.mark.parametrize(
    "path", ["/", "/book/", "/sign-in/", "/manage/ABC/", "/set-password/", "/admin/", "/colours.css"]
)
def test_page_shows_words_as_words(path: str, hostile: World, callers: dict[str, Caller]) -> None:
    answer = callers["owner"].call("GET", path)

    assert answer.status_code == 200
    assert is_hurt_by(answer.content.decode()) == []


def test_page_control_is_hurt_where_it_does_not_escape(
    hostile: World, callers: dict[str, Caller], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.template.base.conditional_escape", str)
    monkeypatch.setattr("django.template.defaultfilters.conditional_escape", str)

    assert is_hurt_by(callers["anonymous"].call("GET", "/").content.decode())


def test_search_of_the_owners_site_shows_words_as_words(hostile: World, callers: dict[str, Caller]) -> None:
    for query in (f"?q={HOSTILE}", f"?s={HOSTILE}", f"?status__exact={HOSTILE}", f"?next={HOSTILE}", f"?{HOSTILE}=1"):
        for path in ("/admin/clients/client/", "/admin/bookings/appointment/", "/admin/search/", "/admin/login/"):
            answer = callers["owner"].call("GET", path + query.replace("%s", ""))
            assert answer.status_code < 500
            assert is_hurt_by(answer.content.decode()) == []


def test_preview_of_a_description_runs_nothing(callers: dict[str, Caller]) -> None:
    text = (
        "[a](javascript:a) <script>a</script> <img src=x onerror=a> <b onclick=a>b</b> <svg/onload=a> ![x](x) <style>p"
    )
    answer = callers["owner"].call(
        "POST", "/admin/treatments/treatment/preview/", content=text, content_type="text/plain"
    )
    form = callers["owner"].call(
        "POST",
        "/admin/treatments/treatment/preview/",
        content=f"text={text}",
        content_type="application/x-www-form-urlencoded",
    )

    for shown in (answer, form):
        words = shown.content.decode().lower()
        assert [bad for bad in ("<script", "javascript:", "<img", "<svg", "<style", "onclick=a>") if bad in words] == []


# --- Answers of the API -------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["anonymous", "client", "receptionist", "therapist", "owner", "holder"])
def test_answer_with_hostile_words_is_never_taken_for_a_page(
    role: str, hostile: World, callers: dict[str, Caller]
) -> None:
    table = load_table()
    for route in (r for r in all_routes() if r.pattern.startswith("api/v1/") and "GET" in table[r.pattern]):
        answer = answer_to(route, "GET", "own", hostile, callers[role])

        assert answer.status_code < 500
        if "docs/" not in route.pattern:
            assert answer.headers["Content-Type"].split(";")[0] in {
                *("application/json", "application/problem+json", "text/calendar", "application/vnd.oai.openapi"),
            }
            assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("slug", ["treatments/", "treatments/calf-release/", "guide/", "therapists/"])
def test_html_made_from_the_owners_words_is_made_safe(slug: str, hostile: World, callers: dict[str, Caller]) -> None:
    """Fields that a page may put in as they stand: they end in `_html`, and a therapist's biography."""

    def html_in(value: Any, name: str = "") -> Iterator[str]:
        if isinstance(value, dict):
            for key, inner in value.items():
                yield from html_in(inner, key)
        elif isinstance(value, list):
            for inner in value:
                yield from html_in(inner, name)
        elif isinstance(value, str) and (name.endswith("_html") or name == "biography"):
            yield value

    found = list(html_in(callers["anonymous"].call("GET", f"/api/v1/{slug}").json()))

    assert found
    assert [html for html in found if is_hurt_by(html)] == []


def test_refusal_repeats_a_made_up_name_as_json_alone(callers: dict[str, Caller]) -> None:
    answer = callers["anonymous"].call("POST", "/api/v1/guide/", {HOSTILE: 1})

    assert answer.headers["Content-Type"] == "application/problem+json"
    assert list(answer.json()["errors"]) == [HOSTILE]


# --- Mail and calendars -------------------------------------------------------------------------------


def parsed(message: Any) -> EmailMessage:
    return email.message_from_bytes(message.message().as_bytes(), policy=email.policy.default)


@pytest.mark.parametrize("words", [HOSTILE, LINES], ids=["markup", "lines"])
def test_mail_has_its_own_headers_and_escaped_words(words: str, world: World) -> None:
    mail.outbox.clear()
    with undone():
        Practice.objects.update(name=words, address=words, tagline=words)
        Location.objects.filter(pk=world.clinic.location.pk).update(name=words, address=words, directions=words)
        Therapist.objects.filter(pk=world.own.therapist.pk).update(name=words)
        Person.objects.filter(pk=world.own.client.pk).update(first_name=words, preferred_name=words, last_name=words)
        Appointment.objects.update(treatment_name=words)
        cancel(
            Appointment.objects.get(pk=world.own.booked.pk), actor=world.owner, now=NOW, by_clinic=True, reason=words
        )
        sweep(NOW)

    (message,) = [parsed(sent) for sent in mail.outbox]
    assert message["To"] == world.own.client.email
    assert sorted(set(message.keys())) == [
        *("Auto-Submitted", "Content-Type", "Date", "From", "MIME-Version", "Message-ID", "Reply-To", "Subject", "To"),
    ]
    assert "\n" not in str(message["Subject"]) + str(message["From"])
    html = message.get_body(("html",))
    assert html is not None
    assert is_hurt_by(html.get_content()) == []


def test_name_with_line_breaks_does_not_reach_a_booking(world: World, callers: dict[str, Caller]) -> None:
    body = booking_body(world.clinic, at(12), client={"first_name": LINES, "last_name": "X", "email": "x@example.org"})

    answer = callers["anonymous"].call("POST", "/api/v1/bookings/", body, {"Idempotency-Key": "lines"})

    assert answer.json()["errors"]["client.first_name"][0]["code"] == "not_one_line"


@pytest.mark.parametrize(
    "words", [HOSTILE, "Gym\r\nATTENDEE:mailto:a@evil.example", "Gym\nEND:VEVENT\nBEGIN:VEVENT", 'a";X="b', "a\\,b;c:d"]
)
def test_calendar_has_its_own_properties_alone(words: str, world: World) -> None:
    with undone():
        Practice.objects.update(name=words)
        Location.objects.filter(pk=world.clinic.location.pk).update(name=words, address=words)
        booking = Appointment.objects.select_related("location").get(pk=world.own.booked.pk)
        content = calendar_file(booking, practice=get_practice(), now=NOW)

    (event,) = Calendar.from_ical(content).walk("VEVENT")
    assert sorted(event) == [
        *(
            "CLASS",
            "DTEND",
            "DTSTAMP",
            "DTSTART",
            "LOCATION",
            "ORGANIZER",
            "SEQUENCE",
            "STATUS",
            "SUMMARY",
            "TRANSP",
            "UID",
        ),
    ]
    assert [line for line in content.split(b"\r\n") if line.startswith((b"ATTENDEE", b"X="))] == []


# --- Logs ---------------------------------------------------------------------------------------------


def test_log_lines_cannot_be_made_up(callers: dict[str, Caller], caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        for path in ("/api/v1/%0d%0aERROR%20forged/", "/x%0aforged", "/api/v1/bookings/%0aforged/"):
            callers["anonymous"].call("GET", path)
            callers["owner"].call("DELETE", path)

    assert [record for record in caplog.records if "\n" in record.getMessage()] == []


def test_log_holds_nobodys_details(world: World, callers: dict[str, Caller], caplog: pytest.LogCaptureFixture) -> None:
    """Not of who books, nor of whom is booked for; nor what was typed and refused."""
    body = booking_body(world.clinic, at(12))
    with caplog.at_level(logging.DEBUG), undone():
        callers["anonymous"].call("POST", "/api/v1/bookings/", body, {"Idempotency-Key": "log"})
        callers["anonymous"].call(
            "POST", "/api/v1/bookings/", {**body, "surprise": "Ada Visitor"}, {"Idempotency-Key": "x"}
        )
        callers["receptionist"].call(
            "PATCH", f"/api/v1/clients/{world.own.client.pk}/", {"version": 9, "phone": "nope"}
        )
        callers["receptionist"].call("GET", f"/api/v1/clients/{world.own.client.pk}/notes/")
        sweep(NOW)

    for word in ("ada@example.org", "Visitor", "nope", world.own.client.email, world.own.client.last_name):
        assert word not in caplog.text
