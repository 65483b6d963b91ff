"""The server's part of the catalogue: what a template names is there, and nothing is there that none names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from django.conf import settings

from clinic.web.texts import texts

CLINIC: Final = Path(settings.BASE_DIR) / "clinic"
NAMED: Final[re.Pattern[str]] = re.compile(r"\btexts\.([a-z_.]+)")
TEMPLATES: Final = sorted((CLINIC / "templates" / "web").iterdir())


def is_there(path: str) -> bool:
    found: Any = texts()
    for name in path.split("."):
        if name not in found:
            return False
        found = found[name]
    return True


def names_in(found: dict[str, Any]) -> Iterator[str]:
    """The last part of each text's name."""
    for name, text in found.items():
        if isinstance(text, dict):
            yield from names_in(text)
        else:
            yield name


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_what_a_template_names_is_there(template: Path) -> None:
    """Django draws nothing, and says nothing, where it is not."""
    assert [path for path in NAMED.findall(template.read_text()) if not is_there(path)] == []


def test_every_text_is_shown_somewhere() -> None:
    sources = "\n".join(path.read_text() for path in [*TEMPLATES, *(CLINIC / "web").glob("*.py")])

    unread = [name for name in names_in(texts()) if not re.search(rf'\.{name}\b|"{name}"', sources)]

    assert unread == []
