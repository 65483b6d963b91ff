"""Names of people as keys: pure, no framework."""

from __future__ import annotations

import unicodedata
from typing import Final

LONGEST_KEY: Final = 200
_LONGEST_PART: Final = 99  # some single characters unfold into many


def name_key(first_name: str, last_name: str) -> str:
    """One key for all spellings of one name: capitals, spaces, hyphens and apostrophes do not count.

    Accents do, and so does which part is the first name. Never empty for a name that is not.
    """
    return f"{folded(first_name)}|{folded(last_name)}"


def folded(name: str) -> str:
    """Part of a name as it is compared and searched."""
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    letters = "".join(c for c in text if c.isalnum() or unicodedata.category(c).startswith("M"))
    # Once more: without the space of a lone accent, the accent may have joined a letter.
    return unicodedata.normalize("NFKC", letters or "".join(text.split()))[:_LONGEST_PART]
