from __future__ import annotations

from django.urls import path

from clinic.audit.views import AuditView

urlpatterns = [path("audit/", AuditView.as_view(), name="audit")]
