"""One side of `bench.availability`: writes the past, then answers each line with one measured call."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import clinic.wsgi  # noqa: F401  # isort: skip  # sets Django up: before any model

from django.db import connection
from django.test import Client as Browser

from bench.past import write_past
from bookings import availability
from bookings.models import Therapist
from bookings.selectors import openings
from bookings.services.staff_booking import book_for_client
from tests.factories import make_client, make_user
from treatments.models import TreatmentOption


class Clock:
    """Adds up what the queries and the pure function of one call take, in seconds."""

    def __init__(self) -> None:
        self.queries = 0
        self.in_database = self.in_pure_function = 0.0
        self._pure = availability.find_openings
        openings.find_openings = self._timed_pure  # type: ignore[attr-defined]  # the name it imported
        connection.execute_wrappers.append(self._timed_query)

    def reset(self) -> None:
        self.queries = 0
        self.in_database = self.in_pure_function = 0.0

    def _timed_pure(self, **values: Any) -> Any:
        began = time.perf_counter()
        try:
            return self._pure(**values)
        finally:
            self.in_pure_function += time.perf_counter() - began

    def _timed_query(self, execute: Callable[..., Any], *query: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(*query)
        finally:
            self.queries += 1
            self.in_database += time.perf_counter() - began


def write_diary(past: int) -> None:
    if not past:
        return
    therapist = Therapist.objects.first()
    assert therapist
    template = book_for_client(
        make_client(),
        option=TreatmentOption.objects.get(),
        starts_at=datetime(1990, 1, 2, 9, tzinfo=UTC),
        therapist_id=therapist.pk,
        actor=make_user("owner"),
        now=datetime.now(UTC),
        override_reason="From paper.",
    )
    write_past(template, count=past)


def call(clock: Clock, browser: Browser, query: dict[str, Any]) -> dict[str, Any]:
    clock.reset()
    began = time.perf_counter()
    answer = browser.get("/api/v1/availability/", query)
    took = time.perf_counter() - began
    assert answer.status_code == 200, answer.content
    return {
        "slots": sum(len(slot["therapists"]) for day in answer.json()["days"] for slot in day["slots"]),
        "queries": clock.queries,
        "call": took * 1000,
        "in_database": clock.in_database * 1000,
        "in_pure_function": clock.in_pure_function * 1000,
    }


def main() -> None:
    past, days = (int(argument) for argument in sys.argv[1:])
    write_diary(past)
    option = TreatmentOption.objects.select_related("treatment").get()
    first = datetime.now(UTC).date() + timedelta(days=3)
    query = {
        "treatment": option.treatment.slug,
        "minutes": option.minutes,
        "from": first.isoformat(),
        "to": (first + timedelta(days=days - 1)).isoformat(),
    }
    clock, browser = Clock(), Browser(headers={"host": "localhost"})
    for _ in sys.stdin:
        print(json.dumps(call(clock, browser, query)), flush=True)


if __name__ == "__main__":
    main()
