"""Every address that Django's resolver knows, with the methods its view has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import admin
from django.urls import URLPattern, URLResolver, get_resolver

VERBS: Final = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE")
_PARAMETER: Final = re.compile(r"<(?:[a-z]+:)?[a-z_]+>")
_MODEL_PAGES: Final = {
    "": "list",
    "add/": "add",
    "<path:object_id>/change/": "change",
    "<path:object_id>/delete/": "delete",
    "<path:object_id>/history/": "history",
    "<path:object_id>/": "short",
    "^recover/$": "recoverlist",
    r"^recover/(\d+)/$": "recover",
    r"^([^/]+)/history/(\d+)/$": "revision",
}
_GROUP: Final = re.compile(r"\((?:\?P<\w+>)?[^)]*\)")


@dataclass(frozen=True)
class Route:
    """One line of the resolver: its pattern as written, and what it leads to."""

    pattern: str
    callback: Any

    @property
    def is_admin(self) -> bool:
        return self.pattern.startswith("admin/")

    @property
    def model_page(self) -> tuple[str, str] | None:
        """`app.model` and which of its pages, for the pages of models in the owner's site."""
        _, _, rest = self.pattern.partition("admin/")
        for model in admin_models() if self.is_admin else ():
            start = model.replace(".", "/") + "/"
            if rest.startswith(start) and rest.removeprefix(start) in _MODEL_PAGES:
                return model, _MODEL_PAGES[rest.removeprefix(start)]
        return None

    @property
    def has_subject(self) -> bool:
        """Whether the address names one thing out of many."""
        return bool(_PARAMETER.search(self.pattern) or _GROUP.search(self.pattern))

    @property
    def verbs(self) -> frozenset[str]:
        """The methods that the view's class has; empty where the view is a function, which tells nothing."""
        actions = getattr(self.callback, "actions", None)
        if actions:
            return frozenset(method.upper() for method in actions) - {"HEAD", "OPTIONS"}
        kind = getattr(self.callback, "view_class", None) or getattr(self.callback, "cls", None)
        names = kind.http_method_names if kind else ()
        return frozenset(name.upper() for name in names if hasattr(kind, name)) - {"HEAD", "OPTIONS"}

    def path(self, *subject: object) -> str:
        """The address for these parameters, in their order."""
        values = iter(subject)
        plain = self.pattern.removesuffix("$").replace("/?", "/").replace("^", "").replace("$", "")
        without_groups = _GROUP.sub(lambda _: str(next(values)), plain)  # first: groups have names in angles too
        return "/" + _PARAMETER.sub(lambda _: str(next(values)), without_groups)


def all_routes() -> list[Route]:
    return list(_walk(get_resolver(), ""))


def admin_models() -> list[str]:
    """`app.model` of everything in the owner's site."""
    return sorted(model._meta.label_lower for model in admin.site._registry)


def _walk(resolver: URLResolver, before: str) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        pattern = before + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield Route(pattern, entry.callback)
        else:
            yield from _walk(entry, pattern)
