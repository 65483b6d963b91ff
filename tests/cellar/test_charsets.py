"""A label that names no character set, through the server's own entrance."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.core.wsgi import get_wsgi_application

from clinic.charsets import readable_content_type
from clinic.wsgi import application


def status_of(entrance: Any, content_type: str) -> str:
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/healthz",
        "QUERY_STRING": "x=1",
        "CONTENT_TYPE": content_type,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "wsgi.input": BytesIO(),
        "wsgi.url_scheme": "http",
    }
    answers: list[str] = []
    list(entrance(environ, lambda status, headers: answers.append(status)))
    return answers[0]


@pytest.mark.parametrize("charset", ["hex", "zlib", "rot13", "no-such", "utf-8"])
def test_label_of_any_kind_is_answered(charset: str) -> None:
    assert status_of(application, f"application/json; charset={charset}") == "200 OK"


def test_without_the_entrance_of_our_own_the_request_fails() -> None:
    """The control: Django alone raises before any handler can answer."""
    with pytest.raises(LookupError):
        status_of(get_wsgi_application(), "application/json; charset=hex")


def test_content_type_with_a_charset_of_text_is_left_alone() -> None:
    kept = "multipart/form-data; boundary=x; charset=latin-1"
    assert readable_content_type(kept) == kept
    assert readable_content_type("application/json; charset=hex") == "application/json"
