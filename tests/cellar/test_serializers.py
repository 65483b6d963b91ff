from __future__ import annotations

from typing import Any

import pytest
from rest_framework import serializers

from clinic.api.phones import to_e164
from clinic.api.problems import errors_by_field
from clinic.api.serializers import LineField, PhoneField, StrictSerializer, holds_unstorable


class Inner(StrictSerializer):
    note = serializers.CharField(required=False)


class Outer(StrictSerializer):
    name = LineField(max_length=10)
    phone = PhoneField(required=False, allow_blank=True)
    number = serializers.IntegerField(required=False)
    fixed = serializers.CharField(read_only=True)
    inner = Inner(required=False)
    inners = serializers.ListField(child=Inner(), required=False)
    free = serializers.JSONField(required=False)


def codes(sent: Any) -> dict[str, list[str]]:
    serializer = Outer(data=sent)
    serializer.is_valid()
    return {name: [e["code"] for e in errors] for name, errors in errors_by_field(serializer.errors).items()}


def test_input_is_trimmed() -> None:
    serializer = Outer(data={"name": "  Alex\t"})

    assert serializer.is_valid()
    assert serializer.validated_data == {"name": "Alex"}


@pytest.mark.parametrize(
    ("sent", "errors"),
    [
        ({"name": "x", "nam": 1}, {"nam": ["unknown_field"]}),
        ({"name": "x", "fixed": "y"}, {"fixed": ["unknown_field"]}),
        ({"nam": 1, "number": "x"}, {"name": ["required"], "nam": ["unknown_field"], "number": ["invalid"]}),
        ({"name": "x", "inner": {"other": 1}}, {"inner.other": ["unknown_field"]}),
        ({"name": "x", "inners": [{}, {"other": 1}]}, {"inners.1.other": ["unknown_field"]}),
        ({"name": "x", "inner": {"note": "\x00"}}, {"inner": ["characters_not_allowed"]}),
        ({"name": "x", "free": {"a": [{"\x00": 1}]}}, {"free": ["characters_not_allowed"]}),
        ({"name": "x", "free": ["\ud800"]}, {"free": ["characters_not_allowed"]}),
        ({"name": "two\nlines"}, {"name": ["not_one_line"]}),
        ({"name": "line\u2028break"}, {"name": ["not_one_line"]}),
        ({"name": "x", "bad\ud800": 1}, {"bad?": ["unknown_field"]}),
        ({1: 2, "name": "x"}, {"1": ["unknown_field"]}),
        ("text", {"body": ["invalid"]}),
        (["list"], {"body": ["invalid"]}),
        (None, {"body": ["null"]}),
    ],
)
def test_input_that_cannot_be_taken_is_named(sent: Any, errors: dict[str, list[str]]) -> None:
    assert codes(sent) == errors


def test_input_with_very_many_unknown_fields_is_answered_shortly() -> None:
    found = codes({"name": "x", **{f"field{number}" * 50: 1 for number in range(5000)}})

    assert len(found) == 20
    assert max(map(len, found)) == 80


def test_characters_of_every_script_can_be_stored() -> None:
    assert not holds_unstorable(["膝", {"🦵🏽": "\u202e\u2028é\t\n"}])


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("020 7946 0018", "+442079460018"),
        ("(020) 7946-0018", "+442079460018"),
        ("+44 (0)20 7946 0018", "+442079460018"),
        ("0044 20 7946 0018", "+442079460018"),
        ("07700 900123", "+447700900123"),
        ("+1 202-555-0143", "+12025550143"),
        ("", ""),
        ("12", ""),
        ("12345", ""),
        ("ring me", ""),
        ("020 7946 0018 ext. 4", ""),
        ("+999 1234567890", ""),
        ("0" * 500, ""),
        ("٠٢٠٧٩٤٦٠٠١٨", "+442079460018"),
    ],
)
def test_telephone_number_becomes_e164_or_nothing(text: str, number: str) -> None:
    assert to_e164(text) == number
