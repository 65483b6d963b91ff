"""Calls made up from the OpenAPI document, as every role, and what is wrong with their answers.

Everything a call does is undone before the next one, so each meets the same clinic.

# Note [Made up, but not all of it]
Pure invention rarely gets past the first look-up. So in half of the cases what names something
(keys, references, slugs, times) is put in from the scene, the own party's or the other's; and in half
of these the body is one that would succeed, with a member made up here and there.
"""

from __future__ import annotations

import importlib.metadata
import platform
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

import hypothesis
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from drf_spectacular.generators import SchemaGenerator
from hypothesis import strategies as st
from schemathesis import checks
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.schemas import APIOperation, BaseSchema
from schemathesis.specs.openapi import checks as openapi

from tests.access.callers import Caller
from tests.access.routes import all_routes
from tests.access.subjects import body_of, subject_of
from tests.access.world import World, undone
from tests.bookings.clinic import WEDNESDAY, at

_VERSIONS: Final = ("Django", "djangorestframework", "drf-spectacular", "hypothesis", "schemathesis")


@dataclass
class Report:
    role: str
    seed: int
    cases: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    operations: set[str] = field(default_factory=set)
    succeeded: set[str] = field(default_factory=set)
    failures: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0

    def lines(self) -> Iterator[str]:
        versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in _VERSIONS)
        yield f"role {self.role}, seed {self.seed}, Python {platform.python_version()}, {versions}"
        counts = ", ".join(f"{status}: {count}" for status, count in sorted(self.statuses.items()))
        yield f"{self.cases} cases in {self.seconds:.0f} s; {counts}"
        yield f"{len(self.operations)} operations, {len(self.succeeded)} of them answered with success"
        if never := sorted(self.operations - self.succeeded):
            yield f"never: {', '.join(never)}"
        yield f"{len(self.failures)} kinds of wrong answers"
        for name, detail in sorted(self.failures.items()):
            yield f"--- {name}\n{detail}"


def fuzz(caller: Caller, world: World, *, cases: int, seed: int, only: str = "") -> Report:
    """Share `cases` out among all operations, or those of one path. The same seed makes the same calls."""
    report = Report(caller.role, seed)
    began = time.perf_counter()
    schema = load_schema()
    operations = [_sound(result) for result in schema.get_all_operations()]
    if only:
        operations = [operation for operation in operations if operation.path == only]
    with _connections_kept():
        for number, operation in enumerate(operations):
            share = cases // len(operations) + (number < cases % len(operations))
            if share:
                _fuzz_operation(operation, caller, world, report, cases=share, seed=seed + number)
    report.seconds = time.perf_counter() - began
    return report


def load_schema() -> BaseSchema:
    """The document as the server would give it now."""
    document = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    schema = schemathesis.openapi.from_dict(document)
    schema.app = get_wsgi_application()
    return schema


def _sound(result: Any) -> APIOperation[Any, Any, Any, Any]:
    """Raises what is wrong with the document itself."""
    operation: APIOperation[Any, Any, Any, Any] = result.ok()
    return operation


@contextmanager
def _connections_kept() -> Iterator[None]:
    """The end of a request would close the connection that holds the scene, as Django's test client knows too."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in signals:
            signal.connect(close_old_connections)


def _fuzz_operation(
    operation: APIOperation[Any, Any, Any, Any], caller: Caller, world: World, report: Report, *, cases: int, seed: int
) -> None:
    modes = [operation.as_strategy(generation_mode=GenerationMode.POSITIVE)]
    if operation.body or operation.query or operation.path_parameters:
        modes.append(operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=cases,
        deadline=None,
        database=None,
        phases=(hypothesis.Phase.generate,),
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(case=st.one_of(modes), chance=st.integers(0, 2**32))
    def one_call(case: Any, chance: int) -> None:
        _put_in_what_exists(case, world, random.Random(chance))
        _judge(case, caller, report)

    one_call()


# --- One call -----------------------------------------------------------------------------------------


def _judge(case: Any, caller: Caller, report: Report) -> None:
    """Send the call, and write down how it was answered."""
    with undone():
        answer = case.call(headers=_headers(caller, case, number=report.cases), cookies=caller.cookies)
    report.cases += 1
    report.statuses[answer.status_code] += 1
    name = f"{case.method} {case.operation.path}"
    report.operations.add(name)
    if answer.status_code < HTTPStatus.BAD_REQUEST:
        report.succeeded.add(name)
    judges = [
        checks.not_a_server_error,
        openapi.status_code_conformance,
        openapi.content_type_conformance,
        openapi.response_schema_conformance,
        is_a_proper_problem,
    ]
    try:
        case.validate_response(answer, checks=judges)
    except FailureGroup as failures:
        for failure in failures.exceptions:
            kind = f"{name}: {answer.status_code} {type(failure).__name__}"
            report.failures.setdefault(kind, f"{failure}\n{case.as_curl_command()}\n{answer.text[:500]}")


def is_a_proper_problem(ctx: Any, answer: Any, case: Any) -> None:
    """Refusals carry a code, and refusals of input the fields."""
    if answer.status_code < HTTPStatus.BAD_REQUEST:
        return
    body = answer.json()
    assert body.get("status") == answer.status_code, "`status` is not the status"
    assert body.get("code"), "no code"
    if answer.status_code == HTTPStatus.BAD_REQUEST and body["code"] == "invalid_input":
        assert body.get("errors"), "no field is named"
        for field_name, errors in body["errors"].items():
            assert field_name, "a field without a name"
            assert all(error["code"] and error["message"] for error in errors), f"{field_name} lacks code or message"


def _headers(caller: Caller, case: Any, *, number: int) -> dict[str, str]:
    headers = {"Host": "localhost", "X-CSRFToken": caller.cookies["csrftoken"]}
    if caller.manage_token:
        headers["Authorization"] = f"Booking {caller.manage_token}"
    if number % 4 and case.operation.path.endswith("/bookings/"):
        headers["Idempotency-Key"] = f"fuzz-{number}"
    return headers


# --- What exists --------------------------------------------------------------------------------------


def _put_in_what_exists(case: Any, world: World, chance: random.Random) -> None:
    """See Note [Made up, but not all of it]."""
    if chance.random() < 0.5:
        return
    known = _known(world, chance)
    for name in list(case.path_parameters or {}):
        case.path_parameters[name] = known.path(case.operation.path, name)
    for name in list(case.query or {}):
        if name in known.values and chance.random() < 0.8:
            case.query[name] = known.values[name]()
    if isinstance(case.body, dict):
        _fill(case.body, known.values, chance)
        whole = body_of(case.method, _route_of(case.operation.path), world)
        if whole and chance.random() < 0.5:
            case.body = whole | {name: value for name, value in case.body.items() if chance.random() < 0.1}


def _fill(body: dict[str, Any], values: dict[str, Callable[[], Any]], chance: random.Random) -> None:
    for name, value in body.items():
        if isinstance(value, dict):
            _fill(value, values, chance)
        elif name in values and chance.random() < 0.8:
            body[name] = values[name]()


@dataclass
class _Known:
    values: dict[str, Callable[[], Any]]
    path: Callable[[str, str], Any]


def _known(world: World, chance: random.Random) -> _Known:
    party = world.own if chance.random() < 0.8 else world.other

    def in_path(path: str, name: str) -> Any:
        (subject,) = subject_of(_route_of(path), "own" if party is world.own else "other", world)
        return subject

    def moment() -> str:
        return at(chance.randint(8, 17), chance.choice((0, 15, 30, 7))).isoformat()

    values: dict[str, Callable[[], Any]] = {
        "client": lambda: party.client.pk,
        "merged": lambda: party.twin.pk,
        "therapist": lambda: party.therapist.pk,
        "room": lambda: chance.choice(world.clinic.rooms).pk,
        "location": lambda: world.clinic.location.pk,
        "treatment": lambda: world.clinic.treatment.slug,
        "minutes": lambda: 60,
        "version": lambda: chance.randint(1, 3),
        "starts_at": moment,
        "ends_at": moment,
        "hold": lambda: party.hold_token,
        "appointment_reference": lambda: party.booked.reference,
        "reference": lambda: party.booked.reference,
        "from": WEDNESDAY.isoformat,
        "to": WEDNESDAY.isoformat,
        "from_on": WEDNESDAY.isoformat,
        "until_on": WEDNESDAY.isoformat,
        "accepts_policy": lambda: True,
        "email": lambda: chance.choice((party.client.email, "ada@example.org")),
    }
    return _Known(values, in_path)


def _route_of(path: str) -> str:
    """The resolver's pattern for a path of the document, which may call its parameters otherwise."""
    wanted = re.sub(r"{[^}]*}", "{}", path)
    return next(r.pattern for r in all_routes() if "/" + re.sub(r"<[^>]*>", "{}", r.pattern) == wanted)
