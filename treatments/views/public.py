"""Answers that are the same for everybody may be kept, and are asked for by their tag each time.

Kept unasked, even for a minute, they would show the owner the price that was just changed.
"""

from __future__ import annotations

from typing import Any, Final

from django.utils.decorators import method_decorator
from django.views.decorators.http import conditional_page
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from clinic.api.throttles import PublicReadThrottle

CACHE_CONTROL: Final = "public, no-cache"


@method_decorator(conditional_page, name="dispatch")
class PublicView(APIView):
    """Open to all. Only a successful GET may be kept: an error, or an answer to somebody's own input, never."""

    permission_classes = (AllowAny,)
    throttle_classes = (PublicReadThrottle,)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        final = super().finalize_response(request, response, *args, **kwargs)
        if request.method in {"GET", "HEAD"} and final.status_code == 200:  # noqa: PLR2004  # OK
            final["Cache-Control"] = CACHE_CONTROL
        return final
