"""Words that go where a line break or an invisible character would do harm: headers, calendar files."""

from __future__ import annotations


def one_line(text: str) -> str:
    """The visible characters on one line, white space made single. Control and format characters go."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
