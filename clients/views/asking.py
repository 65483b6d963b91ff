"""Who asks, and for whose record: what the views of this app share."""

from __future__ import annotations

from datetime import date

from django.utils import timezone
from rest_framework.request import Request

from clients.models import Client
from clients.selectors import find_client, visible_to
from clinic import clock
from clinic.accounts.models import User
from clinic.errors import InvalidInput, NotFound
from clinic.practice.selectors import get_practice


def user_of(request: Request) -> User:
    """The signed-in user; the view's permission has seen to it that there is one."""
    if not isinstance(request.user, User):
        raise NotFound
    return request.user


def find_clinical_client(request: Request, client_id: int) -> Client:
    """A client whose clinical record the user may meet. For everybody else there is none: NotFound."""
    user = user_of(request)
    if not user.may_read_clinical:
        raise NotFound
    return find_client(user, client_id)


def own_client(request: Request, client_id: int | None) -> Client:
    """The signed-in client's record of this number, or their only one.

    Raises NotFound; InvalidInput where there are several and none is named.
    """
    own = visible_to(user_of(request))
    if client_id is not None:
        return find_client(user_of(request), client_id)
    records = list(own[:2])
    if not records:
        raise NotFound
    if len(records) > 1:
        raise InvalidInput.field("client", "Say which of your records this is about.", code="required")
    return records[0]


def today() -> date:
    """The clinic's local date."""
    return clock.local_date(timezone.now(), get_practice().zone)
