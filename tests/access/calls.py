"""Carrying out the rows of the table, and saying where the site differs from it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

from tests.access.callers import ROLES, Caller
from tests.access.routes import VERBS, Route
from tests.access.subjects import CASES, body_of, headers_of, query_of, subject_of
from tests.access.table import Row, row_for
from tests.access.world import World, undone

_FIRST_ERROR: Final = 400
# What an answer may carry that has nothing to do with who asked for what.
_OF_NO_CONCERN: Final = frozenset({"Content-Length", "Set-Cookie", "ETag"})


def differences(route: Route, rows: dict[str, Row], world: World, callers: dict[str, Caller]) -> Iterator[str]:
    """One line for each answer that is not as the table has it, shows what it must not, or tells two cases apart."""
    for verb in VERBS:
        yield from _differences_of_verb(route, verb, row_for(rows, verb), world, callers)


def _differences_of_verb(
    route: Route, verb: str, row: Row | None, world: World, callers: dict[str, Caller]
) -> Iterator[str]:
    for role in ROLES:
        answers = {}
        for case in CASES if route.has_subject else CASES[:1]:
            answer = answers[case] = answer_to(route, verb, case, world, callers[role])
            where = f"{role} {verb} /{route.pattern} ({case})"
            if row is None or answer.status_code != row.expected(role, case):
                expected = row.expected(role, case) if row else "a line in the table"
                yield f"{where}: {answer.status_code}, expected {expected}"
            for word in words_out_of_place(answer, role, world):
                yield f"{where}: shows {word}"
        if route.has_subject and row is not None:
            yield from _told_apart(f"{role} {verb} /{route.pattern}", answers, is_seen=row.expected(role, "other"))


def answer_to(route: Route, verb: str, case: str, world: World, caller: Caller) -> Any:
    """The answer, with everything undone that the call did."""
    subject = subject_of(route.pattern, case, world) if route.has_subject else ()
    path = route.path(*subject) + query_of(verb, route.pattern, world)
    if route.is_admin:
        return form_answer(caller, verb, path)
    with undone():
        return caller.call(verb, path, body_of(verb, route.pattern, world), headers_of(verb, route.pattern))


def form_answer(caller: Caller, verb: str, path: str) -> Any:
    """The answer of a page of the owner's site; what is sent is an empty form."""
    with undone():
        return caller.call(verb, path, content="", content_type="application/x-www-form-urlencoded")


def words_out_of_place(answer: Any, role: str, world: World) -> list[str]:
    """What tells of people whom this role may not know of."""
    hidden = {
        "anonymous": (*world.own.marks, *world.other.marks),
        "holder": (*without(world.own.marks, world.own.booked.reference), *world.other.marks),
        "client": (*world.other.marks, world.own.therapist_user.email),
        "therapist": world.other.marks,
    }.get(role, ())
    staff = (world.owner.email, world.receptionist.email) if role in {"anonymous", "holder", "client"} else ()
    text = readable(answer)
    asked = answer.request["PATH_INFO"]  # what stands in the address may stand in the page
    return [word for word in (*hidden, *staff) if word in text and word not in asked]


def readable(answer: Any) -> str:
    """The body and every header, as one text."""
    headers = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
    cookies = answer.cookies.output()
    return f"{headers}\n{cookies}\n{answer.content.decode(errors='replace')}"


def without(words: Iterable[str], *known: str) -> tuple[str, ...]:
    return tuple(word for word in words if word not in known)


def _told_apart(where: str, answers: dict[str, Any], *, is_seen: int) -> Iterator[str]:
    """Another's thing and one that is not there must not differ in anything."""
    if is_seen < _FIRST_ERROR or answers["missing"].status_code < _FIRST_ERROR:
        return
    other, missing = shape(answers["other"]), shape(answers["missing"])
    if other[0] == missing[0] and other != missing:
        yield f"{where}: another's differs from a missing one: {other} {missing}"


def shape(answer: Any) -> tuple[int, dict[str, str], Any]:
    """Status, headers and body, without what the server makes anew for each answer."""
    headers = {name: value for name, value in answer.headers.items() if name not in _OF_NO_CONCERN}
    try:
        body = json.loads(answer.content)
    except ValueError:
        body = answer.content
    return answer.status_code, headers, body
