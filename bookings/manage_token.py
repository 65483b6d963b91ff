"""The secret that lets the holder of a booking see, move and cancel it without signing in.

# Note [Manage tokens are made, not kept]
The token is an HMAC over the reference and a random nonce of the row, keyed with SECRET_KEY: 256
bits, never stored, and yet each reminder can carry it. A copy of the database opens no booking. A
new nonce kills the token; so does the end of the appointment.
"""

from __future__ import annotations

import base64
import secrets

from django.utils.crypto import constant_time_compare, salted_hmac

from bookings.models import Appointment


def new_nonce() -> str:
    return secrets.token_hex(16)


def token_for(appointment: Appointment) -> str:
    message = f"{appointment.reference}:{appointment.manage_nonce}"
    digest = salted_hmac("bookings.manage_token", message, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def opens(appointment: Appointment, token: str) -> bool:
    return constant_time_compare(token_for(appointment), token)
