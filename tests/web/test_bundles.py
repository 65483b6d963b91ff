"""What the front end's build makes bears a name that changes with its content, so it is kept for ever."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

import pytest
from django.conf import settings

from bench.web_sizes import BUILD

PARTS: Final = ("book", "public", "staff")


def built_files() -> Iterator[str]:
    for part in PARTS:
        chunks = json.loads((BUILD / part / ".vite" / "manifest.json").read_text())
        for chunk in chunks.values():
            for file in [chunk["file"], *chunk.get("css", [])]:
                yield f"{settings.STATIC_URL}app/{part}/{file}"


def test_every_built_file_is_kept_by_browsers_for_ever() -> None:
    files = list(built_files())

    assert len(files) > 20
    assert [file for file in files if not re.match(settings.WHITENOISE_IMMUTABLE_FILE_TEST, file)] == []


@pytest.mark.parametrize("path", ["/embed.js", "/static/web/favicon.svg", "/static/app/book/.vite/manifest.json"])
def test_what_keeps_its_name_is_asked_for_again(path: str) -> None:
    assert not re.match(settings.WHITENOISE_IMMUTABLE_FILE_TEST, path)
