from __future__ import annotations

from django.urls import path

from clinic.accounts.views import SessionView

urlpatterns = [path("session/", SessionView.as_view(), name="session")]
