"""Telephone numbers as people write them, made into E.164."""

from __future__ import annotations

import phonenumbers
from django.conf import settings


def to_e164(text: str) -> str:
    """The number in E.164, or "" where it is none.

    By shape and length, not by the list of numbers in use: that list is always behind, and would
    refuse the numbers set aside for examples.
    """
    try:
        number = phonenumbers.parse(text, settings.PHONENUMBER_DEFAULT_REGION)
    except phonenumbers.NumberParseException:
        return ""
    shape = phonenumbers.is_possible_number_with_reason(number)
    if shape != phonenumbers.ValidationResult.IS_POSSIBLE or number.extension:
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
