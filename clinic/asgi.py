from __future__ import annotations

import os
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")

_django = get_asgi_application()

from clinic.charsets import readable_content_type  # noqa: E402  # Django is set up first


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    headers = [
        (name, readable_content_type(value.decode("latin-1")).encode("latin-1") if name == b"content-type" else value)
        for name, value in scope.get("headers", [])
    ]
    await _django({**scope, "headers": headers}, receive, send)
