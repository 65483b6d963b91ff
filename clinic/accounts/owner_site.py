"""The admin site: who gets in, how, and what stands in its menu.

# Note [One sign-in for all doors]
The admin's own page counts attempts where every other sign-in counts them, and goes through the
same steps. Where an account has a second factor the person is sent on to the page that asks for it.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.core.ratelimit import consume
from django.conf import settings
from django.contrib.auth.views import LoginView
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.templatetags.static import static
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from unfold.forms import AuthenticationForm
from unfold.sites import UnfoldAdminSite

from clinic.accounts.sign_in import forgotten_by_the_browser
from clinic.practice.selectors import get_practice

_TOO_MANY = "Too many attempts. Please wait a few minutes."


class OwnerSignInForm(AuthenticationForm):  # type: ignore[misc]  # unfold carries no types
    """Anybody who is not the owner is answered like somebody who mistyped."""

    def clean(self) -> dict[str, Any]:
        email, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if email and password:
            if not consume(self.request, action="login"):
                raise ValidationError(_TOO_MANY, code="too_many_login_attempts")
            self.user_cache = get_adapter().authenticate(self.request, email=email, password=password)
            if self.user_cache is None:
                raise self.get_invalid_login_error()
            self.confirm_login_allowed(self.user_cache)
        return dict(self.cleaned_data)


class OwnerSignInView(LoginView):
    """See Note [One sign-in for all doors]."""

    authentication_form = OwnerSignInForm
    template_name = "admin/login.html"
    next_page = "admin:index"

    def form_valid(self, form: Any) -> HttpResponseRedirect:
        user = form.get_user()
        perform_password_login(self.request, {"email": user.email}, Login(user=user, email=user.email))
        after = self.get_success_url()
        if not self.request.user.is_authenticated:
            after = f"{settings.LOGIN_URL}?{urlencode({'next': after})}"
        return HttpResponseRedirect(after)


class OwnerSite(UnfoldAdminSite):  # type: ignore[misc]  # unfold carries no types
    index_title = "Overview"

    @method_decorator(never_cache)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        if request.method == "GET" and self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index"))
        context = {
            **self.each_context(request),
            "title": "Sign in",
            "subtitle": None,
            "app_path": request.get_full_path(),
            "username": request.user.get_username(),
            **(extra_context or {}),
        }
        request.current_app = self.name
        return OwnerSignInView.as_view(extra_context=context)(request)

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        answer: HttpResponseBase = super().logout(request, extra_context)
        # A link from anywhere leads here as well: it signs nobody out, and must not empty the browser either.
        return forgotten_by_the_browser(answer) if request.method == "POST" else answer


def clinic_name(request: HttpRequest) -> str:
    return get_practice().name


def favicon(request: HttpRequest) -> str:
    return static("web/favicon.svg")
