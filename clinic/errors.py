"""Errors of the domain: a code, words for a person, and data. They know no HTTP.

`clinic.api.problems` turns them into `application/problem+json`; commands and the admin show
`message`. Codes are part of the public contract and never change their meaning.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, ClassVar


class ErrorCode(StrEnum):
    """Every code a caller may meet in the `code` of a problem answer."""

    # Input and access
    INVALID_INPUT = "invalid_input"
    NOT_FOUND = "not_found"
    NOT_SIGNED_IN = "not_signed_in"
    NOT_ALLOWED = "not_allowed"
    OTHER_ACCOUNT = "other_account"
    IDEMPOTENCY_KEY_REQUIRED = "idempotency_key_required"
    IDEMPOTENCY_KEY_REUSED = "idempotency_key_reused"
    BUSY = "busy"
    STALE_VERSION = "stale_version"

    # Diary
    SLOT_TAKEN = "slot_taken"
    SLOT_UNAVAILABLE = "slot_unavailable"
    HOLD_ENDED = "hold_ended"
    TOO_MANY_UPCOMING = "too_many_upcoming"
    TOO_MANY_HOLDS = "too_many_holds"
    INVALID_TRANSITION = "invalid_transition"
    NOT_STARTED = "not_started"
    TOO_LATE_TO_MOVE = "too_late_to_move"
    FEE_CHANGED = "fee_changed"
    BOOKING_ENDED = "booking_ended"
    STRANDS_BOOKINGS = "strands_bookings"
    OVERLAPPING_HOURS = "overlapping_hours"

    # Health
    SAFETY_ADVICE = "safety_advice"
    NOTE_SIGNED = "note_signed"
    NOTE_NOT_SIGNED = "note_not_signed"
    NOTE_INCOMPLETE = "note_incomplete"
    ENTRY_REPLACED = "entry_replaced"
    SEALED_UNREADABLE = "sealed_unreadable"
    CANNOT_MERGE = "cannot_merge"


class DomainError(Exception):
    """Something the caller can understand and act on.

    `data` holds JSON-ready members that travel with the problem answer.
    """

    code: ClassVar[ErrorCode]
    default_message: ClassVar[str] = ""

    def __init__(self, message: str = "", **data: Any) -> None:
        self.message = message or self.default_message
        self.data: dict[str, Any] = data
        super().__init__(self.message)


class InvalidInput(DomainError):
    """One or more named fields are wrong. `errors` maps field -> [{code, message}]."""

    code = ErrorCode.INVALID_INPUT
    default_message = "Some of what was sent cannot be accepted."

    def __init__(self, errors: Mapping[str, Sequence[Mapping[str, str]]], message: str = "") -> None:
        super().__init__(message)
        self.errors = {field: [dict(item) for item in items] for field, items in errors.items()}

    @classmethod
    def field(cls, name: str, message: str, *, code: str = "invalid") -> InvalidInput:
        return cls({name: [{"code": code, "message": message}]})


class NotFound(DomainError):
    """No such thing, or nothing the caller may see: the two answer alike."""

    code = ErrorCode.NOT_FOUND
    default_message = "There is nothing here, or nothing you may see."


class NotSignedIn(DomainError):
    code = ErrorCode.NOT_SIGNED_IN
    default_message = "Please sign in, or use the link of your booking."


class NotAllowed(DomainError):
    code = ErrorCode.NOT_ALLOWED
    default_message = "You may not do this."


class OtherAccount(DomainError):
    """The page was made for another account than the one that is signed in by now."""

    code = ErrorCode.OTHER_ACCOUNT
    default_message = "Somebody else has signed in since this page was opened. Please reload it."


class Busy(DomainError):
    """The database could not take the write in time, even after retries inside."""

    code = ErrorCode.BUSY
    default_message = "The diary is busy just now. Please try again in a moment."


class StaleVersion(DomainError):
    """The row has moved on since the caller read it. Data: `version`, the current one."""

    code = ErrorCode.STALE_VERSION
    default_message = "This has changed since you opened it. Look at it again, then repeat your change."
