"""The API described: for programs and for people."""

from __future__ import annotations

from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView
from rest_framework.permissions import AllowAny

from clinic.api.throttles import PublicReadThrottle


class SchemaView(SpectacularAPIView):
    """The OpenAPI document. It is written anew for each call, which is work: so calls are counted."""

    permission_classes = (AllowAny,)
    throttle_classes = (PublicReadThrottle,)


class DocsView(SpectacularSwaggerView):
    """The same for people to read."""

    permission_classes = (AllowAny,)
    metadata_class = None  # OPTIONS is not allowed: a page has nothing to say to it
