"""The owner's site."""

from __future__ import annotations

from django.contrib.admin.apps import AdminConfig


class ClinicAdminConfig(AdminConfig):
    default_site = "unfold.sites.UnfoldAdminSite"
