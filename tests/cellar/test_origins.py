"""Addresses of other sites as the owner types them."""

from __future__ import annotations

import pytest

from clinic.practice.origins import MOST_ORIGINS, parse_origin, parse_origins


@pytest.mark.parametrize(
    ("typed", "origin"),
    [
        ("https://www.example.org", "https://www.example.org"),
        ("HTTPS://WWW.Example.ORG/", "https://www.example.org"),
        ("https://example.org:443", "https://example.org"),
        ("https://example.org:8443/", "https://example.org:8443"),
        ("https://xn--mnchen-3ya.example", "https://xn--mnchen-3ya.example"),
        ("https://192.0.2.7", "https://192.0.2.7"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("http://127.0.0.1:80/", "http://127.0.0.1"),
    ],
)
def test_origin_is_written_as_browsers_write_it(typed: str, origin: str) -> None:
    assert parse_origin(typed) == origin


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("www.example.org", "must begin with https://"),
        ("//www.example.org", "must begin with https://"),
        ("ftp://www.example.org", "must begin with https://"),
        ("javascript:alert(1)", "must begin with https://"),
        ("null", "must begin with https://"),
        ("*", "must begin with https://"),
        ("http://www.example.org", "Only a site on your own computer"),
        ("http://localhost.example.org", "Only a site on your own computer"),
        ("https://*.example.org", "Stars cannot be used"),
        ("https://", "is not the address of a site"),
        ("https:example.org", "is not the address of a site"),
        ("https://example.org:99999", "is not the address of a site"),
        ("https://example.org:0", "is not the address of a site"),
        ("https://example.org:port", "is not the address of a site"),
        ("https://[::1", "is not the address of a site"),
        ("https://[::1]", "is not the address of a site"),
        ("https://somebody@example.org", "is not the address of a site"),
        ("https://example.org.", "is not the address of a site"),
        ("https://-example.org", "is not the address of a site"),
        ("https://example.org;sandbox", "is not the address of a site"),
        ("https://example.org https://other.example", "is not the address of a site"),
        ("https://example.org\\evil", "is not the address of a site"),
        (f"https://{'a.' * 126}example", "is not the address of a site"),
        ("https://münchen.example", "xn--"),
        ("https://www.example.org/bookings", "leave out what follows"),
        ("https://www.example.org/?x=1", "leave out what follows"),
        ("https://www.example.org?", "leave out what follows"),
        ("https://www.example.org#top", "leave out what follows"),
    ],
)
def test_line_that_is_no_origin_is_refused_with_a_reason(typed: str, told: str) -> None:
    with pytest.raises(ValueError, match="“") as refused:
        parse_origin(typed)
    assert told in str(refused.value)
    assert typed in str(refused.value)


def test_origins_stand_once_in_their_order_without_empty_lines() -> None:
    typed = "https://b.example\r\n\r\n  https://a.example/ \nhttps://B.example:443\n"
    assert parse_origins(typed) == ["https://b.example", "https://a.example"]


def test_origins_are_at_most_twenty() -> None:
    lines = [f"https://site{number}.example" for number in range(MOST_ORIGINS + 1)]
    assert len(parse_origins("\n".join(lines[:-1]))) == MOST_ORIGINS
    with pytest.raises(ValueError, match="At most 20 addresses; these are 21"):
        parse_origins("\n".join(lines))
