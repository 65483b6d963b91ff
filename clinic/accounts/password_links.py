"""Links by which staff set a password: used once, dead after `PASSWORD_RESET_TIMEOUT`."""

from __future__ import annotations

from typing import Final

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings

from clinic.accounts.models import User

# The key stands behind a `#`: a browser sends that part to no server and in no Referer.
PASSWORD_LINK: Final = "{site}/set-password/#{key}"  # noqa: S105  # an address, no password


def password_link(user: User) -> str:
    """The address at which `user` sets a new password. It dies when the password changes."""
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    return PASSWORD_LINK.format(site=settings.SITE_URL, key=key)
