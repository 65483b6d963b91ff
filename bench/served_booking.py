"""The bookings that `bench.booking` measures, made inside Django."""

from __future__ import annotations

import clinic.wsgi  # noqa: F401  # isort: skip  # sets Django up: before any model

import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from statistics import median
from types import FrameType
from typing import Any, Final

from django.db import connection
from django.test import Client as Browser

from tests.drills.scene import Scene, start_on
from treatments.models import TreatmentOption

_OURS: Final = ("bookings.", "clients.", "clinic.", "treatments.")
# These only pass on what others ask for.
_GO_BETWEENS: Final = ("clinic.transactions", "clinic.api.middleware", "clinic.practice.middleware", "clinic.wsgi")
_WARM_UP: Final = 5
_STARTS_OF_DAY: Final = ((9, 0), (10, 30), (12, 0), (13, 30), (15, 0))


class Account:
    """What each module asks for, over all bookings."""

    def __init__(self) -> None:
        self.statements: dict[str, int] = defaultdict(int)
        self.waited: dict[str, float] = defaultdict(float)
        self.computed: dict[str, float] = defaultdict(float)
        self._since = time.process_time()

    def charge(self, execute: Callable[..., Any], *query: Any) -> Any:
        name = _who_asks()
        self.computed[name] += time.process_time() - self._since
        began = time.perf_counter()
        try:
            return execute(*query)
        finally:
            self.statements[name] += 1
            self.waited[name] += time.perf_counter() - began
            self._since = time.process_time()

    def charge_commit(self, commit: Callable[[], None]) -> None:
        self.charge(lambda *_: commit())

    def close(self, name: str) -> None:
        """Charge to `name` what was computed since the last statement."""
        self.computed[name] += time.process_time() - self._since
        self._since = time.process_time()


def _who_asks() -> str:
    frame: FrameType | None = sys._getframe(2)
    while frame:
        name = str(frame.f_globals.get("__name__", ""))
        if name.startswith(_OURS) and name not in _GO_BETWEENS:
            return name
        frame = frame.f_back
    return "the framework"


def book(browser: Browser, scene: Scene, number: int) -> float:
    """Seconds."""
    day, slot = divmod(number, len(_STARTS_OF_DAY))
    body = scene.booking_body(start_on(day, *_STARTS_OF_DAY[slot]), email=f"ada{number}@example.org")
    began = time.perf_counter()
    answer = browser.post(
        "/api/v1/bookings/", body, content_type="application/json", headers={"Idempotency-Key": str(number)}
    )
    assert answer.status_code == 201, answer.content
    return time.perf_counter() - began


def main() -> None:
    bookings = int(sys.argv[1])
    option = TreatmentOption.objects.select_related("treatment").get()
    scene, browser = Scene(option.treatment.slug, option.minutes, {}, {}), Browser(headers={"host": "localhost"})
    for number in range(_WARM_UP):
        book(browser, scene, number)
    account = Account()
    connection.execute_wrappers.append(account.charge)
    commit = connection._commit  # type: ignore[attr-defined]  # the one place that every commit passes
    connection._commit = lambda: account.charge_commit(commit)  # type: ignore[attr-defined]
    seconds = []
    for number in range(_WARM_UP, _WARM_UP + bookings):
        account.close("the bench itself")
        seconds.append(book(browser, scene, number))
        account.close("the answer")
    computed = sum(account.computed.values()) - account.computed.pop("the bench itself")
    parts = [
        {
            "name": name,
            "statements": account.statements[name] / bookings,
            "waited": account.waited[name] / bookings * 1000,
            "computed": account.computed[name] / bookings * 1000,
        }
        for name in sorted(account.computed, key=lambda name: -account.computed[name] - account.waited[name])
    ]
    print(
        json.dumps(
            {
                "bookings": bookings,
                "call": median(seconds) * 1000,
                "computed": computed / bookings * 1000,
                "parts": parts,
            }
        )
    )


if __name__ == "__main__":
    main()
