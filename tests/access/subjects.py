"""What an address names in each case, and what is sent to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from clients.services.entries import Kind
from tests.access.world import TUESDAY, Missing, Party, World
from tests.bookings.clinic import NOW, WEDNESDAY, at, booking_body
from tests.clients.entry_records import CONTENTS

Subject = tuple[object, ...]
CASES: Final = ("own", "other", "missing")

_PER_PARTY: Final[dict[str, Callable[[Party], object]]] = {
    "api/v1/clients/<int:client_id>/": lambda p: p.client.pk,
    "api/v1/notes/<uuid:note_id>/": lambda p: p.draft.pk,
    "api/v1/notes/<uuid:note_id>/addenda/": lambda p: p.signed.pk,
    "api/v1/screenings/<uuid:screening_id>/": lambda p: p.screening.pk,
    "api/v1/holds/<str:token>/": lambda p: p.hold_token,
    "api/v1/bookings/<str:reference>/": lambda p: p.booked.reference,
    "api/v1/appointments/<int:pk>/": lambda p: p.booked.pk,
    "api/v1/appointments/<int:pk>/check-in/": lambda p: p.arrived.pk,
    "api/v1/appointments/<int:pk>/fulfil/": lambda p: p.checked_in.pk,
    "api/v1/appointments/<int:pk>/no-show/": lambda p: p.begun.pk,
    "api/v1/working-hours/<int:pk>/": lambda p: p.hours.pk,
    "api/v1/one-off-hours/<int:pk>/": lambda p: p.one_off.pk,
    "api/v1/time-off/<int:pk>/": lambda p: p.time_off.pk,
    "api/v1/waitlist/<int:pk>/": lambda p: p.waiting.pk,
    "^manage/": lambda p: p.booked.reference,
}
_MISSING: Final = {
    "<int:": Missing.number,
    "<uuid:": Missing.uuid,
    "<str:token>": Missing.token,
    "<str:reference>": Missing.reference,
    "<slug:": Missing.slug,
    "(?P<reference>": Missing.reference,
    "(?P<slug>": Missing.slug,
}


_OF_PATHS: Final[dict[str, tuple[Subject, ...]]] = {
    "staff/": (("diary",), ("clients/1",), ("nothing/at/all",)),
    "media/": (("nothing.webp",), ("no/thing.webp",), ("../secrets/secret_key",)),
    "admin/r/": (("1", "1"), ("2", "1"), (Missing.number, Missing.number)),
    "admin/^(?P<app_label>": (("bookings",), ("clients",), ("nothing",)),
    "admin/(?P<url>": (("nothing",), ("nothing-else",), ("nothing/at/all",)),
}


def subject_of(pattern: str, case: str, world: World) -> Subject:
    """The parameters of an address: one's own thing, the other party's, or one that is not there."""
    for start, subjects in _OF_PATHS.items():
        if pattern.startswith(start):
            return subjects[CASES.index(case)]
    if case == "missing":
        return (next(value for key, value in _MISSING.items() if key in pattern),)
    if "<slug:slug>" in pattern or "(?P<slug>" in pattern:
        return (world.clinic.treatment.slug if case == "own" else world.draft_treatment.slug,)
    party = world.own if case == "own" else world.other
    longest = max((start for start in _PER_PARTY if pattern.startswith(start)), key=len)
    return (_PER_PARTY[longest](party),)


Body = dict[str, Any]

# What has to be sent so that the call succeeds for those who may make it.
_BODIES: Final[dict[tuple[str, str], Callable[[World], Body]]] = {
    ("POST", "api/v1/guide/"): lambda w: {"answers": {}},
    ("POST", "api/v1/holds/"): lambda w: {**_wanted(w), "starts_at": at(12).isoformat()},
    ("POST", "api/v1/bookings/"): lambda w: booking_body(w.clinic, at(12)),
    ("POST", "api/v1/bookings/<str:reference>/reschedule/"): lambda w: {"starts_at": at(13).isoformat()},
    ("POST", "api/v1/appointments/"): lambda w: {
        **_wanted(w),
        "client": w.own.client.pk,
        "starts_at": at(12).isoformat(),
    },
    ("POST", "api/v1/appointments/<int:pk>/reschedule/"): lambda w: {"starts_at": at(13).isoformat()},
    ("POST", "api/v1/appointments/<int:pk>/enter-in-error/"): lambda w: {"reason": "Typed twice"},
    ("POST", "api/v1/clients/"): lambda w: {"first_name": "Nia", "last_name": "New"},
    ("PATCH", "api/v1/clients/<int:client_id>/"): lambda w: {"version": 1, "gp_name": "Dr Smith"},
    ("POST", "api/v1/clients/<int:client_id>/merge/"): lambda w: {"merged": w.own.twin.pk, "version": 1},
    ("POST", "api/v1/clients/<int:client_id>/confirm-email/"): lambda w: {"version": 1},
    ("PATCH", "api/v1/clients/<int:client_id>/contact-preferences/"): lambda w: _wishes(),
    ("POST", "api/v1/clients/<int:client_id>/consents/"): lambda w: _consent(),
    ("POST", "api/v1/clients/<int:client_id>/notes/"): lambda w: {"content": _soap()},
    ("POST", "api/v1/clients/<int:client_id>/intake/"): lambda w: {"content": CONTENTS[Kind.INTAKE]},
    ("POST", "api/v1/clients/<int:client_id>/measurements/"): lambda w: {"content": CONTENTS[Kind.MEASUREMENT]},
    ("POST", "api/v1/clients/<int:client_id>/body-charts/"): lambda w: {"content": CONTENTS[Kind.BODY_CHART]},
    ("POST", "api/v1/clients/<int:client_id>/home-care/"): lambda w: {"content": CONTENTS[Kind.HOME_CARE]},
    ("POST", "api/v1/me/intake/"): lambda w: {"content": CONTENTS[Kind.INTAKE]},
    ("PUT", "api/v1/notes/<uuid:note_id>/"): lambda w: {"content": _soap(), "version": 1},
    ("POST", "api/v1/notes/<uuid:note_id>/sign/"): lambda w: {"version": 1},
    ("POST", "api/v1/notes/<uuid:note_id>/addenda/"): lambda w: {"text": "More."},
    ("PATCH", "api/v1/me/"): lambda w: {"version": 1, "gp_name": "Dr Smith"},
    ("PATCH", "api/v1/me/contact-preferences/"): lambda w: _wishes(),
    ("POST", "api/v1/me/consents/"): lambda w: _consent(),
    ("POST", "api/v1/working-hours/"): lambda w: {
        **_hours(w),
        "therapist": w.own.therapist.pk,
        "weekday": 0,
        "valid_from": "2028-01-01",
    },
    ("POST", "api/v1/working-hours/week/"): lambda w: {
        "therapist": w.own.therapist.pk,
        "store": [{**_hours(w), "weekday": 0, "valid_from": "2028-01-01"}],
        "remove": [],
    },
    ("PATCH", "api/v1/working-hours/<int:pk>/"): lambda w: {"ends": "21:00"},
    ("POST", "api/v1/one-off-hours/"): lambda w: {**_hours(w), "therapist": w.own.therapist.pk, "on": "2027-04-01"},
    ("PATCH", "api/v1/one-off-hours/<int:pk>/"): lambda w: {"ends": "21:00"},
    ("POST", "api/v1/time-off/"): lambda w: {
        "therapist": w.own.therapist.pk,
        "starts_at": "2027-05-01T09:00:00+00:00",
        "ends_at": "2027-05-01T10:00:00+00:00",
    },
    ("PATCH", "api/v1/time-off/<int:pk>/"): lambda w: {"reason": "Course"},
    ("POST", "api/v1/waitlist/"): lambda w: {
        "client": w.own.client.pk,
        "treatment": w.clinic.treatment.slug,
        "minutes": 60,
        "from_on": TUESDAY.isoformat(),
        "until_on": TUESDAY.isoformat(),
    },
}
_NOBODY: Final = {"email": "nobody@example.org"}
_BODIES.update(
    {
        ("POST", f"_allauth/{client}/v1/auth/{call}"): lambda w, body=body: body  # type: ignore[misc]
        for client in ("browser", "app")
        for call, body in (
            ("login", {**_NOBODY, "password": "not it, and long enough"}),
            ("code/request", _NOBODY),
            ("password/request", _NOBODY),
        )
    }
)
_QUERIES: Final[dict[str, Callable[[World], str]]] = {
    "api/v1/availability/": lambda w: (
        f"?treatment={w.clinic.treatment.slug}&minutes=60&from={WEDNESDAY}&to={WEDNESDAY}"
    ),
    "api/v1/appointments/openings/": lambda w: (
        f"?treatment={w.clinic.treatment.slug}&minutes=60&from={WEDNESDAY}&to={WEDNESDAY}"
    ),
    "api/v1/diary/": lambda w: f"?from={(NOW - timedelta(days=8)).date()}&to={(NOW + timedelta(days=40)).date()}",
}
_HEADERS: Final = {("POST", "api/v1/bookings/"): {"Idempotency-Key": "access-table"}}


def body_of(verb: str, pattern: str, world: World) -> Body:
    make = _BODIES.get((verb, pattern))
    return make(world) if make else {}


def query_of(verb: str, pattern: str, world: World) -> str:
    make = _QUERIES.get(pattern)
    return make(world) if make and verb in {"GET", "HEAD"} else ""


def headers_of(verb: str, pattern: str) -> dict[str, str]:
    return _HEADERS.get((verb, pattern), {})


def _wanted(world: World) -> Body:
    return {"treatment": world.clinic.treatment.slug, "minutes": 60, "therapist": world.own.therapist.pk}


def _hours(world: World) -> Body:
    return {"location": world.clinic.location.pk, "starts": "18:00", "ends": "19:00"}


def _soap() -> Body:
    return dict.fromkeys(("subjective", "objective", "assessment", "plan"), "words")


def _wishes() -> Body:
    return {"preferences": [{"purpose": "marketing", "channel": "email", "is_allowed": True}]}


def _consent() -> Body:
    return {"purpose": "marketing", "is_given": True, "wording_version": "1"}
