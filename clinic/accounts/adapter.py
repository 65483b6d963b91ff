"""How allauth meets our users: nobody signs up, staff have passwords, clients get codes by email.

# Note [One way in for each kind of account]
A code sent by email opens client accounts only, and a password staff accounts only. Each is refused
for the other kind twice: nothing that would open the account is ever sent or kept, and `pre_login`
turns away what arrives all the same. To the outside both kinds answer alike.
"""

from __future__ import annotations

import logging
import time
from typing import Any, Final

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.stagekit import clear_login
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse

from clinic.accounts import hooks
from clinic.accounts.models import User, normalise_email
from clinic.accounts.post import post
from clinic.accounts.session_store import SIGNED_IN_AT
from clinic.audit import services as audit
from clinic.audit.models import Action
from clinic.errors import Busy
from clinic.practice.selectors import get_practice

_log = logging.getLogger(__name__)
_LOGIN_CODE: Final = "account/email/login_code"
_UNKNOWN_ACCOUNT: Final = "account/email/unknown_account"
_CODE_OF_NOBODY: Final = "BCDF-GHJK"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth carries no types
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Staff are invited by the owner; a client's account begins with a booking."""
        return False

    def clean_email(self, email: str) -> str:
        return normalise_email(email)

    def clean_password(self, password: str, user: User | None = None) -> str:
        """See Note [One way in for each kind of account]."""
        if user is not None and not user.is_clinic_staff:
            raise ValidationError("This account is opened by a code sent by email.", code="no_password")
        return str(super().clean_password(password, user=user))

    def set_password(self, user: User, password: str) -> None:
        """Who proved their mailbox or their old password is let in again, whatever others tried meanwhile."""
        super().set_password(user, password)
        self._delete_login_attempts_cached_email(self.request, email=user.email)

    def pre_login(self, request: HttpRequest, user: User, **login: Any) -> HttpResponse | None:
        """See Note [One way in for each kind of account]."""
        records = get_authentication_records(request, user)
        is_by_code = bool(records) and records[-1]["method"] == "code"
        if user.is_clinic_staff == is_by_code:
            clear_login(request)
            return HttpResponse(status=401)  # allauth puts its own answer in its place
        refusal: HttpResponse | None = super().pre_login(request, user, **login)
        return refusal

    def post_login(self, request: HttpRequest, user: User, **login: Any) -> HttpResponse:
        request.session[SIGNED_IN_AT] = int(time.time())
        response: HttpResponse = super().post_login(request, user, **login)
        records = get_authentication_records(request, user)
        _record_sign_in(user, methods=[record["method"] for record in records])
        if any(record["method"] == "code" and record.get("email") == user.email for record in records):
            _tell_address_proved(user)
        return response

    # --- Mail: our own words, and none that a Host header could have written -----------------------

    def format_email_subject(self, subject: str) -> str:
        return str(subject)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """See Note [The mail must not show in the time]."""
        is_to_nobody = template_prefix == _UNKNOWN_ACCOUNT
        known = {
            "practice": get_practice(),
            "minutes": settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // 60,
            "hours": settings.PASSWORD_RESET_TIMEOUT // 3600,
            "code": _CODE_OF_NOBODY,
        }
        message = self.render_mail(_LOGIN_CODE if is_to_nobody else template_prefix, email, known | context)
        if not is_to_nobody:
            post(message)

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """See Note [One way in for each kind of account]."""
        self.send_mail("account/email/password_reset_key" if user.is_clinic_staff else _UNKNOWN_ACCOUNT, email, context)

    # --- Limits -----------------------------------------------------------------------------------

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """One count for each account. allauth's own has the Host header in it, whose port anybody may choose."""
        return normalise_email(str(credentials.get("email", "")))


def _record_sign_in(user: User, *, methods: list[str]) -> None:
    try:
        audit.record(
            Action.SIGN_IN, subject_type="accounts_user", subject_id=user.pk, actor=user, detail={"by": methods}
        )
    except Busy:
        _log.exception("A sign-in could not be put on the audit trail.")


def _tell_address_proved(user: User) -> None:
    for tell in hooks.on_address_proved:
        try:
            tell(user)
        except Busy:
            # The person is signed in all the same; the next sign-in tells again.
            _log.exception("A proved address could not be passed on.")
