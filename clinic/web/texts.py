"""The texts of the pages, from the front end's catalogue: one file is one language."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings


@cache
def texts() -> dict[str, Any]:
    """The section `pages` of the catalogue, and its `locale`."""
    file = Path(settings.BASE_DIR) / "frontend" / "texts" / f"{settings.TEXTS_LANGUAGE}.json"
    catalogue = json.loads(file.read_text(encoding="utf-8"))
    return {**catalogue["pages"], "locale": catalogue["locale"]}


def fill(text: str, **values: object) -> str:
    """`text` with each {name} replaced by its value; as `say` in frontend/src/lib/texts.ts."""
    return re.sub(r"\{(\w+)\}", lambda found: str(values.get(found[1], found[0])), text)
