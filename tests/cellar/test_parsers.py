from __future__ import annotations

import pytest

from tests.clients.calls import V1, api
from tests.factories import make_user

pytestmark = pytest.mark.django_db

PATH = f"{V1}/clients/"
OBJECT = '{"first_name": "Alex", "last_name": "Okafor"}'


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "nope",
        "[" * 100_000,
        '{"first_name":' * 50_000,
        '{"first_name": ' + "[" * 900 + "]" * 900 + "}",
        '{"first_name": ' + "[" * 20 + "]" * 20 + "}",
        '{"first_name": ' + "9" * 5000 + "}",
        '{"first_name": NaN}',
        '{"first_name": -Infinity}',
        b'{"first_name": "\xff"}',
        OBJECT.encode("utf-16"),
    ],
    ids=range(11),
)
def test_body_that_is_no_sensible_json_is_refused(body: str | bytes) -> None:
    answer = api(make_user("owner")).post(PATH, body, content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_input")
    assert answer.json()["errors"]["body"][0]["code"] == "unreadable"


def test_body_that_is_refused_is_not_repeated() -> None:
    answer = api(make_user("owner")).post(PATH, "sore left knee", content_type="application/json")

    assert "knee" not in answer.content.decode()


def test_body_nested_as_deep_as_is_allowed_reaches_its_serializer() -> None:
    body = '{"first_name": ' + "[" * 18 + "1" + "]" * 18 + ', "last_name": "Okafor"}'

    answer = api(make_user("owner")).post(PATH, body, content_type="application/json")

    assert list(answer.json()["errors"]) == ["first_name"]


@pytest.mark.parametrize("charset", ["utf-8", "latin-1", "utf-16", "idna", "no-such", ""])
def test_body_is_utf_8_whatever_its_label_says(charset: str) -> None:
    caller = api(make_user("owner"))

    answer = caller.post(f"{PATH}?x=1", OBJECT.encode(), content_type=f"application/json; charset={charset}")

    assert (answer.status_code, answer.json()["first_name"]) == (201, "Alex")


def test_body_over_a_mebibyte_is_too_large() -> None:
    body = '{"first_name": "' + "x" * 1_048_576 + '"}'

    answer = api(make_user("owner")).post(PATH, body, content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_body_of_just_a_mebibyte_is_read() -> None:
    body = '{"first_name": "' + "x" * (1_048_576 - 18) + '"}'

    answer = api(make_user("owner")).post(PATH, body, content_type="application/json")

    assert answer.json()["errors"]["first_name"][0]["code"] == "max_length"
