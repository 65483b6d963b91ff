"""What the owner pastes must not run in anybody's browser."""

from __future__ import annotations

from html.parser import HTMLParser

import markdown
import pytest
from django.utils.safestring import SafeString

from treatments.prose import render_markdown

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[press](javascript:alert(1))",
    "[press](JaVaScRiPt:alert(1))",
    "[press](data:text/html;base64,PHNjcmlwdD4=)",
    "[press][1]\n\n[1]: javascript:alert(1)",
    "<javascript:alert(1)>",
    '<a href="https://example.org" onclick="alert(1)">press</a>',
    "<iframe src=https://example.org></iframe>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<style>body{display:none}</style>",
    '<p style="position:fixed" class="x" id="y">over everything</p>',
    "![x](https://example.org/pixel.gif)",
    "<form action=https://example.org><input name=password></form>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<details open ontoggle=alert(1)>",
]
ALLOWED_TAGS = {"a", "blockquote", "em", "h2", "h3", "li", "p", "strong", "ul"}
ALLOWED_ATTRIBUTES = {"href", "rel", "title"}


class Reader(HTMLParser):
    """Reads HTML as a browser would: which tags and attributes are live."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: dict[str, str | None] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(attrs)


@pytest.mark.parametrize("text", HOSTILE)
def test_render_hostile_markdown_loses_what_could_run(text: str) -> None:
    live = Reader(render_markdown(text))
    assert live.tags <= ALLOWED_TAGS
    assert set(live.attributes) <= ALLOWED_ATTRIBUTES
    assert (live.attributes.get("href") or "https:").startswith(("https:", "mailto:"))


def test_render_without_cleaning_would_let_it_through() -> None:
    """The control: it is the cleaning that takes these out, not the rendering."""
    assert Reader(markdown.markdown(HOSTILE[0])).tags == {"script"}
    assert Reader(markdown.markdown(HOSTILE[2])).attributes == {"href": "javascript:alert(1)"}


def test_render_ordinary_markdown_is_kept() -> None:
    text = "## What to expect\n\nA **firm** and *slow* touch.\n\n- one\n- two\n\n[NHS](https://www.nhs.uk/)"
    assert render_markdown(text) == (
        "<h3>What to expect</h3>\n<p>A <strong>firm</strong> and <em>slow</em> touch.</p>\n"
        "<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n"
        '<p><a href="https://www.nhs.uk/" rel="noopener noreferrer nofollow">NHS</a></p>'
    )


def test_render_first_heading_stands_below_the_pages_own() -> None:
    assert render_markdown("# Calves") == "<h2>Calves</h2>"


def test_render_telephone_and_mail_links_are_kept() -> None:
    html = render_markdown("[ring](tel:111) [write](mailto:a@example.org)")
    assert 'href="tel:111"' in html
    assert 'href="mailto:a@example.org"' in html


@pytest.mark.parametrize("text", ["", " ", "\n"])
def test_render_nothing_gives_nothing(text: str) -> None:
    assert render_markdown(text) == ""


def test_render_is_marked_as_made_safe() -> None:
    assert isinstance(render_markdown("x"), SafeString)
