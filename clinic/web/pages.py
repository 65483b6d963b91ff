"""Pages for people. The server draws their frame and what search engines read; no page holds a person's data.

Scripts fetch that from the API, which alone decides who sees what.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from bookings.selectors.opening_hours import weekly_opening
from bookings.selectors.places import open_locations
from clinic import clock
from clinic.accounts.models import User
from clinic.accounts.roles import STAFF_ROLES
from clinic.practice.models import Practice
from clinic.practice.selectors import get_practice
from clinic.web.bundles import bundle
from clinic.web.catalogue_pages import OfferedTreatment, offered_treatments, people
from clinic.web.head import Head
from clinic.web.opening_words import OpenDays, open_days
from clinic.web.structured_data import as_json, describe_business, describe_service
from clinic.web.texts import texts


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    practice = get_practice()
    opening = opening_of(practice)
    words = texts()["home"]
    head = Head(
        title=" · ".join(filter(None, (practice.tagline, practice.name))),
        description=practice.tagline or words["description"],
        url=f"{settings.SITE_URL}/",
        image=f"{settings.SITE_URL}{practice.logo.url}" if practice.logo else "",
        data=(as_json(describe_business(practice, opening=opening, site_url=settings.SITE_URL)),),
    )
    context = {"treatments": offered_treatments(practice), "people": people(), "locations": list(open_locations())}
    return _page(request, "home", entry="page", practice=practice, opening=opening, head=head, **context)


@require_safe
def treatment(request: HttpRequest, slug: str) -> HttpResponse:
    """One treatment in full. 404 for what is not published."""
    practice = get_practice()
    catalogue = offered_treatments(practice)
    shown = next((each for each in catalogue if each.slug == slug), None)
    if shown is None:
        raise Http404
    data = as_json(describe_service(shown, practice, site_url=settings.SITE_URL))
    head = _head_of_treatment(shown, practice, path=f"/treatments/{shown.slug}/", data=(data,))
    others = [each for each in catalogue if each.slug != slug]
    context = {"treatment": shown, "others": others, "people": people(treatment=shown.record)}
    return _page(request, "treatment", entry="page", practice=practice, head=head, **context)


@require_safe
@ensure_csrf_cookie
def guide(request: HttpRequest) -> HttpResponse:
    practice = get_practice()
    words = texts()["guide"]
    head = _plain_head(words["title"], words["description"], practice, path="/guide/")
    return _page(request, "guide", entry="guide", practice=practice, head=head)


@require_safe
@ensure_csrf_cookie
def book(request: HttpRequest, slug: str = "") -> HttpResponse:
    """The booking page; with a treatment's slug it starts there. An unknown slug starts with the choice."""
    practice = get_practice()
    shown = _known(slug, practice)
    words = texts()["book"]
    head = (
        _head_of_treatment(shown, practice, path=f"/book/{shown.slug}")
        if shown
        else _plain_head(words["title"], words["description"], practice, path="/book/")
    )
    return _page(request, "book", entry="book", practice=practice, treatment=shown, head=head)


@require_safe
@ensure_csrf_cookie
def manage(request: HttpRequest, reference: str) -> HttpResponse:
    """The page behind the link in messages, alike for every reference: its token never reaches the server here."""
    return _private(_page(request, "manage", entry="manage", reference=reference))


@require_safe
@ensure_csrf_cookie
def account(request: HttpRequest) -> HttpResponse:
    """A client's own bookings. Who is not signed in is told so by the script, from the API's answer."""
    return _private(_page(request, "account", entry="account"))


@require_safe
@ensure_csrf_cookie
def sign_in(request: HttpRequest) -> HttpResponse:
    return _private(_page(request, "sign-in", entry="sign-in"))


@require_safe
@ensure_csrf_cookie
def set_password(request: HttpRequest) -> HttpResponse:
    return _private(_page(request, "set-password", entry="set-password"))


@require_safe
@ensure_csrf_cookie
def staff(request: HttpRequest, path: str = "") -> HttpResponse:
    """The frame of the staff's screens, alike for all of them. Others are sent to sign in and come back."""
    user = request.user
    if not isinstance(user, User) or user.role not in STAFF_ROLES:
        return redirect(f"{reverse('sign-in')}?next={quote(_place_without_names(request))}")
    context = {"practice": get_practice(), "texts": texts(), "bundle": bundle("staff", "staff")}
    return _private(render(request, "web/staff.html", context))


def _place_without_names(request: HttpRequest) -> str:
    """The address asked for, but for what was typed into a search: that is a client's name, and addresses are kept."""
    query = request.GET.copy()
    query.pop("q", None)
    return f"{request.path}?{query.urlencode()}" if query else request.path


@require_safe
def embedded_book(request: HttpRequest, slug: str = "") -> HttpResponse:
    """The booking page without its frame, to be shown within the clinic's own site."""
    practice = get_practice()
    response = _page(request, "embedded", entry="book", practice=practice, treatment=_known(slug, practice))
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _page(
    request: HttpRequest, name: str, *, entry: str, practice: Practice | None = None, **context: Any
) -> HttpResponse:
    practice = practice or get_practice()
    shared = {
        "practice": practice,
        "texts": texts(),
        "bundle": bundle("book" if entry == "book" else "public", entry),
        "page": name,
    }
    if "opening" not in context:
        shared["opening"] = opening_of(practice)
    return render(request, f"web/{name.replace('-', '_')}.html", shared | context)


def opening_of(practice: Practice) -> list[OpenDays]:
    """The usual week, by the hours in force today."""
    return open_days(weekly_opening(clock.local_date(timezone.now(), practice.zone)))


def _head_of_treatment(
    shown: OfferedTreatment, practice: Practice, *, path: str, data: tuple[SafeString, ...] = ()
) -> Head:
    return Head(
        title=f"{shown.name} · {practice.name}",
        description=shown.summary,
        url=f"{settings.SITE_URL}{path}",
        image=f"{settings.SITE_URL}{shown.picture}" if shown.picture else "",
        image_alt=shown.record.image_alt,
        data=data,
    )


def _plain_head(title: str, description: str, practice: Practice, *, path: str) -> Head:
    return Head(title=f"{title} · {practice.name}", description=description, url=f"{settings.SITE_URL}{path}")


def _known(slug: str, practice: Practice) -> OfferedTreatment | None:
    """The published treatment of that slug, if there is one: a link may be older than the catalogue."""
    return next((each for each in offered_treatments(practice) if each.slug == slug), None) if slug else None


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Cache-Control"] = "no-store"
    return response
