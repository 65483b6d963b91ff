"""Bad input to every public field: a problem that names the field and says why, and nothing stored.

Dates count from Monday 4 January 2027, 08:00; Wednesday 6 January is a working day.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import UTC
from typing import Any, Final
from uuid import uuid4

import pytest
from rest_framework import serializers

from bookings import fields
from clients.models import Client as Person
from clinic.api.serializers import StrictSerializer
from tests.access.callers import Caller
from tests.access.world import World, undone
from tests.bookings.clinic import at, booking_body
from tests.security.traces import tables

pytestmark = pytest.mark.django_db

Body = dict[str, Any]
Values = tuple[Any, ...]
NUL: Final = "a\x00b"
HALF: Final = "a\ud800b"
NO_TEXT: Final[Values] = (None, True, 5, 1.5, [], {}, ["a"], {"a": "b"})
NO_NUMBER: Final[Values] = (None, True, "", "many", [], {}, 1.5, "1e3", -1, 0, 10**30, -(10**30))
UNSTORABLE: Final = (NUL, HALF)


def booking(world: World) -> Body:
    whole = booking_body(world.clinic, at(12), therapist=world.own.therapist.pk, safety=[], guide={"answers": {}})
    whole["client"] |= {"phone": "020 7946 0018", "date_of_birth": "1990-05-17"}
    return {**whole, "hold": ""}


def hold(world: World) -> Body:
    return {
        "treatment": world.clinic.treatment.slug,
        "minutes": 60,
        "starts_at": at(12).isoformat(),
        "therapist": world.own.therapist.pk,
    }


def guide(world: World) -> Body:
    return {"answers": {"one": 3}, "safety": [], "follow_ups": {"one": []}}


BODIES: Final[dict[str, Callable[[World], Body]]] = {"bookings": booking, "holds": hold, "guide": guide}
MOMENTS: Final[Values] = (
    *(None, True, 5, [], {}, "", "tomorrow", "2027-01-06", "2027-13-06T12:00:00Z", "2027-01-06T25:00:00Z"),
    *("2027-01-06T12:00:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2027-01-06T12:00:00+99:00"),
    *("1e10", "2027-02-29T12:00:00Z", *UNSTORABLE),
)
NAMES: Final[Values] = (*NO_TEXT, "", "   ", "x" * 81, "Ada\r\nBcc: all@example.org", "Ada\u2028Visitor", *UNSTORABLE)
SLUGS: Final[Values] = (*NO_TEXT, "", "x" * 81, "no-such-thing", "' OR 1=1 --", "../../etc/passwd", *UNSTORABLE)
LISTS: Final[Values] = (
    None,
    True,
    5,
    "pain",
    {},
    [None],
    [5],
    [[]],
    ["no such"],
    ["x" * 81],
    [NUL],
    ["a"] * 101,
    [HALF],
)
DEGREES: Final[Values] = (None, True, "3", 1.5, -1, 4, 10**30, [], {})

FIELDS: Final[dict[tuple[str, str], Values]] = {
    ("bookings", "treatment"): SLUGS,
    ("bookings", "minutes"): (*NO_NUMBER, 59, 481),
    ("bookings", "starts_at"): MOMENTS,
    ("bookings", "therapist"): (*NO_NUMBER[1:], 2**63, 987_654),
    ("bookings", "hold"): (*NO_TEXT, "x" * 101, "no-such-token", *UNSTORABLE),
    ("bookings", "client"): (None, True, 5, "Ada", [], {}, [{}]),
    ("bookings", "client.first_name"): NAMES,
    ("bookings", "client.last_name"): NAMES,
    ("bookings", "client.email"): (
        *(*NO_TEXT, "", "ada", "@example.org", "ada@", "ada@example.org, all@example.org", *UNSTORABLE),
        *(
            "ada@example.org\nBcc: all@example.org",
            "ada@" + "x" * 250 + ".org",
            "Ada <ada@example.org>",
            "ada@exam ple",
        ),
    ),
    ("bookings", "client.phone"): (*NO_TEXT, "call me", "1", "9" * 41, "999", "+44\r\n", *UNSTORABLE),
    ("bookings", "client.date_of_birth"): (
        *(True, 5, [], {}, "", "yesterday", "17/05/1990", "1990-13-01", "2023-02-29", "10000-01-01", *UNSTORABLE),
        *("2030-01-01", "1850-01-01", "0001-01-01"),
    ),
    ("bookings", "safety"): LISTS,
    ("bookings", "guide"): (None, True, 5, "x", []),
    ("bookings", "guide.answers"): (None, True, 5, "x", [], {"no-such": 1}, {"a b": 1}, {NUL: 1}, {"": 1}),
    ("bookings", "guide.answers.one"): DEGREES,
    ("bookings", "accepts_policy"): (None, False, "maybe", 5, [], {}, "", NUL),
    ("holds", "treatment"): SLUGS,
    ("holds", "minutes"): (*NO_NUMBER, 59, 481),
    ("holds", "starts_at"): MOMENTS,
    ("holds", "therapist"): (*NO_NUMBER[1:], 2**63, 987_654),
    ("guide", "answers"): (None, True, 5, "x", [], {"no-such": 1}, {"a b": 1}, {NUL: 1}, {"": 1}),
    ("guide", "answers.one"): DEGREES,
    ("guide", "safety"): LISTS,
    ("guide", "follow_ups"): (None, True, 5, "x", [], {"no-such": []}, {"one": ["no-such"]}, {"one": None}, {NUL: []}),
}


def with_value(body: Body, field: str, value: Any) -> Body:
    changed = copy.deepcopy(body)
    *outer, name = field.split(".")
    inner = changed
    for step in outer:
        inner = inner.setdefault(step, {})
    inner[name] = value
    return changed


def send(caller: Caller, call: str, **sent: Any) -> Any:
    return caller.call("POST", f"/api/v1/{call}/", headers={"Idempotency-Key": str(uuid4())}, **sent)


def wrong_with(answer: Any, field: str) -> str:
    """What an answer to a bad value of this field lacks; empty where it is as it should be."""
    if answer.status_code != 400:
        return f"status {answer.status_code}"
    body = answer.json()
    if answer.headers["Content-Type"] != "application/problem+json" or body["code"] != "invalid_input":
        return f"no problem of input: {body}"
    named = [name for name in body["errors"] if name == field or name.startswith((f"{field}.", f"{field}["))]
    # Characters that cannot be stored are refused before anything is taken apart, under the outermost name.
    named += [name for name in body["errors"] if field.startswith(f"{name}.")]
    if not named:
        return f"names {sorted(body['errors'])}"
    items = [item for name in named for item in body["errors"][name]]
    return "" if all(item["code"] and item["message"] for item in items) else f"no code: {items}"


@pytest.mark.parametrize(("call", "field"), FIELDS)
def test_bad_value_is_refused_by_name_and_nothing_is_stored(
    call: str, field: str, world: World, callers: dict[str, Caller]
) -> None:
    before = tables()

    wrong = {}
    for value in FIELDS[call, field]:
        answer = send(callers["anonymous"], call, body=with_value(BODIES[call](world), field, value))
        if fault := wrong_with(answer, field):
            wrong[repr(value)[:60]] = fault

    assert wrong == {}
    assert tables() == before


@pytest.mark.parametrize("call", BODIES)
def test_body_control_is_accepted_as_it_stands(call: str, world: World, callers: dict[str, Caller]) -> None:
    with undone():
        answer = send(callers["anonymous"], call, body=BODIES[call](world))

    assert answer.status_code in {200, 201}


# --- What is missing, unknown or said twice -----------------------------------------------------------

REQUIRED: Final = (
    *(("bookings", name) for name in ("treatment", "minutes", "starts_at", "client", "accepts_policy")),
    *(("bookings", f"client.{name}") for name in ("first_name", "last_name", "email")),
    *(("holds", name) for name in ("treatment", "minutes", "starts_at")),
)
# What the clinic alone decides, and what the code behind the call has by another name.
NOT_THEIRS: Final = (
    *("status", "price", "currency", "fee_due", "is_paid", "role", "user", "created_by", "booked_by", "version"),
    *("reference", "manage_token", "manage_nonce", "source", "override_reason", "is_first_visit", "needs_review"),
    *("client_id", "id", "pk", "therapist_id", "first", "last", "__class__", "ends_at", "now", "is_override"),
)


@pytest.mark.parametrize(("call", "field"), REQUIRED)
def test_missing_field_is_named(call: str, field: str, world: World, callers: dict[str, Caller]) -> None:
    body = BODIES[call](world)
    *outer, name = field.split(".")
    del (body[outer[0]] if outer else body)[name]
    before = tables()

    answer = send(callers["anonymous"], call, body=body)

    assert answer.status_code == 400
    assert answer.json()["errors"] == {field: [{"code": "required", "message": "This field is required."}]}
    assert tables() == before


@pytest.mark.parametrize("call", BODIES)
def test_field_that_is_not_the_callers_to_set_is_refused(call: str, world: World, callers: dict[str, Caller]) -> None:
    before = tables()

    answer = send(callers["anonymous"], call, body={**BODIES[call](world), **dict.fromkeys(NOT_THEIRS, "1")})

    assert answer.status_code == 400
    assert {name for name, (error,) in answer.json()["errors"].items() if error["code"] == "unknown_field"} >= set(
        sorted(NOT_THEIRS)[:20]
    )
    assert tables() == before


@pytest.mark.parametrize("name", ["is_staff", "id", "user", "alert_line", "email_proved_at", "care_team", "role"])
def test_field_of_the_record_that_is_not_the_visitors_to_set_is_refused(
    name: str, world: World, callers: dict[str, Caller]
) -> None:
    before = tables()

    answer = send(callers["anonymous"], "bookings", body=with_value(booking(world), f"client.{name}", "1"))

    assert list(answer.json()["errors"]) == [f"client.{name}"]
    assert tables() == before


# --- What the holder of a link may send ---------------------------------------------------------------

OF_THE_HOLDER: Final[dict[tuple[str, str], Values]] = {
    ("cancel", "expected_fee"): (
        *(
            True,
            [],
            {},
            "",
            "free",
            "NaN",
            "-NaN",
            "Infinity",
            "-Infinity",
            "1e999",
            -1,
            "-0.01",
            "0.001",
            10**7,
            "9" * 400,
        ),
        *UNSTORABLE,
    ),
    ("cancel", "reason"): (None, True, 5, [], {}, "x" * 201, "two\nlines", *UNSTORABLE),
    ("cancel", "status"): ("fulfilled",),
    ("cancel", "waives_fee"): (True,),
    ("cancel", "by"): ("clinic",),
    ("reschedule", "starts_at"): MOMENTS,
    ("reschedule", "therapist"): (*NO_NUMBER[1:], 2**63, 987_654),
    ("reschedule", "override_reason"): ("because",),
    ("reschedule", "minutes"): (30, 60, 90),
    ("reschedule", "price"): ("0.00",),
}


@pytest.mark.parametrize(("call", "field"), OF_THE_HOLDER)
def test_bad_value_from_the_holder_of_a_link_is_refused_by_name(
    call: str, field: str, world: World, callers: dict[str, Caller]
) -> None:
    before = tables()

    wrong = {}
    for value in OF_THE_HOLDER[call, field]:
        body = {"starts_at": at(13).isoformat()} if call == "reschedule" else {}
        path = f"/api/v1/bookings/{world.own.booked.reference}/{call}/"
        answer = callers["holder"].call("POST", path, with_value(body, field, value))
        if fault := wrong_with(answer, field):
            wrong[repr(value)[:60]] = fault

    assert wrong == {}
    assert tables() == before


# --- Bodies that are none -----------------------------------------------------------------------------

DEEP: Final = 10_000
BROKEN: Final[dict[str, str | bytes]] = {
    "nothing but brackets": "[" * DEEP + "]" * DEEP,
    "objects without end": '{"a":' * DEEP + "1" + "}" * DEEP,
    "deep inside a field": '{"client": ' + "[" * DEEP + "]" * DEEP + "}",
    "not a number": '{"minutes": NaN}',
    "infinity": '{"minutes": Infinity}',
    "a number of ten thousand digits": '{"minutes": ' + "9" * 10_000 + "}",
    "half a document": '{"minutes": 60',
    "two documents": "{}{}",
    "another encoding": '{"minutes": 60}'.encode("utf-16"),
    "bytes that are no text": b'{"minutes": "\xff\xfe"}',
    "single quotes": "{'minutes': 60}",
    "nothing": b" ",
}


@pytest.mark.parametrize("call", BODIES)
@pytest.mark.parametrize("name", BROKEN)
def test_body_that_cannot_be_read_is_refused(name: str, call: str, world: World, callers: dict[str, Caller]) -> None:
    before = tables()

    answer = send(callers["anonymous"], call, content=BROKEN[name])

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_input")
    assert [error["code"] for error in answer.json()["errors"]["body"]] == ["unreadable"]
    assert tables() == before


@pytest.mark.parametrize("call", BODIES)
@pytest.mark.parametrize("body", ["null", "[]", '"text"', "5", "true"])
def test_body_that_is_no_object_is_refused(body: str, call: str, world: World, callers: dict[str, Caller]) -> None:
    answer = send(callers["anonymous"], call, content=body)

    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["body"])


@pytest.mark.parametrize("call", BODIES)
def test_body_of_two_megabytes_is_refused_unread(call: str, world: World, callers: dict[str, Caller]) -> None:
    answer = send(callers["anonymous"], call, content=json.dumps({"treatment": "x" * 2_000_000}))

    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize("call", BODIES)
@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/xml", "a/b/c"]
)
def test_body_of_another_kind_is_refused(kind: str, call: str, world: World, callers: dict[str, Caller]) -> None:
    answer = send(callers["anonymous"], call, body=BODIES[call](world), content_type=kind)

    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize("call", BODIES)
def test_field_said_twice_is_refused(call: str, world: World, callers: dict[str, Caller]) -> None:
    """Which of the two counts would be anybody's guess, and a proxy might guess otherwise."""
    whole = json.dumps(BODIES[call](world))
    name = next(iter(BODIES[call](world)))
    before = tables()

    answer = send(callers["anonymous"], call, content=f'{{"{name}": "calf-release", {whole[1:]}')

    assert (answer.status_code, list(answer.json()["errors"])) == (400, [name])
    assert tables() == before


# --- Queries ------------------------------------------------------------------------------------------

DATES: Final = (
    "",
    "tomorrow",
    "06/01/2027",
    "2027-1-6T",
    "2027-02-30",
    "0001-01-01",
    "9999-12-31",
    "%00",
    "null",
    "-1",
)
QUERIES: Final[dict[str, tuple[str, ...]]] = {
    "treatment": ("", "x" * 81, "no-such", "%00", "%ff", "%27%20OR%201=1"),
    "minutes": ("", "many", "-1", "0", "59", "1e3", "NaN", "Infinity", "9" * 5000, "true", "%00", "60;DROP"),
    "therapist": ("", "x", "-1", "0", "1.5", "987654", "9" * 30, "%00", "null", "true"),
    "from": DATES,
    "to": (*DATES, "2027-01-05", "2027-03-09"),
    "page": ("1",),
    "first": ("2027-01-06",),
    "ordering": ("password",),
}


@pytest.mark.parametrize("name", QUERIES)
def test_bad_parameter_of_free_times_is_named(name: str, world: World, callers: dict[str, Caller]) -> None:
    good = {"treatment": world.clinic.treatment.slug, "minutes": "60", "from": "2027-01-06", "to": "2027-01-06"}
    before = tables()

    wrong = {}
    for value in QUERIES[name]:
        query = "&".join(f"{key}={value if key == name else good[key]}" for key in {**good, name: ""})
        answer = callers["anonymous"].call("GET", f"/api/v1/availability/?{query}")
        if fault := wrong_with(answer, name):
            wrong[value[:40]] = fault

    assert wrong == {}
    assert tables() == before


# --- What people are called ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "Ada 🦵🏽",
        "\u202eadA",
        "محمد",
        "O'Brien-Smith",
        "<script>alert(1)</script>",
        "=1+1",
        "{{ 7*7 }}",
        "%s%n",
        "Robert'); --",
    ],
)
def test_name_of_any_script_is_kept_as_it_is(name: str, world: World, callers: dict[str, Caller]) -> None:
    with undone():
        answer = send(callers["anonymous"], "bookings", body=with_value(booking(world), "client.first_name", name))

        assert answer.status_code == 201
        assert Person.objects.get(appointments__reference=answer.json()["reference"]).first_name == name


# --- The controls -------------------------------------------------------------------------------------


def test_unknown_field_control_is_dropped_in_silence_without_the_strict_serializer(
    world: World, callers: dict[str, Caller], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(StrictSerializer, "to_internal_value", serializers.Serializer.to_internal_value)

    with pytest.raises((AssertionError, KeyError)), undone():
        test_field_that_is_not_the_callers_to_set_is_refused("guide", world, callers)


def test_moment_control_is_let_in_without_the_check_of_its_range(
    world: World, callers: dict[str, Caller], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fields.MomentField, "enforce_timezone", lambda self, value: value.replace(tzinfo=UTC))

    with pytest.raises((AssertionError, OverflowError)), undone():
        test_bad_value_is_refused_by_name_and_nothing_is_stored("bookings", "starts_at", world, callers)
