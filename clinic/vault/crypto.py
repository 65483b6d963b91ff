"""Sealing of text with AES-256-GCM. Pure: keys and values in, values out.

The stored form describes itself: `v1$<key id>$<nonce and ciphertext in base64url>`. The identity
of the row goes in as associated data, so a sealed value opens only where it was put.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_VERSION: Final = "v1"
_NONCE_BYTES: Final = 12
_KEY_BYTES: Final = 32


class Unreadable(Exception):
    """The sealed value was changed, moved, or sealed with a key that is not at hand."""


@dataclass(frozen=True, slots=True)
class Keyring:
    """Keys by id, in order: the first seals, every one opens."""

    keys: Mapping[str, bytes]

    def __post_init__(self) -> None:
        if not self.keys:
            raise ValueError("A keyring needs at least one key.")
        for key_id, key in self.keys.items():
            if not key_id or "$" in key_id:
                raise ValueError(f"{key_id!r} cannot be a key id.")
            if len(key) != _KEY_BYTES:
                raise ValueError(f"Key {key_id} must have {_KEY_BYTES} bytes.")

    @classmethod
    def parse(cls, text: str) -> Keyring:
        """From "id:base64,id:base64". Raises ValueError without repeating any part of a key."""
        keys: dict[str, bytes] = {}
        for entry in filter(None, (part.strip() for part in text.split(","))):
            key_id, _, encoded = entry.partition(":")
            if key_id in keys:
                raise ValueError(f"There are two keys with the id {key_id}.")
            try:
                keys[key_id] = base64.b64decode(encoded, validate=True)
            except ValueError:
                raise ValueError(f"Key {key_id} is not base64.") from None
        return cls(keys)

    @property
    def sealing_key_id(self) -> str:
        return next(iter(self.keys))

    def seal(self, plaintext: str, *, identity: str) -> str:
        nonce = os.urandom(_NONCE_BYTES)
        key_id = self.sealing_key_id
        body = AESGCM(self.keys[key_id]).encrypt(nonce, plaintext.encode(), _associated(key_id, identity))
        return f"{_VERSION}${key_id}${base64.urlsafe_b64encode(nonce + body).decode()}"

    def open(self, sealed: str, *, identity: str) -> str:
        """The plaintext. Raises Unreadable."""
        version, _, rest = sealed.partition("$")
        key_id, _, encoded = rest.partition("$")
        key = self.keys.get(key_id)
        if version != _VERSION or key is None:
            # Nothing of it may be repeated: it could be words that were never sealed.
            raise Unreadable("This is no sealed value, or its key is not at hand.")
        try:
            raw = base64.b64decode(encoded, altchars=b"-_", validate=True)
            return AESGCM(key).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], _associated(key_id, identity)).decode()
        except (InvalidTag, ValueError) as error:
            raise Unreadable("The sealed value does not open here.") from error


def key_id_of(sealed: str) -> str:
    """Which key a stored value was sealed with; empty where it is not a sealed value."""
    parts = sealed.split("$")
    return parts[1] if len(parts) == 3 and parts[0] == _VERSION else ""  # noqa: PLR2004  # version, key id, body


def _associated(key_id: str, identity: str) -> bytes:
    return f"{_VERSION}${key_id}${identity}".encode()
