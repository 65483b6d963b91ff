"""Mail about accounts that no sign-in asked for."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from clinic.accounts.models import User
from clinic.accounts.post import post
from clinic.practice.selectors import get_practice


def send_invitation(user: User, *, link: str) -> None:
    """Tell a new member of staff where to choose a password."""
    context = {
        "practice": get_practice(),
        "user": user,
        "password_reset_url": link,
        "hours": settings.PASSWORD_RESET_TIMEOUT // 3600,
        "site_url": settings.SITE_URL,
    }
    subject = " ".join(render_to_string("account/email/invitation_subject.txt", context).split())
    body = render_to_string("account/email/invitation_message.txt", context).strip()
    post(EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [user.email]))
