"""How much script a page loads, gzipped, by what the front end's build wrote down."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
BUILD: Final = ROOT / "var" / "frontend" / "app"


@dataclass(frozen=True, slots=True)
class PageScripts:
    """`lazy`: what the entry imports by itself when it runs, before anybody has chosen anything.

    `later`: what it imports once somebody begins to choose. Outside the budget of the page, and told beside it.
    """

    name: str
    part: str
    entry: str
    most_kb: float
    lazy: tuple[str, ...] = ()
    later: tuple[str, ...] = ()


PAGES: Final = (
    PageScripts("/book/", "book", "src/public/book.ts", most_kb=25, later=("src/public/book/later.ts",)),
    # The staff's entry names all screens; the address /staff/diary/ loads this one.
    PageScripts("/staff/diary/", "staff", "src/staff/staff.ts", 70, ("src/staff/diary/DiaryScreen.svelte",)),
)


def gzipped_kb(page: PageScripts, build: Path = BUILD) -> float:
    """All scripts of the page's first load, each gzipped as a server does that has done it beforehand."""
    folder = build / page.part
    chunks = json.loads((folder / ".vite" / "manifest.json").read_text())
    files = [folder / file for file in _scripts(chunks, page)]
    return sum(len(gzip.compress(file.read_bytes(), compresslevel=9)) for file in files) / 1000


def later_kb(page: PageScripts, build: Path = BUILD) -> float:
    """What comes on top of the page's first load once somebody begins to choose."""
    everything = replace(page, lazy=(*page.lazy, *page.later))
    return gzipped_kb(everything, build) - gzipped_kb(page, build)


def _scripts(chunks: dict[str, Any], page: PageScripts) -> list[str]:
    needed = [page.entry, *page.lazy]
    for key in needed:
        needed.extend(other for other in chunks[key].get("imports", []) if other not in needed)
    return [chunks[key]["file"] for key in needed if chunks[key]["file"].endswith(".js")]
