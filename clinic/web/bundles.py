"""What the front end's build left for each page: its script and its style sheets, under names that change with them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.conf import settings

FOLDER: Final = "app"  # below STATIC_URL
_read: dict[Path, tuple[float, dict[str, Any]]] = {}


class NotBuiltError(Exception):
    """The front end was not built, or does not have this page."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """Addresses, in the order in which a page names them."""

    script: str
    preloads: tuple[str, ...]
    styles: tuple[str, ...]


def bundle(part: str, entry: str) -> Bundle:
    """The files of one entry of one part: `bundle("public", "guide")`. Raises NotBuiltError."""
    chunks = _manifest(part)
    name = next((key for key, chunk in chunks.items() if chunk.get("isEntry") and chunk["name"] == entry), None)
    if name is None:
        raise NotBuiltError(f"The front end has no {entry} in its part {part}. Run make frontend.")
    needed = _with_imports(chunks, name)
    return Bundle(
        script=_address(part, chunks[name]["file"]),
        preloads=tuple(_address(part, chunks[key]["file"]) for key in needed if key != name),
        styles=tuple(
            dict.fromkeys(_address(part, style) for key in reversed(needed) for style in chunks[key].get("css", []))
        ),
    )


def _with_imports(chunks: dict[str, Any], name: str) -> list[str]:
    """`name` and what it imports at once, each once; what is only loaded when asked for is left out."""
    found = [name]
    for key in found:
        found.extend(other for other in chunks[key].get("imports", []) if other not in found)
    return found


def _manifest(part: str) -> dict[str, Any]:
    file = Path(settings.FRONTEND_BUILD) / FOLDER / part / ".vite" / "manifest.json"
    try:
        changed = file.stat().st_mtime
    except FileNotFoundError as error:
        raise NotBuiltError(f"{file} is missing. Run make frontend.") from error
    known = _read.get(file)
    if known is None or known[0] != changed:
        known = (changed, json.loads(file.read_text()))
        _read[file] = known
    return known[1]


def _address(part: str, file: str) -> str:
    return f"{settings.STATIC_URL}{FOLDER}/{part}/{file}"
