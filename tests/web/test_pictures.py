"""Pictures that the owner uploaded, served without a proxy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client


@pytest.fixture
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    (settings.MEDIA_ROOT / "treatments").mkdir(parents=True)
    return Path(settings.MEDIA_ROOT)


def test_picture_is_served_as_nothing_but_a_picture(media: Path) -> None:
    (media / "treatments" / "calf.webp").write_bytes(b"RIFF")
    answer = Client().get("/media/treatments/calf.webp")
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    assert b"".join(answer) == b"RIFF"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["../secret", "..%2Fsecret", "treatments/../../secret", "treatments/", "treatments"])
def test_picture_path_never_leaves_its_folder_or_lists_it(media: Path, path: str) -> None:
    (media.parent / "secret").write_text("the key")
    answer = Client().get(f"/media/{path}")
    assert answer.status_code == 404
    assert b"the key" not in answer.content
