"""What belongs to others cannot be reached by naming it: in a body, in a filter, in an order or a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import pytest

from bookings.models import Appointment
from clients.models import Client as Person
from clients.models import ConsentRecord, RecordEntry, TreatmentNote
from clinic.accounts.models import User
from tests.access.callers import Caller
from tests.access.calls import readable, shape, words_out_of_place
from tests.access.routes import all_routes
from tests.access.subjects import body_of, subject_of
from tests.access.table import load_table
from tests.access.world import Missing, World, undone
from tests.bookings.clinic import at
from tests.security.traces import tables

pytestmark = pytest.mark.django_db

Body = dict[str, Any]
V1: Final = "/api/v1"

# --- Keys of others in a body -------------------------------------------------------------------------


@dataclass(frozen=True)
class Foreign:
    """A call that would be one's own, but for the key that is put into its body."""

    name: str
    method: str
    path: Callable[[World], str]
    body: Callable[[World, Any], Body]
    foreign: Callable[[World], Any]
    missing: Any


BY_THE_THERAPIST = [
    Foreign(
        "appointment for another's client",
        "POST",
        lambda w: "/appointments/",
        lambda w, key: {**body_of("POST", "api/v1/appointments/", w), "client": key},
        lambda w: w.other.client.pk,
        Missing.number,
    ),
    Foreign(
        "appointment with another therapist",
        "POST",
        lambda w: "/appointments/",
        lambda w, key: {**body_of("POST", "api/v1/appointments/", w), "therapist": key},
        lambda w: w.other.therapist.pk,
        Missing.number,
    ),
    Foreign(
        "own appointment moved to another therapist",
        "POST",
        lambda w: f"/appointments/{w.own.booked.pk}/reschedule/",
        lambda w, key: {"starts_at": at(13).isoformat(), "therapist": key},
        lambda w: w.other.therapist.pk,
        Missing.number,
    ),
    Foreign(
        "another's client on the waitlist",
        "POST",
        lambda w: "/waitlist/",
        lambda w, key: {**body_of("POST", "api/v1/waitlist/", w), "client": key},
        lambda w: w.other.client.pk,
        Missing.number,
    ),
    Foreign(
        "waitlist for another therapist",
        "POST",
        lambda w: "/waitlist/",
        lambda w, key: {**body_of("POST", "api/v1/waitlist/", w), "therapist": key},
        lambda w: w.other.therapist.pk,
        Missing.number,
    ),
    Foreign(
        "working hours of another",
        "POST",
        lambda w: "/working-hours/",
        lambda w, key: {**body_of("POST", "api/v1/working-hours/", w), "therapist": key},
        lambda w: w.other.therapist.pk,
        Missing.number,
    ),
    Foreign(
        "one-off hours of another",
        "POST",
        lambda w: "/one-off-hours/",
        lambda w, key: {**body_of("POST", "api/v1/one-off-hours/", w), "therapist": key},
        lambda w: w.other.therapist.pk,
        Missing.number,
    ),
    Foreign(
        "time off of another",
        "POST",
        lambda w: "/time-off/",
        lambda w, key: {**body_of("POST", "api/v1/time-off/", w), "therapist": key},
        lambda w: w.other.therapist.pk,
        Missing.number,
    ),
    Foreign(
        "time off that cancels another's booking",
        "POST",
        lambda w: "/time-off/",
        lambda w, key: {
            **body_of("POST", "api/v1/time-off/", w),
            "resolutions": [{"reference": key, "action": "cancel"}],
        },
        lambda w: w.other.booked.reference,
        Missing.reference,
    ),
    Foreign(
        "note on the appointment of another's client",
        "POST",
        lambda w: f"/clients/{w.own.client.pk}/notes/",
        lambda w, key: {**body_of("POST", "api/v1/clients/<int:client_id>/notes/", w), "appointment_reference": key},
        lambda w: w.other.arrived.reference,
        Missing.reference,
    ),
]
BY_THE_THERAPIST += [
    Foreign(
        f"{kind} in place of another client's",
        "POST",
        lambda w, kind=kind: f"/clients/{w.own.client.pk}/{kind}/",  # type: ignore[misc]  # bound early
        lambda w, key, kind=kind: {  # type: ignore[misc]
            **body_of("POST", f"api/v1/clients/<int:client_id>/{kind}/", w),
            "replaces": str(key),
        },
        lambda w, kind=kind: (
            RecordEntry.objects.get(  # type: ignore[misc]
                client=w.other.client, kind=kind.removesuffix("s")
            ).pk
        ),
        Missing.uuid,
    )
    for kind in ("intake", "measurements", "body-charts", "home-care")
]
BY_THE_CLIENT: Final = [
    Foreign(
        "profile of another client",
        "PATCH",
        lambda w: "/me/",
        lambda w, key: {"client": key, "version": 1, "gp_name": "Dr Who"},
        lambda w: w.other.client.pk,
        Missing.number,
    ),
    Foreign(
        "consent of another client",
        "POST",
        lambda w: "/me/consents/",
        lambda w, key: {"client": key, **body_of("POST", "api/v1/me/consents/", w)},
        lambda w: w.other.client.pk,
        Missing.number,
    ),
    Foreign(
        "contact preferences of another client",
        "PATCH",
        lambda w: "/me/contact-preferences/",
        lambda w, key: {"client": key, **body_of("PATCH", "api/v1/me/contact-preferences/", w)},
        lambda w: w.other.client.pk,
        Missing.number,
    ),
    Foreign(
        "own intake on another's appointment",
        "POST",
        lambda w: "/me/intake/",
        lambda w, key: {**body_of("POST", "api/v1/me/intake/", w), "appointment_reference": key},
        lambda w: w.other.arrived.reference,
        Missing.reference,
    ),
    Foreign(
        "own intake in place of another's",
        "POST",
        lambda w: "/me/intake/",
        lambda w, key: {**body_of("POST", "api/v1/me/intake/", w), "replaces": str(key)},
        lambda w: RecordEntry.objects.get(client=w.other.client, kind="intake").pk,
        Missing.uuid,
    ),
    Foreign(
        "intake of another client",
        "POST",
        lambda w: "/me/intake/",
        lambda w, key: {**body_of("POST", "api/v1/me/intake/", w), "client": key},
        lambda w: w.other.client.pk,
        Missing.number,
    ),
    Foreign(
        "own booking moved with a therapist who is not there",
        "POST",
        lambda w: f"/bookings/{w.own.booked.reference}/reschedule/",
        lambda w, key: {"starts_at": at(13).isoformat(), "therapist": key},
        lambda w: Missing.number,
        Missing.number + 1,
    ),
]
ALL: Final = [("therapist", case) for case in BY_THE_THERAPIST] + [("client", case) for case in BY_THE_CLIENT]


@pytest.mark.parametrize(("role", "case"), ALL, ids=[case.name for _, case in ALL])
def test_key_of_anothers_thing_is_like_one_that_is_not_there(
    role: str, case: Foreign, world: World, callers: dict[str, Caller]
) -> None:
    path = V1 + case.path(world)
    before = tables()

    others = callers[role].call(case.method, path, case.body(world, case.foreign(world)))
    absent = callers[role].call(case.method, path, case.body(world, case.missing))

    assert shape(others) == shape(absent)
    assert others.status_code in {400, 404}
    assert tables() == before


def test_key_of_anothers_thing_control_is_taken_from_the_front_desk(world: World, callers: dict[str, Caller]) -> None:
    body = {**body_of("POST", "api/v1/appointments/", world), "client": world.other.client.pk}

    with undone():
        assert callers["receptionist"].call("POST", f"{V1}/appointments/", body).status_code == 201


def test_room_is_no_way_to_bookings_of_other_therapists(world: World, callers: dict[str, Caller]) -> None:
    """Time off of a room names the bookings in its way, and can cancel them."""
    body = {"room": world.other.booked.room_id, "starts_at": at(9).isoformat(), "ends_at": at(17).isoformat()}

    refused = callers["therapist"].call("POST", f"{V1}/time-off/", body)
    control = callers["receptionist"].call("POST", f"{V1}/time-off/", {**body, "end_holds": True})

    assert refused.status_code == 404
    assert control.json()["code"] == "strands_bookings"


# --- Fields that are not the caller's to set ----------------------------------------------------------

NOT_THEIRS: Final = (
    *("id", "pk", "version_", "status", "state", "price", "fee_due", "is_paid", "role", "user", "created_by", "author"),
    *("recorded_by", "created_at", "signed_at", "signed_digest", "email_proved_at", "merged_into", "is_on_legal_hold"),
    *("care_team", "resource", "resource_id", "reference", "manage_nonce", "is_cancelled", "public_id", "source"),
)
WRITES: Final = [
    (route, verb)
    for route in all_routes()
    for verb in ("POST", "PUT", "PATCH")
    if route.pattern.startswith("api/") and verb in route.verbs
]
# These take no body at all.
BODILESS: Final = {"api/v1/waitlist/<int:pk>/withdraw/"}


@pytest.mark.parametrize(
    ("route", "verb"), WRITES, ids=[f"{verb} {route.pattern.removeprefix('api/v1/')}" for route, verb in WRITES]
)
def test_field_that_is_not_the_callers_to_set_is_refused_or_has_no_effect(
    route: Any, verb: str, world: World, callers: dict[str, Caller]
) -> None:
    role = "client" if route.pattern.startswith(("api/v1/me/", "api/v1/bookings/")) else "therapist"
    role = "owner" if route.pattern.endswith("merge/") else role
    path = route.path(*(subject_of(route.pattern, "own", world) if route.has_subject else ()))
    body = body_of(verb, route.pattern, world)
    added = {name: "1" for name in NOT_THEIRS if name not in body}
    before = tables()

    with undone():
        answer = callers[role].call(verb, path, {**body, **added}, {"Idempotency-Key": "k"})
    unread = {name for name in added if name not in answer.json().get("errors", {})}

    if route.pattern not in BODILESS:
        assert answer.status_code == 400
        assert len(added) - len(unread) == 20  # as many as are named in one answer
    assert tables() == before


def test_client_cannot_change_who_they_are(world: World, callers: dict[str, Caller]) -> None:
    for name in ("first_name", "last_name", "date_of_birth", "email", "alert_line", "guardian_name"):
        answer = callers["client"].call("PATCH", f"{V1}/me/", {"version": 1, name: "Somebody"})
        assert list(answer.json()["errors"]) == [name]


def test_client_who_books_as_another_makes_no_booking_of_theirs(world: World, callers: dict[str, Caller]) -> None:
    """The other's whole name, address and date of birth prove nothing."""
    other = world.other.client
    body = {
        **body_of("POST", "api/v1/bookings/", world),
        "client": {
            "first_name": other.first_name,
            "last_name": other.last_name,
            "email": other.email,
            "date_of_birth": "1990-05-17",
        },
    }
    with undone():
        for caller in ("client", "anonymous", "receptionist"):
            answer = callers[caller].call("POST", f"{V1}/bookings/", body, {"Idempotency-Key": caller})
            assert answer.status_code in {201, 409}
        assert not Appointment.objects.filter(client=other, starts_at=at(12)).exists()
        assert Person.objects.get(pk=other.pk).user_id == world.other.client_user.pk


def test_signed_in_staff_cannot_write_under_anothers_name(world: World, callers: dict[str, Caller]) -> None:
    with undone():
        path = f"{V1}/clients/{world.own.client.pk}"
        callers["therapist"].call("POST", f"{path}/notes/", {"content": {"subjective": "mine"}})
        callers["therapist"].call("POST", f"{path}/consents/", body_of("POST", "api/v1/me/consents/", world))

        assert TreatmentNote.objects.latest("created_at").author == world.own.therapist_user
        assert ConsentRecord.objects.latest("recorded_at").recorded_by == world.own.therapist_user


# --- Filters, orders and pages ------------------------------------------------------------------------

LISTS: Final = (
    *("clients/", "appointments/", "working-hours/", "one-off-hours/", "time-off/", "waitlist/", "messages/", "diary/"),
)


def filters(world: World) -> dict[str, tuple[Any, ...]]:
    other = world.other
    return {
        "clients/": (
            f"search={other.client.last_name}",
            f"search={other.client.email}",
            "search=01632%20960222",
            f"therapist={other.therapist_user.pk}",
            "has_account=true&page_size=200",
        ),
        "appointments/": (
            f"client={other.client.pk}",
            f"therapist={other.therapist.pk}",
            "status=booked&page_size=200",
        ),
        "working-hours/": (f"therapist={other.therapist.pk}",),
        "one-off-hours/": (f"therapist={other.therapist.pk}",),
        "time-off/": (f"therapist={other.therapist.pk}", "include_cancelled=true"),
        "waitlist/": ("state=waiting&page_size=200",),
        "messages/": (f"client={other.client.pk}", "status=sent", "kind=confirmation"),
        "diary/": (f"from=2027-01-01&to=2027-02-20&therapist={other.therapist.pk}", "from=2027-01-01&to=2027-02-20"),
    }


@pytest.mark.parametrize("name", LISTS)
def test_filter_shows_nothing_of_others(name: str, world: World, callers: dict[str, Caller]) -> None:
    for query in filters(world)[name]:
        answer = callers["therapist"].call("GET", f"{V1}/{name}?{query}")

        assert answer.status_code in {200, 404}
        assert words_out_of_place(answer, "therapist", world) == []


@pytest.mark.parametrize("name", LISTS)
def test_filter_control_shows_them_to_the_front_desk(name: str, world: World, callers: dict[str, Caller]) -> None:
    query = filters(world)[name][0]

    text = readable(callers["owner"].call("GET", f"{V1}/{name}?{query}"))

    assert [word for word in world.other.marks if word in text] or f'"therapist":{world.other.therapist.pk}' in text


ORDERINGS: Final = (
    *("user__password", "-user__password", "care_team__email", "name_key", "?", "pk;DROP TABLE clients_client"),
    *("(CASE WHEN 1=1 THEN name END)", "1", "", "name,user", "last_name"),
)


@pytest.mark.parametrize("ordering", ORDERINGS)
def test_order_by_what_is_not_offered_is_refused(ordering: str, callers: dict[str, Caller]) -> None:
    answer = callers["receptionist"].call("GET", f"{V1}/clients/?ordering={ordering}")

    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["ordering"])


LOOKUPS: Final = (
    *("user__password__startswith=a", "client__email__contains=a", "client_id=1", "pk=1", "id__gt=0", "fields=email"),
    *("expand=client", "include=notes", "format=api", "limit=1000", "offset=1", "q=a", "order_by=email"),
)


@pytest.mark.parametrize("query", LOOKUPS)
def test_parameter_that_is_not_offered_is_refused(query: str, callers: dict[str, Caller]) -> None:
    for name in ("clients/", "appointments/", "messages/", "audit/", "waitlist/", "time-off/", "working-hours/"):
        answer = callers["owner"].call("GET", f"{V1}/{name}?{query}")

        assert answer.status_code in {400, 404}, name


def test_search_takes_wildcards_and_quotes_as_they_stand(world: World, callers: dict[str, Caller]) -> None:
    for text in ("%25", "_", "'", "%27%20OR%20%271%27=%271", "%5C", "*"):
        answer = callers["receptionist"].call("GET", f"{V1}/clients/?search={text}")

        assert (answer.status_code, answer.json()["count"]) == (200, 0)


@pytest.mark.parametrize("number", ["2", "999", "0", "-1", "last", "9" * 30])
def test_page_beyond_the_last_shows_nothing(number: str, callers: dict[str, Caller]) -> None:
    answer = callers["therapist"].call("GET", f"{V1}/clients/?page={number}")

    assert answer.status_code in {400, 404}
    assert "results" not in answer.json()


# --- What one client may learn of another -------------------------------------------------------------


def test_client_meets_no_email_address_but_their_own_and_the_clinics(world: World, callers: dict[str, Caller]) -> None:
    addresses = set(User.objects.values_list("email", flat=True)) | set(Person.objects.values_list("email", flat=True))
    others = addresses - {world.own.client_user.email, ""}
    table = load_table()

    shown = set()
    for route in (r for r in all_routes() if r.pattern.startswith("api/") and "GET" in table[r.pattern]):
        path = route.path(*(subject_of(route.pattern, "own", world) if route.has_subject else ()))
        text = readable(callers["client"].call("GET", path))
        shown |= {(route.pattern, address) for address in others if address in text}

    assert shown == set()
