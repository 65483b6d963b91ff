"""People who sign in. What a role may do is in `roles` and in each app's `visible_to`."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from clinic.accounts.roles import CLINICAL_ROLES, FRONT_DESK_ROLES, STAFF_ROLES, Role


def normalise_email(email: str) -> str:
    """One spelling for one mailbox: trimmed and in lower case."""
    return email.strip().lower()


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, *, role: str, password: str | None = None, name: str = "") -> User:
        """A new user. Without a password the account can only be entered by an emailed code."""
        user = self.model(email=normalise_email(email), role=role, name=name)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, role=Role.OWNER, password=password, **fields)

    def get_by_natural_key(self, email: str | None) -> User:
        return self.get(email=normalise_email(email or ""))


class User(AbstractBaseUser):
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=150, blank=True)
    role = models.CharField(max_length=16, choices=Role.choices)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = "account"
        ordering = ("email",)
        constraints = (
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_lower_case"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="user_role_known"),
        )

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return str(self)

    @property
    def is_owner(self) -> bool:
        return self.role == Role.OWNER

    @property
    def is_clinic_staff(self) -> bool:
        return self.role in STAFF_ROLES

    @property
    def may_read_clinical(self) -> bool:
        return self.role in CLINICAL_ROLES

    @property
    def runs_front_desk(self) -> bool:
        return self.role in FRONT_DESK_ROLES

    # What the admin site asks: it is the owner's place.

    @property
    def is_staff(self) -> bool:
        return self.is_active and self.is_owner

    def has_perm(self, perm: str, obj: object | None = None) -> bool:
        return self.is_staff

    def has_perms(self, perms: list[str], obj: object | None = None) -> bool:
        return self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_staff
