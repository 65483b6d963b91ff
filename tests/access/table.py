"""The table: who gets which answer from every address of the site.

`table.txt` names an address as the resolver has it, and under it a line for each method, with the
status that each role gets. `a/b/c` stands for one's own thing, the other party's, and one that is not
there; a single status for all three. `HEAD` is as `GET` where it has no line of its own; `others` are
all methods without a line. `admin.txt` does the same for the pages of each model in the owner's site.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.access.callers import ROLES
from tests.access.routes import VERBS
from tests.access.subjects import CASES

OTHERS: Final = "others"
_HERE: Final = Path(__file__).parent


@dataclass(frozen=True)
class Row:
    """One address and method: role -> the status in each of `CASES`."""

    pattern: str
    verb: str
    statuses: dict[str, tuple[int, ...]]

    def expected(self, role: str, case: str) -> int:
        return self.statuses[role][CASES.index(case)]


def load_table(file: Path = _HERE / "table.txt") -> dict[str, dict[str, Row]]:
    """Address -> verb -> row, `others` among the verbs. Raises ValueError for a line that is not well formed."""
    table: dict[str, dict[str, Row]] = {}
    rows: dict[str, Row] = {}
    pattern = ""
    for line in _lines(file):
        if not line.startswith(" "):
            pattern = line.strip().removeprefix("/")
            if pattern in table:
                raise ValueError(f"/{pattern} is in the table twice.")
            rows = table[pattern] = {}
            continue
        verb, *cells = line.split()
        if verb in rows or verb not in (*VERBS, OTHERS):
            raise ValueError(f"/{pattern}: {verb} stands there twice, or is no method.")
        rows[verb] = Row(pattern, verb, _statuses(cells, f"/{pattern} {verb}"))
    return table


def row_for(rows: dict[str, Row], verb: str) -> Row | None:
    """The line that speaks of this method, its own or a wider one."""
    if verb == "HEAD" and verb not in rows and "GET" in rows:
        return rows["GET"]
    return rows.get(verb) or rows.get(OTHERS)


def _statuses(cells: list[str], where: str) -> dict[str, tuple[int, ...]]:
    if len(cells) != len(ROLES):
        raise ValueError(f"{where}: {len(ROLES)} roles, {len(cells)} cells.")
    return {role: _cases(cell) for role, cell in zip(ROLES, cells, strict=True)}


def _cases(cell: str) -> tuple[int, ...]:
    found = tuple(int(status) for status in cell.split("/"))
    return found if len(found) == len(CASES) else found * len(CASES)


def _lines(file: Path) -> Iterator[str]:
    for line in file.read_text().splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            yield line.rstrip()


# --- The owner's site ---------------------------------------------------------------------------------


def load_admin_table(file: Path = _HERE / "admin.txt") -> dict[str, dict[str, tuple[int, int]]]:
    """`app.model` -> page -> the statuses that the owner gets to GET and to POST. Nobody else gets anything."""
    header, *lines = _lines(file)
    pages = header.split()[1:]
    table = {}
    for line in lines:
        model, *cells = line.split()
        pairs = {page: cell.split("/") for page, cell in zip(pages, cells, strict=True) if cell != "-"}
        table[model] = {page: (int(pair[0]), int(pair[-1])) for page, pair in pairs.items()}
    return table
