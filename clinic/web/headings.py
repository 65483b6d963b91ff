"""Makes the headings of one text fit into a page. Pure."""

from __future__ import annotations

import re
from typing import Final

_HEADING: Final = re.compile(r"<(/?)h([1-6])>")
_LOWEST: Final = 6


def fit_headings(html: str, *, below: int) -> str:
    """`html` with headings that begin one level below `below` and never leave a level out.

    For HTML whose tags carry no attributes, as `treatments.prose.render_markdown` makes it. Readers of
    the page's outline would otherwise miss a level wherever the owner's first heading is a small one.
    """
    levels: list[int] = []  # as written, those that the present heading is below

    def fitted(found: re.Match[str]) -> str:
        level = int(found[2])
        if not found[1]:
            while levels and levels[-1] >= level:
                levels.pop()
            levels.append(level)
        return f"<{found[1]}h{min(below + len(levels), _LOWEST)}>"

    return _HEADING.sub(fitted, html)
