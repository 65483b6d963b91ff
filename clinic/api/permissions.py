"""Who may call a view at all. Which rows they then meet is decided by `visible_to` querysets."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rest_framework.permissions import BasePermission

from clinic.accounts.roles import CLINICAL_ROLES, FRONT_DESK_ROLES, STAFF_ROLES, Role

if TYPE_CHECKING:  # rest_framework.views reads the settings, which name this module
    from rest_framework.request import Request
    from rest_framework.views import APIView


class DenyAll(BasePermission):
    """The default: a view that names no permission answers nobody."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return False


class RolePermission(BasePermission):
    roles: ClassVar[frozenset[str]] = frozenset()

    def has_permission(self, request: Request, view: APIView) -> bool:
        user = request.user
        return bool(user.is_authenticated and user.is_active and user.role in self.roles)


class IsStaff(RolePermission):
    """Owner, therapist or receptionist."""

    roles = frozenset(STAFF_ROLES)


class IsClinical(RolePermission):
    """Those who may read the clinical record."""

    roles = frozenset(CLINICAL_ROLES)


class IsFrontDesk(RolePermission):
    """Owner or receptionist."""

    roles = frozenset(FRONT_DESK_ROLES)


class IsOwner(RolePermission):
    roles = frozenset({Role.OWNER})


class IsClient(RolePermission):
    roles = frozenset({Role.CLIENT})
