"""The few pages that the server makes itself."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import AllowAny

from clinic.practice.selectors import get_practice


class SchemaView(SpectacularAPIView):
    """The OpenAPI document."""

    permission_classes = (AllowAny,)


def home(request: HttpRequest) -> HttpResponse:
    return render(request, "web/home.html", {"practice": get_practice()})
