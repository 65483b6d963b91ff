"""What can go wrong in the diary."""

from __future__ import annotations

from clinic.errors import DomainError, ErrorCode


class SlotTaken(DomainError):
    """Somebody else has this time. Data: `alternatives`, the nearest free starts."""

    code = ErrorCode.SLOT_TAKEN
    default_message = "This time has just been taken. Here are the nearest that are free."


class SlotUnavailable(DomainError):
    """This time is not offered at all. Data: `reason`, `errors` and `alternatives`."""

    code = ErrorCode.SLOT_UNAVAILABLE
    default_message = "This time is not offered. Here are the nearest that are."


class HoldEnded(DomainError):
    code = ErrorCode.HOLD_ENDED
    default_message = "The time you held was let go and has been taken meanwhile."


class TooManyHolds(DomainError):
    """Data: `limit`."""

    code = ErrorCode.TOO_MANY_HOLDS
    default_message = "You are already holding as many times as one visitor may. Let one go first."


class TooManyUpcoming(DomainError):
    """Data: `limit`."""

    code = ErrorCode.TOO_MANY_UPCOMING
    default_message = "You have as many bookings ahead as can be made online. Please ring the clinic for another."


class SafetyAdvice(DomainError):
    """A safety answer asks for care elsewhere first. Data: `advice` with `level` and `text`."""

    code = ErrorCode.SAFETY_ADVICE
    default_message = "Please read this advice before booking a treatment."


class InvalidTransition(DomainError):
    """Data: `from`, `to` and `allowed`."""

    code = ErrorCode.INVALID_TRANSITION
    default_message = "An appointment in this state cannot take this step."


class NotStarted(DomainError):
    code = ErrorCode.NOT_STARTED
    default_message = "The appointment has not begun yet."


class TooLateToMove(DomainError):
    """Data: `notice_hours`, `movable_until`."""

    code = ErrorCode.TOO_LATE_TO_MOVE
    default_message = "It is too late to move this booking online. Please ring the clinic."


class FeeChanged(DomainError):
    """Data: `fee`, the fee that is due now."""

    code = ErrorCode.FEE_CHANGED
    default_message = "The fee for cancelling is not the one you were shown."


class BookingEnded(DomainError):
    code = ErrorCode.BOOKING_ENDED
    default_message = "This booking is over, and its link with it."
