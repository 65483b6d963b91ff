"""The admin's pages as a browser uses them: read the form, change something, send all of it back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.apps import apps
from django.http import HttpResponse
from django.test import Client as Browser


def page(kind: str, key: object, *rest: object) -> str:
    return "/".join(["/admin/treatments", kind, *(str(part) for part in (key, *rest)), ""])


def first_key(kind: str) -> int:
    """The primary key of the first entry of a kind. A server's numbers do not begin at 1 for each test."""
    model = apps.get_model("treatments", kind)
    return int(model._default_manager.order_by("pk").values_list("pk", flat=True)[0])


def read_form(browser: Browser, path: str) -> dict[str, Any]:
    """What a browser would send if the button were pressed at once."""
    response = browser.get(path)
    assert response.status_code == 200, response
    sent = dict(_fields(response.context["adminform"].form))
    for inline in response.context["inline_admin_formsets"]:
        sent |= dict(_formset(inline.formset))
    return sent


def send(browser: Browser, path: str, **changes: Any) -> HttpResponse:
    """Send the page's form with these changes; `__` in a name stands for `-`."""
    form = read_form(browser, path) | {name.replace("__", "-"): value for name, value in changes.items()}
    response: Any = browser.post(path, {name: value for name, value in form.items() if value is not None})
    return response  # type: ignore[no-any-return]


def errors_of(response: HttpResponse) -> dict[str, list[str]]:
    """Every message of a page that was not accepted, by the name of its field."""
    context = response.context  # type: ignore[attr-defined]  # the test client adds it
    found = {name: list(messages) for name, messages in context["adminform"].form.errors.items()}
    for inline in context["inline_admin_formsets"]:
        prefix = inline.formset.prefix
        found |= {prefix: list(inline.formset.non_form_errors())} if inline.formset.non_form_errors() else {}
        for form in inline.formset.forms:
            found |= {f"{form.prefix}-{name}": list(messages) for name, messages in form.errors.items()}
    return found


def _formset(formset: Any) -> Iterator[tuple[str, Any]]:
    yield from _fields(formset.management_form)
    for form in formset.forms:
        yield from _fields(form)
        for nested in getattr(form, "nested_formsets", []):
            yield from _formset(nested.formset)


def _fields(form: forms.BaseForm) -> Iterator[tuple[str, Any]]:
    for bound in form:
        value = bound.value()
        if isinstance(bound.field, forms.FileField) or value is False:
            continue
        yield bound.html_name, "on" if value is True else "" if value is None else value
