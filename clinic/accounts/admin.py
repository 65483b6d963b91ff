"""Staff accounts, for the owner. Passwords are never seen here: their person sets them by a link."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminSelectWidget

from clinic.accounts import services
from clinic.accounts.mail import send_invitation
from clinic.accounts.models import User
from clinic.accounts.roles import STAFF_ROLES, Role
from clinic.errors import DomainError

# Libraries bring these along; an owner has no use for them.
_HIDDEN: tuple[type[Model], ...] = (Group, EmailAddress, Authenticator, UserSession)
for _model in _HIDDEN:
    if admin.site.is_registered(_model):
        admin.site.unregister(_model)


class StaffForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs alone
    role = forms.ChoiceField(
        choices=[(role.value, role.label) for role in Role if role in STAFF_ROLES],
        initial=Role.THERAPIST,
        widget=UnfoldAdminSelectWidget,
        help_text="Owners see and change everything. Therapists work with their clients' records. "
        "Receptionists run the diary and never see clinical notes.",
    )

    class Meta:
        model = User
        fields = ("email", "name", "role", "is_active")
        labels: ClassVar = {"is_active": "Account is open"}
        help_texts: ClassVar = {
            "email": "Signs in with it. A link to set a password is sent there.",
            "is_active": "Closing an account signs its person out everywhere at once.",
        }

    def clean_email(self) -> str:
        """Cleared of what the uniqueness check would stumble over."""
        return str(self.cleaned_data["email"]).strip().lower()


@admin.register(User)
class StaffAdmin(ModelAdmin):  # type: ignore[misc]  # unfold carries no types
    form = StaffForm
    list_display: ClassVar = ("email", "name", "role", "is_active", "last_login")
    list_filter: ClassVar = ("role", "is_active")
    search_fields: ClassVar = ("email", "name")
    ordering: ClassVar = ("email",)
    actions: ClassVar = ("send_password_links", "close_accounts", "open_accounts")

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Clients' accounts begin and end with their records."""
        accounts: QuerySet[User] = super().get_queryset(request)
        return accounts.filter(role__in=STAFF_ROLES)

    def get_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        return ("email", "name", "role", "is_active", "last_login") if obj else ("email", "name", "role")

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        return ("email", "last_login") if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """What an account did stays on record, so the account does too: it is closed instead."""
        return False

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            answer: HttpResponse = super().changeform_view(request, *args, **kwargs)
        except DomainError as refusal:
            self.message_user(request, refusal.message, messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())
        return answer

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:  # noqa: FBT001  # Django's signature
        if change:
            self._change(obj, form, actor=_actor(request))
        else:
            user, link = services.invite_staff(obj.email, role=obj.role, name=obj.name, actor=_actor(request))
            obj.pk, obj.password = user.pk, user.password
            self._hand_over(request, user, link)

    def _change(self, obj: User, form: Any, *, actor: User) -> None:
        if "name" in form.changed_data:
            services.rename(obj, name=obj.name, actor=actor)
        if "role" in form.changed_data:
            services.change_role(obj, role=obj.role, actor=actor)
        if "is_active" in form.changed_data:
            (services.reactivate if obj.is_active else services.deactivate)(obj, actor=actor)

    def _hand_over(self, request: HttpRequest, user: User, link: str) -> None:
        transaction.on_commit(lambda: send_invitation(user, link=link))
        self.message_user(request, _link_shown_once(user, link), messages.WARNING)

    @admin.action(description="Send a new password link")
    def send_password_links(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset:
            try:
                self._hand_over(request, user, services.renew_password_link(user, actor=_actor(request)))
            except DomainError as refusal:
                self.message_user(request, f"{user}: {refusal.message}", messages.ERROR)

    @admin.action(description="Close account, and sign out everywhere")
    def close_accounts(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset:
            try:
                services.deactivate(user, actor=_actor(request))
                self.message_user(request, f"{user}: the account is closed.", messages.SUCCESS)
            except DomainError as refusal:
                self.message_user(request, f"{user}: {refusal.message}", messages.ERROR)

    @admin.action(description="Open account again")
    def open_accounts(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset:
            services.reactivate(user, actor=_actor(request))
            words = f"{user}: the account is open. A new password link lets its person in."
            self.message_user(request, words, messages.SUCCESS)


def _actor(request: HttpRequest) -> User:
    user = request.user
    assert isinstance(user, User)  # noqa: S101  # the admin site lets nobody else in
    return user


def _link_shown_once(user: User, link: str) -> SafeString:
    return format_html(
        "This link lets {} set a password, once, within a day. It was sent by email and is not shown again: {}",
        user.email,
        link,
    )
