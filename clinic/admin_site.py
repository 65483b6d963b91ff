"""The owner's site."""

from __future__ import annotations

from django.contrib.admin.apps import AdminConfig


class ClinicAdminConfig(AdminConfig):
    default_site = "clinic.accounts.owner_site.OwnerSite"
