"""Every address of the site."""

from __future__ import annotations

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from clinic.web.docs import DocsView, SchemaView

api: list[URLPattern | URLResolver] = [
    path("schema/", SchemaView.as_view(), name="schema"),
    path("docs/", DocsView.as_view(url_name="schema"), name="docs"),
    path("", include("clinic.accounts.urls")),
    path("", include("treatments.urls")),
    path("", include("clients.urls")),
    path("", include("bookings.urls")),
    path("", include("clinic.messaging.urls")),
    path("", include("clinic.audit.urls")),
]

urlpatterns = [
    path("", include("clinic.web.urls")),
    path("admin/", admin.site.urls),
    path("_allauth/", include("clinic.accounts.sign_in_urls")),
    path("api/v1/", include(api)),
]

handler400 = "clinic.web.refusals.bad_request"
handler403 = "clinic.web.refusals.permission_denied"
handler404 = "clinic.web.refusals.not_found"
handler500 = "clinic.web.refusals.server_error"
