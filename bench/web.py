"""What a visitor waits for: script sizes, first and largest paint, and layout shift, on a slow telephone.

    python -m bench.web                                 five cold loads of each page
    python -m bench.web --rounds 3 --record bench/web.md

A real Gunicorn serves the seeded clinic from a folder of its own. Chromium plays the telephone: four times
slower, 1.6 Mbit/s down, 750 kbit/s up, 150 ms of latency, nothing cached. Ends with 1 over a budget.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Final

from playwright.sync_api import Browser, sync_playwright

from bench.telephone import Load, Visitor, book, load_page, sign_in
from bench.web_sizes import PAGES, gzipped_kb, later_kb
from tests.conftest import chromium
from tests.drills.databases import Database, fresh_database, manage
from tests.drills.figures import scratch_folder, versions
from tests.drills.server import running_server

MOST_SECONDS_TO_FIRST_PAINT: Final = 2.5
MOST_SHIFT: Final = 0.05
PUBLIC_PAGES: Final = ("/", "/treatments/calf-release/", "/book/", "/book/calf-release?minutes=60", "/guide/")
TELEPHONE: Final = "4x slower, 1.6 Mbit/s down, 750 kbit/s up, 150 ms latency, empty cache; 2 cores"


@dataclass(slots=True)
class Figures:
    """Of one page: every cold load."""

    path: str
    loads: list[Load] = field(default_factory=list)

    def medians(self) -> Load:
        return Load(
            *(median(values) for values in zip(*((x.first, x.largest, x.shift) for x in self.loads), strict=True))
        )

    def faults(self) -> list[str]:
        found = self.medians()
        late = (
            f"{self.path}: first paint after {found.first:.2f} s" if found.first >= MOST_SECONDS_TO_FIRST_PAINT else ""
        )
        shifts = f"{self.path}: layout shift of {found.shift:.3f}" if found.shift >= MOST_SHIFT else ""
        return [fault for fault in (late, shifts) if fault]

    def row(self) -> str:
        found = self.medians()
        firsts = [load.first for load in self.loads]
        spread = f"{min(firsts):.2f} to {max(firsts):.2f}"
        return f"| `{self.path}` | {found.first:.2f} s | {spread} | {found.largest:.2f} s | {found.shift:.3f} |"


@contextmanager
def running_clinic(folder: Path) -> Iterator[tuple[str, Database]]:
    """The address of a clinic as `make run` leaves it, and its database."""
    with fresh_database("sqlite", folder) as database:
        for command in ("collectstatic --noinput --verbosity 0", "seed", "first_run"):
            manage(database, folder, *command.split())
        with running_server(database, folder, app="clinic.wsgi:application") as server:
            yield f"http://localhost:{server.port}", database


def measure(browser: Browser, url: str, folder: Path, *, rounds: int) -> list[Figures]:
    """The pages take turns, so that whatever else the machine does meets all alike."""
    stranger = Visitor(url)
    therapist = sign_in(browser, url, sign_ins=folder / "sign-in.txt", role="therapist")
    visits = dict.fromkeys(PUBLIC_PAGES, stranger)
    visits |= {book(browser, url): stranger, "/staff/diary/": therapist}
    figures = {path: Figures("/manage/…" if path.startswith("/manage/") else path) for path in visits}
    for number in range(rounds + 1):
        for path, visitor in visits.items():
            load = load_page(browser, visitor, path)
            if number:  # the first one warms the server up
                figures[path].loads.append(load)
    return list(figures.values())


def report(sizes: dict[str, float], figures: list[Figures], *, told: str, rounds: int) -> str:
    most = {page.name: page.most_kb for page in PAGES}
    later = {page.name: later_kb(page) for page in PAGES}
    lines = [
        "# What a visitor waits for",
        "",
        f"`make bench-web`: medians of {rounds} cold loads on a slow telephone, played by Chromium: {TELEPHONE}.",
        "",
        told,
        "",
        "| page | script, gzipped | budget | once somebody begins to choose |",
        "|---|---|---|---|",
        *(f"| `{name}` | {kb:.1f} kB | {most[name]:.0f} kB | {_more(later[name])} |" for name, kb in sizes.items()),
        "",
        "| page | first paint | from, to | largest paint | layout shift |",
        "|---|---|---|---|---|",
        *(each.row() for each in figures),
        "",
        f"Budgets: first paint under {MOST_SECONDS_TO_FIRST_PAINT} s, layout shift under {MOST_SHIFT}.",
    ]
    return "\n".join(lines) + "\n"


def _more(kb: float) -> str:
    return f"{kb:.1f} kB more" if kb else "-"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--record", type=Path, help="a file to write the figures into")
    options = parser.parse_args()
    if not chromium:
        sys.exit("Chromium is needed; GROUNDWORK_CHROMIUM names one that is elsewhere.")
    sizes = {page.name: gzipped_kb(page) for page in PAGES}
    with scratch_folder() as folder, running_clinic(folder) as (url, database), sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-sync"]
        browser = playwright.chromium.launch(executable_path=os.environ["GROUNDWORK_CHROMIUM"], args=arguments)
        figures = measure(browser, url, folder, rounds=options.rounds)
        told = f"{versions(database)}, Chromium {browser.version}."
        browser.close()
    text = report(sizes, figures, told=told, rounds=options.rounds)
    sys.stdout.write(text)
    if options.record:
        options.record.write_text(text)
    faults = [f"{page.name}: {sizes[page.name]:.1f} kB of script" for page in PAGES if sizes[page.name] > page.most_kb]
    faults += [fault for each in figures for fault in each.faults()]
    for fault in faults:
        sys.stderr.write(f"Over the budget: {fault}\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
