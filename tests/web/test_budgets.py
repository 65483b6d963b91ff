"""Pages stay light. `make bench-web` measures the rest of what a visitor waits for."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from bench.web_sizes import PAGES, PageScripts, gzipped_kb


# Not called `page`: that name would start a browser.
@pytest.mark.parametrize("scripts", [pytest.param(each, id=each.name) for each in PAGES])
def test_scripts_of_the_page_keep_their_budget(scripts: PageScripts) -> None:
    kb = gzipped_kb(scripts)

    assert 5 < kb <= scripts.most_kb  # less than Svelte itself would mean that something was not counted


def test_chunks_are_counted_once_and_those_of_other_screens_are_not(tmp_path: Path) -> None:
    chunks: dict[str, dict[str, Any]] = {
        "entry.ts": {"file": "entry.js", "imports": ["shared"], "dynamicImports": ["screen", "other"]},
        "screen": {"file": "screen.js", "imports": ["shared", "entry.ts"], "dynamicImports": ["later"]},
        "other": {"file": "other.js"},
        "later": {"file": "later.js", "imports": ["shared"]},
        "shared": {"file": "shared.js"},
        "style": {"file": "style.css"},
    }
    folder = tmp_path / "staff"
    (folder / ".vite").mkdir(parents=True)
    (folder / ".vite" / "manifest.json").write_text(json.dumps(chunks))
    for chunk in chunks.values():
        (folder / chunk["file"]).write_bytes(b"")
    page = PageScripts("/", "staff", "entry.ts", 1, ("screen",))
    an_empty_file_kb = 0.02

    assert gzipped_kb(page, tmp_path) == pytest.approx(3 * an_empty_file_kb)
    assert gzipped_kb(dataclasses.replace(page, lazy=()), tmp_path) == pytest.approx(2 * an_empty_file_kb)
