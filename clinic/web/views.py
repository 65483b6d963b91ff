"""The few pages that the server makes itself. They hold no person's data: scripts fetch that from the API."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import SuspiciousFileOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe
from django.views.static import serve
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView
from rest_framework.permissions import AllowAny

from clinic.api.throttles import PublicReadThrottle
from clinic.practice.models import Practice
from clinic.practice.selectors import get_practice
from clinic.web.colour import palette
from clinic.web.money import price_text
from treatments.models import Treatment
from treatments.selectors import published_treatments


class SchemaView(SpectacularAPIView):
    """The OpenAPI document. It is written anew for each call, which is work: so calls are counted."""

    permission_classes = (AllowAny,)
    throttle_classes = (PublicReadThrottle,)


class DocsView(SpectacularSwaggerView):
    """The same for people to read."""

    permission_classes = (AllowAny,)
    metadata_class = None  # OPTIONS is not allowed: a page has nothing to say to it


@dataclass(frozen=True, slots=True)
class OfferedLength:
    minutes: int
    price: str
    label: str


@dataclass(frozen=True, slots=True)
class OfferedTreatment:
    slug: str
    name: str
    summary: str
    lengths: list[OfferedLength]


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    practice = get_practice()
    offered = [_offered(treatment, practice) for treatment in published_treatments()]
    return render(request, "web/home.html", {"practice": practice, "treatments": offered})


@require_safe
@ensure_csrf_cookie
def book(request: HttpRequest) -> HttpResponse:
    return render(request, "web/book.html", {"practice": get_practice()})


@require_safe
@ensure_csrf_cookie
def manage(request: HttpRequest, reference: str) -> HttpResponse:
    """The page behind the link in messages, alike for every reference: its token never reaches the server here."""
    return _private(render(request, "web/manage.html", {"practice": get_practice(), "reference": reference}))


@require_safe
@ensure_csrf_cookie
def sign_in(request: HttpRequest) -> HttpResponse:
    return _private(render(request, "web/sign_in.html", {"practice": get_practice()}))


@require_safe
@ensure_csrf_cookie
def set_password(request: HttpRequest) -> HttpResponse:
    return _private(render(request, "web/set_password.html", {"practice": get_practice()}))


@require_safe
@cache_control(public=True, max_age=300)
def colours(request: HttpRequest) -> HttpResponse:
    """The clinic's own colour as a style sheet: the content policy allows no styles within pages."""
    context = {"palette": palette(get_practice().colour)}
    return render(request, "web/colours.css", context, content_type="text/css; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=86400)
def robots(request: HttpRequest) -> HttpResponse:
    return render(request, "web/robots.txt", content_type="text/plain; charset=utf-8")


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


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Cache-Control"] = "no-store"
    return response


def _offered(treatment: Treatment, practice: Practice) -> OfferedTreatment:
    lengths = [
        OfferedLength(option.minutes, price_text(option.price, practice.currency), option.label)
        for option in treatment.options.all()
    ]
    return OfferedTreatment(treatment.slug, treatment.name, treatment.summary, lengths)
