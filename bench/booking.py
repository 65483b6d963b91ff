"""Where the time of one booking goes, through all of Django but the network.

    python -m bench.booking
    python -m bench.booking --record bench/booking.md

Every statement is charged to the module of ours that asked for it, and so is the processor time since
the statement before.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

from tests.drills.databases import Engine, fresh_database, run_python
from tests.drills.figures import scratch_folder, versions
from tests.drills.scene import set_scene


def measure(engine: Engine, *, bookings: int) -> str:
    """A section of the page."""
    with scratch_folder() as folder, fresh_database(engine, folder) as database:
        set_scene(database, folder, therapists=3, rooms=2)
        (folder / "static").mkdir()
        found = json.loads(run_python(database, folder, "-m", "bench.served_booking", str(bookings)).splitlines()[-1])
        return _section(engine, versions(database), found)


def _section(engine: Engine, versions_: str, found: dict[str, Any]) -> str:
    rows = [
        f"| {part['name']} | {part['statements']:.0f} | {part['waited']:.1f} | {part['computed']:.1f} |"
        for part in found["parts"]
    ]
    summary = f"{found['bookings']} bookings; the median took {found['call']:.0f} ms"
    return "\n".join(
        (
            f"## {engine}",
            "",
            f"{versions_}. {summary}, of it {found['computed']:.0f} ms of the processor.",
            "",
            "| asked by | statements | waited for the database, ms | computed, ms |",
            "|---|---|---|---|",
            *rows,
            "",
        )
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--database", choices=get_args(Engine), help="only this one; else both")
    parser.add_argument("--bookings", type=int, default=100)
    parser.add_argument("--record", type=Path, help="write the figures to this file")
    asked = parser.parse_args()
    engines: tuple[Engine, ...] = (asked.database,) if asked.database else get_args(Engine)
    sections = []
    for engine in engines:
        sections.append(measure(engine, bookings=asked.bookings))
        print(sections[-1], flush=True)
    if asked.record:
        asked.record.write_text(_page(sections, bookings=asked.bookings))
    return 0


def _page(sections: Sequence[str], *, bookings: int) -> str:
    return (
        f"# One booking\n\n`python -m bench.booking --bookings {bookings}`\n\n"
        "`POST /api/v1/bookings/` by a visitor, through all of Django but the network, one after the other, on "
        f"{os.cpu_count()} cores that have other work too. Means of all bookings; every statement, and the processor "
        "time since the one before, is charged to the module of ours that asked for it.\n\n" + "\n".join(sections)
    )


if __name__ == "__main__":
    sys.exit(main())
