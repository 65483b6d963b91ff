"""Calls that anybody may make are counted, and nobody counts as somebody else by saying so."""

from __future__ import annotations

from typing import Any, Final

import pytest
from rest_framework.permissions import AllowAny
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from clinic.api.throttles import PublicThrottle, one_visitor
from tests.access.callers import Caller, signed_in
from tests.access.routes import all_routes
from tests.access.world import World, undone
from tests.security.test_bad_input import hold

pytestmark = pytest.mark.django_db

CLINIC: Final = "/api/v1/clinic/"
SCOPES: Final = ("public_read", "public_write", "booking_link", "guide")


@pytest.fixture(autouse=True)
def two_calls_a_minute(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.PUBLIC_THROTTLE = True
    monkeypatch.setattr(SimpleRateThrottle, "THROTTLE_RATES", dict.fromkeys(SCOPES, "2/min"))


def statuses(caller: Caller, *calls: dict[str, Any], path: str = CLINIC) -> list[int]:
    return [caller.call("GET", path, **call).status_code for call in calls]


def behind_proxies(settings: Any, count: int) -> None:
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": count}


def test_third_call_is_refused_and_says_when_to_come_again(callers: dict[str, Caller]) -> None:
    assert statuses(callers["anonymous"], {}, {}) == [200, 200]

    answer = callers["anonymous"].call("GET", CLINIC)

    assert (answer.status_code, answer.json()["code"]) == (429, "throttled")
    assert answer.headers["Retry-After"] == "60"


def test_each_address_has_its_own_count(callers: dict[str, Caller]) -> None:
    calls = [{"address": f"198.51.100.{number}"} for number in (1, 1, 1, 2)]

    assert statuses(callers["anonymous"], *calls) == [200, 200, 429, 200]


def test_limit_control_is_lifted_by_its_switch(callers: dict[str, Caller], settings: Any) -> None:
    settings.PUBLIC_THROTTLE = False

    assert statuses(callers["anonymous"], {}, {}, {}) == [200, 200, 200]


def test_forwarded_for_is_not_believed_where_no_proxy_stands_in_front(callers: dict[str, Caller]) -> None:
    calls = [{"headers": {"X-Forwarded-For": f"203.0.113.{number}"}} for number in range(3)]

    assert statuses(callers["anonymous"], *calls) == [200, 200, 429]


def test_forwarded_for_is_believed_as_far_as_our_proxy_wrote_it(callers: dict[str, Caller], settings: Any) -> None:
    behind_proxies(settings, 1)
    forged = [{"headers": {"X-Forwarded-For": f"203.0.113.{number}, 198.51.100.1"}} for number in range(3)]
    other = {"headers": {"X-Forwarded-For": "203.0.113.9, 198.51.100.2"}}

    assert statuses(callers["anonymous"], *forged, other) == [200, 200, 429, 200]


def test_forwarded_for_control_is_believed_where_more_proxies_are_said_to_be(
    callers: dict[str, Caller], settings: Any
) -> None:
    behind_proxies(settings, 2)
    forged = [{"headers": {"X-Forwarded-For": f"203.0.113.{number}, 198.51.100.1"}} for number in range(3)]

    assert statuses(callers["anonymous"], *forged) == [200, 200, 200]


def test_a_whole_ipv6_network_is_one_visitor(callers: dict[str, Caller]) -> None:
    calls = [{"address": address} for address in ("2001:db8::1", "2001:db8::ffff:2", "2001:db8::3", "2001:db8:0:1::3")]

    assert statuses(callers["anonymous"], *calls) == [200, 200, 429, 200]


@pytest.mark.parametrize(
    ("address", "visitor"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("unix:", "unix:"),
        ("", ""),
    ],
)
def test_one_visitor_is_an_address_or_a_network(address: str, visitor: str) -> None:
    assert one_visitor(address) == visitor


def test_client_is_counted_by_account_from_whatever_address(callers: dict[str, Caller]) -> None:
    calls = [{"address": f"198.51.100.{number}"} for number in range(3)]

    assert statuses(callers["client"], *calls) == [200, 200, 429]
    assert statuses(callers["anonymous"], *calls) == [200, 200, 200]


def test_staff_at_work_are_not_counted(callers: dict[str, Caller]) -> None:
    assert statuses(callers["receptionist"], *[{}] * 5) == [200] * 5


def test_another_method_or_address_of_the_site_gives_no_further_calls(callers: dict[str, Caller]) -> None:
    visitor = callers["anonymous"]
    statuses(visitor, {}, {})

    assert visitor.call("OPTIONS", CLINIC).status_code == 429
    assert visitor.call("GET", "/api/v1/treatments/").status_code == 429
    assert visitor.call("GET", f"{CLINIC}?x={'y' * 50}").status_code == 429


def test_every_call_open_to_all_is_counted() -> None:
    views = {route.pattern: getattr(route.callback, "cls", None) for route in all_routes()}
    is_open = {
        pattern: view
        for pattern, view in views.items()
        if isinstance(view, type) and issubclass(view, APIView) and set(view.permission_classes) == {AllowAny}
    }

    uncounted = {p for p, view in is_open.items() if not _is_counted(view)}
    assert uncounted == {"api/v1/docs/"}  # a page without data: its script calls the schema, which is counted
    assert len(is_open) > 10


def _is_counted(view: Any) -> bool:
    return any(issubclass(throttle, PublicThrottle) for throttle in view.throttle_classes)


# --- Hoarding -----------------------------------------------------------------------------------------


def test_visitor_holds_a_few_slots_and_no_more(world: World, callers: dict[str, Caller], settings: Any) -> None:
    settings.PUBLIC_THROTTLE = False
    with undone():
        world.clinic.set_rules(holds_per_visitor=2)
        answers = [_hold_at(hour, world, callers["anonymous"]) for hour in (9, 11, 13)]
        elsewhere = _hold_at(13, world, callers["anonymous"], address="198.51.100.1")
        signed = _hold_at(16, world, signed_in(world.own.client_user, "client"), address="127.0.0.1")

    assert [answer.status_code for answer in answers] == [201, 201, 409]
    assert answers[-1].json()["code"] == "too_many_holds"
    assert elsewhere.status_code == 201
    assert signed.status_code == 201


def test_neighbours_in_an_ipv6_network_hold_as_one_visitor(
    world: World, callers: dict[str, Caller], settings: Any
) -> None:
    settings.PUBLIC_THROTTLE = False
    with undone():
        world.clinic.set_rules(holds_per_visitor=1)
        first = _hold_at(9, world, callers["anonymous"], address="2001:db8::1")
        second = _hold_at(11, world, callers["anonymous"], address="2001:db8::2")

    assert (first.status_code, second.status_code) == (201, 409)


def _hold_at(hour: int, world: World, caller: Caller, **extra: Any) -> Any:
    starts_at = f"2027-01-07T{hour:02}:00:00+00:00"
    return caller.call("POST", "/api/v1/holds/", {**hold(world), "starts_at": starts_at}, **extra)
