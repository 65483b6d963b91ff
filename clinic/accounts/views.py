"""Who is asking."""

from __future__ import annotations

from django.utils.decorators import method_decorator
from django.views.decorators.csrf import ensure_csrf_cookie
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from clinic.accounts.serializers import SessionSerializer
from clinic.api.throttles import PublicReadThrottle


@method_decorator(ensure_csrf_cookie, name="dispatch")
class SessionView(APIView):
    permission_classes = (AllowAny,)
    throttle_classes = (PublicReadThrottle,)

    @extend_schema(
        operation_id="session_retrieve",
        tags=["sign-in"],
        summary="Who is signed in",
        description="Also sets the CSRF cookie, whose value a page sends back as `X-CSRFToken` with its changes. "
        "Signing in and out is done under `/_allauth/`.",
        responses=SessionSerializer,
    )
    def get(self, request: Request) -> Response:
        user = request.user if request.user.is_authenticated else None
        return Response(SessionSerializer({"is_authenticated": user is not None, "user": user}).data)
