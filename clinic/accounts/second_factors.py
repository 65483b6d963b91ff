"""Secrets of second factors lie sealed in the database."""

from __future__ import annotations

from typing import Final

from allauth.mfa.adapter import DefaultMFAAdapter

from clinic.vault.doors import keyring

# allauth names no row here; what is sealed for one person is of use with that person's row only.
IDENTITY: Final = "mfa_authenticator"


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth carries no types
    def encrypt(self, text: str) -> str:
        return keyring().seal(text, identity=IDENTITY)

    def decrypt(self, encrypted_text: str) -> str:
        return keyring().open(encrypted_text, identity=IDENTITY)
