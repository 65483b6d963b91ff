"""A label that names no character set must not keep a request from being read.

Django decodes the query string with whatever codec the Content-Type names, while it builds the
request and before any handler: `charset=hex` is a codec, but none for text, and would be a 500.
"""

from __future__ import annotations

from django.utils.http import parse_header_parameters


def readable_content_type(content_type: str) -> str:
    """The header as it came, or without its parameters where its charset is no encoding of text."""
    media_type, parameters = parse_header_parameters(content_type)
    return content_type if _is_text_encoding(parameters.get("charset", "utf-8")) else media_type


def _is_text_encoding(name: str) -> bool:
    try:
        "".encode(name)
        b"".decode(name)
    except (LookupError, UnicodeError):  # LookupError also for codecs that turn bytes into bytes
        return False
    return True
