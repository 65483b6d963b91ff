"""Sessions that end so long after the sign-in, however much they are used.

Danger: Django counts from the last change of a session, and calls that change it are there for the asking. Who
has got hold of somebody's session could keep it open for ever.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.contrib.sessions.backends import db

# In the session: when it was signed in to, in seconds since 1970.
SIGNED_IN_AT: Final = "signed_in_at"


class SessionStore(db.SessionStore):
    def get_expiry_date(self, **kwargs: Any) -> datetime:
        """Under which it is stored, and after which it is nobody's."""
        latest = super().get_expiry_date(**kwargs)
        signed_in_at = self.get(SIGNED_IN_AT)
        if signed_in_at is None:
            return latest
        return min(latest, datetime.fromtimestamp(signed_in_at, UTC) + timedelta(seconds=settings.SESSION_COOKIE_AGE))
