"""What the pages refer to: the clinic's colour, pictures, and what machines ask for."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import SuspiciousFileOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.static import serve

from clinic.practice.selectors import get_practice
from clinic.web.bundles import NotBuiltError
from clinic.web.colour import palette
from treatments.selectors import published_treatments


@require_safe
@cache_control(public=True, max_age=300)
def colours(request: HttpRequest) -> HttpResponse:
    """The clinic's own colour as a style sheet: the content policy allows no styles within pages."""
    context = {"palette": palette(get_practice().colour)}
    return render(request, "web/colours.css", context, content_type="text/css; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=86400)
def robots(request: HttpRequest) -> HttpResponse:
    return render(request, "web/robots.txt", {"site_url": settings.SITE_URL}, content_type="text/plain; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=3600)
def sitemap(request: HttpRequest) -> HttpResponse:
    """The pages that may be listed, each under the one address that it names as its own."""
    context = {"site_url": settings.SITE_URL, "treatments": published_treatments().prefetch_related(None)}
    return render(request, "web/sitemap.xml", context, content_type="application/xml; charset=utf-8")


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """For what asks without having read a page."""
    return redirect(staticfiles_storage.url("web/favicon.svg"))


@require_safe
@cache_control(public=True, max_age=86_400)
def picture(request: HttpRequest, path: str) -> HttpResponseBase:
    """Pictures of treatments and the logo. Behind the proxy of a chain this is never reached.

    Whatever was stored, it is only ever shown as a picture: no script in it would run.
    """
    try:
        response = serve(request, path, document_root=str(settings.MEDIA_ROOT))
    except SuspiciousFileOperation as error:
        raise Http404 from error
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@require_safe
@cache_control(public=True, max_age=3600)
def embed_script(request: HttpRequest) -> HttpResponse:
    """The one script for the clinic's own site, at an address that never changes."""
    file = Path(settings.FRONTEND_BUILD) / "app" / "embed" / "embed.js"
    if not file.exists():
        raise NotBuiltError(f"{file} is missing. Run make frontend.")
    response = HttpResponse(file.read_bytes(), content_type="text/javascript; charset=utf-8")
    # Any page may name it in a script tag: what it can do there is for the allowed origins to say.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
