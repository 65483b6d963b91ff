"""The addresses under `/_allauth/`, for browsers (cookies, CSRF) and for apps (`X-Session-Token`).

Named one by one: signing up, further email addresses and telephone numbers are closed by not being here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.headless.account import views
from allauth.headless.base.views import ConfigView
from allauth.headless.constants import Client
from allauth.headless.mfa.urls import build_urlpatterns as second_factors
from allauth.headless.usersessions.views import SessionsView
from django.http import HttpResponseBase
from django.urls import URLPattern, URLResolver, include, path

from clinic.accounts.sign_in import (
    ClientLoginCodeView,
    LeavableSessionView,
    for_the_account_meant,
    readable_bodies_only,
)

app_name = "sign_in"


def _addresses(client: Client) -> list[URLPattern | URLResolver]:
    def call(address: str, view: Any, name: str) -> URLPattern:
        answer: Callable[..., HttpResponseBase] = view.as_api_view(client=client)
        return path(address, answer, name=name)

    return [
        call("config", ConfigView, "config"),
        call("auth/session", LeavableSessionView, "session"),
        call("auth/login", views.LoginView, "login"),
        call("auth/code/request", ClientLoginCodeView, "request_code"),
        call("auth/code/confirm", views.ConfirmLoginCodeView, "confirm_code"),
        call("auth/password/request", views.RequestPasswordResetView, "request_password_reset"),
        call("auth/password/reset", views.ResetPasswordView, "reset_password"),
        call("auth/reauthenticate", views.ReauthenticateView, "reauthenticate"),
        call("auth/sessions", SessionsView, "sessions"),
        call("account/password/change", views.ChangePasswordView, "change_password"),
        path("", include((second_factors(client), "second_factors"))),
    ]


def _guarded(patterns: list[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            pattern.callback = for_the_account_meant(readable_bodies_only(pattern.callback))
        else:
            _guarded(pattern.url_patterns)
    return patterns


urlpatterns = [
    path(f"{client.value}/v1/", include((_guarded(_addresses(client)), client.value)))
    for client in (Client.BROWSER, Client.APP)
]
