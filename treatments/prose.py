"""The owner's Markdown as HTML that may be put into a page as it stands.

What the owner writes is shown to everybody. A pasted script or a `javascript:` link must not travel
with it, so the result is cut down to a short list of tags after rendering.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import markdown
import nh3
from django.utils.safestring import SafeString, mark_safe

_TAGS: Final = frozenset(
    {"a", "blockquote", "br", "code", "em", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "strong"}
    | {"table", "tbody", "td", "th", "thead", "tr", "ul"}
)
_ATTRIBUTES: Final = {"a": {"href", "title"}}
_SCHEMES: Final = frozenset({"http", "https", "mailto", "tel"})
_EXTENSIONS: Final = ("sane_lists", "tables", "toc")
# A page has its own h1, so the text's headings start one below it.
_SETTINGS: Final = {"toc": {"baselevel": 2}}


@lru_cache(maxsize=512)
def render_markdown(text: str) -> SafeString:
    """HTML of the text, sanitised: no scripts, styles, images, ids or classes."""
    rendered = markdown.markdown(text, extensions=_EXTENSIONS, extension_configs=_SETTINGS, output_format="html")
    clean = nh3.clean(
        rendered,
        tags=set(_TAGS),
        clean_content_tags={"script", "style"},
        attributes=_ATTRIBUTES,
        url_schemes=set(_SCHEMES),
        link_rel="noopener noreferrer nofollow",
    )
    return mark_safe(clean.strip())  # noqa: S308  # made safe just above
