from __future__ import annotations

from django.urls import path

from clinic.messaging.views import MessagesView

urlpatterns = [path("messages/", MessagesView.as_view(), name="messages")]
