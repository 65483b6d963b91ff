"""Two weeks of a small clinic, through HTTP only: what a stranger, the therapist and the owner do.

Time passes by moving the clock; the sweep that beat would start every half minute is started by its
command. Everything else is a request.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command

from clinic.accounts.post import wait_until_posted
from tests.accounts.conftest import Browser, code_in

pytestmark = pytest.mark.django_db

MONDAY_MORNING = datetime(2027, 1, 4, 8, tzinfo=UTC)


class Clock:
    def __init__(self, traveller: Any) -> None:
        self.traveller = traveller

    def move_to(self, text: str) -> None:
        """To a moment in UTC, which is the clinic's own time in winter; then let beat do its part."""
        self.traveller.move_to(datetime.fromisoformat(text).replace(tzinfo=UTC))
        call_command("sweep")


@pytest.fixture
def clock() -> Iterator[Clock]:
    with time_machine.travel(MONDAY_MORNING, tick=False) as traveller:
        yield Clock(traveller)


@pytest.fixture
def sign_ins(clock: Clock, settings: Any, tmp_path: Path) -> dict[str, tuple[str, str]]:
    """A new installation, as `make run` leaves it: role -> email, password."""
    settings.VAR_DIR = tmp_path
    call_command("seed")
    call_command("first_run")
    lines = (tmp_path / "sign-in.txt").read_text().splitlines()
    return {role: (email, password) for role, email, password in (line.split(", ") for line in lines)}


def subjects_to(address: str) -> list[str]:
    return [str(message.subject) for message in mail.outbox if address in message.to]


def sign_in_by_mail(browser: Browser, address: str) -> None:
    browser.ask_for_code(address)
    wait_until_posted()
    assert browser.give_code(code_in(mail.outbox[-1])).status_code == 200


def ok(answer: Any, status: int = 200) -> Any:
    assert answer.status_code == status, answer.content
    return answer.json()


def test_day_at_the_clinic(sign_ins: dict[str, tuple[str, str]], clock: Clock) -> None:
    # A stranger finds a treatment, sees free times, holds one and books it.
    stranger = Browser()
    treatment = ok(stranger.get("/api/v1/treatments/calf-release/"))
    option = next(option for option in treatment["options"] if option["minutes"] == 60)
    assert option["price"] == "55.00"
    days = ok(stranger.get("/api/v1/availability/?treatment=calf-release&minutes=60&from=2027-01-07&to=2027-01-15"))
    starts = [slot["starts_at"] for day in days["days"] for slot in day["slots"]]
    wanted = {"treatment": "calf-release", "minutes": 60, "starts_at": starts[0]}
    hold = ok(stranger.post("/api/v1/holds/", wanted), 201)
    details = {"first_name": "Ada", "last_name": "Stranger", "email": "ada@example.org", "phone": "07700 900123"}
    booking = ok(
        stranger.post(
            "/api/v1/bookings/",
            {**wanted, "hold": hold["token"], "client": details, "accepts_policy": True},
            **{"Idempotency-Key": "ada-1"},
        ),
        201,
    )
    assert booking["starts_at"] == starts[0]

    # The confirmation arrives with a calendar file and a link; the link moves the booking.
    clock.move_to("2027-01-04 08:01")
    (confirmation,) = mail.outbox
    assert [part.get_filename() for part in confirmation.attachments] == ["appointment.ics"]
    assert "calf" not in (confirmation.subject + str(confirmation.body)).lower()
    reference, token = re.findall(r"/manage/(\w+)#([\w-]+)", str(confirmation.body))[0]
    assert reference == booking["reference"]
    link = {"Authorization": f"Booking {token}"}
    path = f"/api/v1/bookings/{reference}/"
    assert ok(stranger.get(path, **link))["cancellation"]["fee_now"] == "0.00"
    moved = ok(stranger.post(f"{path}reschedule/", {"starts_at": "2027-01-15T10:00:00+00:00"}, **link))
    assert (moved["reference"], moved["starts_at"]) == (reference, "2027-01-15T10:00:00+00:00")

    # Told of the move at once, reminded three days and one day before, never of the old time.
    for moment in ("2027-01-04 08:02", "2027-01-06 12:00", "2027-01-12 10:01", "2027-01-14 10:01"):
        clock.move_to(moment)
    assert len(subjects_to("ada@example.org")) == 4
    assert "15 January" in str(mail.outbox[-1].body)

    # The therapist signs in, sees the diary, and takes the client through the visit.
    clock.move_to("2027-01-15 09:50")
    tom = Browser()
    assert tom.sign_in(*sign_ins["therapist"]).status_code == 200
    diary = ok(tom.get("/api/v1/diary/?from=2027-01-15&to=2027-01-15"))
    (appointment,) = diary["appointments"]
    assert appointment["reference"] == reference
    step = f"/api/v1/appointments/{appointment['id']}/"
    done = appointment
    for action, status in (("arrive", "arrived"), ("check-in", "checked-in"), ("fulfil", "fulfilled")):
        done = ok(tom.post(f"{step}{action}/", {"version": done["version"]}))
        assert done["status"] == status
    assert [event["action"] for event in done["events"]] == ["book", "reschedule", "arrive", "check-in", "fulfil"]

    # A note is drafted, signed, and from then on only added to.
    client_id = done["client"]["id"]
    content = {"subjective": "Calf tight.", "objective": "KTW 9 cm.", "assessment": "Short calf.", "plan": "Release."}
    note = ok(
        tom.post(f"/api/v1/clients/{client_id}/notes/", {"content": content, "appointment_reference": reference}), 201
    )
    assert note["session_on"] == "2027-01-15"
    signed = ok(tom.post(f"/api/v1/notes/{note['id']}/sign/", {"version": note["version"]}))
    assert signed["state"] == "signed"
    changed = tom.send("PUT", f"/api/v1/notes/{note['id']}/", {"content": content, "version": signed["version"]})
    assert ok(changed, 409)["code"] == "note_signed"
    ok(tom.post(f"/api/v1/notes/{note['id']}/addenda/", {"text": "Left side only."}), 201)
    opened = ok(tom.get(f"/api/v1/notes/{note['id']}/"))
    assert opened["content"] == content
    assert [addendum["text"] for addendum in opened["addenda"]] == ["Left side only."]

    # Reception sees that there is a note, and nothing of what is in it.
    desk = Browser()
    assert desk.sign_in(*sign_ins["receptionist"]).status_code == 200
    assert desk.get(f"/api/v1/notes/{note['id']}/").status_code == 404
    assert b"Calf tight" not in desk.get(f"/api/v1/clients/{client_id}/timeline/").content

    # The client signs in by a code, and as somebody known books again at short notice.
    sign_in_by_mail(stranger, "ada@example.org")
    assert [row["reference"] for row in ok(stranger.get("/api/v1/me/bookings/"))["results"]] == [reference]
    clock.move_to("2027-01-17 20:00")
    assert stranger.get("/api/v1/me/bookings/").status_code == 401  # nobody stays signed in for days
    sign_in_by_mail(stranger, "ada@example.org")
    second = ok(
        stranger.post(
            "/api/v1/bookings/",
            {
                "treatment": "calf-release",
                "minutes": 60,
                "starts_at": "2027-01-18T10:00:00+00:00",
                "client": details,
                "accepts_policy": True,
            },
            **{"Idempotency-Key": "ada-2"},
        ),
        201,
    )
    assert tom.sign_in(*sign_ins["therapist"]).status_code == 200
    found = ok(tom.get("/api/v1/clients/?search=stranger"))["results"]
    assert [row["id"] for row in found] == [client_id]

    # Cancelled three hours before: the fee is shown first, then due.
    clock.move_to("2027-01-18 07:00")
    path = f"/api/v1/bookings/{second['reference']}/"
    terms = ok(stranger.get(path))["cancellation"]
    assert (terms["is_late_now"], terms["fee_now"]) == (True, "27.50")
    cancelled = ok(stranger.post(f"{path}cancel/", {"expected_fee": "27.50"}))
    assert (cancelled["status"], cancelled["cancellation_fee"]) == ("cancelled", "27.50")
    clock.move_to("2027-01-18 07:01")
    assert "cancel" in subjects_to("ada@example.org")[-1].lower()

    # The owner edits the treatment, and sees in the audit trail who opened the note.
    owner = Browser()
    assert owner.sign_in(*sign_ins["owner"]).status_code == 200
    reads = ok(owner.get(f"/api/v1/audit/?client={client_id}&action=read"))["results"]
    assert {read["actor"] for read in reads} == {reads[0]["actor"]}
    assert owner.get("/admin/treatments/treatment/").status_code == 200
    assert desk.sign_in(*sign_ins["receptionist"]).status_code == 200
    log = ok(desk.get("/api/v1/messages/"))["results"]
    assert {row["status"] for row in log} <= {"sent", "skipped"}
    assert "reminder-24h" in {row["kind"] for row in log if row["status"] == "sent"}
    call_command("verify_audit")
