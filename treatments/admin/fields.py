"""Form fields and widgets of the catalogue's pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse
from unfold.widgets import PROSE_CLASSES, UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from treatments.models.guide import MAX_WEIGHT
from treatments.prose import render_markdown

_WEIGHTS = [(0, "0 · says nothing"), (1, "1 · a little"), (2, "2 · clearly"), (3, "3 · strongly")]


class MarkdownWidget(UnfoldAdminTextareaWidget):  # type: ignore[misc]  # has no types
    """A text area with, beside it, what clients will see. The server renders both times."""

    template_name = "treatments/admin/markdown_widget.html"

    class Media:
        css = {"all": ("treatments/markdown.css",)}
        js = ("treatments/markdown.js",)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        context["preview"] = render_markdown(value or "")
        context["preview_url"] = reverse("admin:treatments_treatment_preview")
        context["prose"] = " ".join(PROSE_CLASSES)
        return context


class TextField(forms.CharField):
    """Text of several lines. Browsers send line ends of their own, which would look like an edit."""

    widget = UnfoldAdminTextareaWidget

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return "\n".join(text.splitlines()) if isinstance(text, str) else text


class MarkdownField(TextField):
    widget = MarkdownWidget


class LinesField(forms.CharField):
    """A list of short texts, one on each line."""

    widget = UnfoldAdminTextareaWidget

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(str(line) for line in value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]  # a list is what comes out
        lines = value if isinstance(value, list) else str(value or "").splitlines()
        return [text for line in lines if (text := str(line).strip())]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.to_python(initial) != self.to_python(data)

    def run_validators(self, value: Any) -> None:
        super().run_validators("\n".join(value))

    def validate(self, value: Any) -> None:
        super().validate("\n".join(value))


def weight_field(**kwargs: Any) -> forms.TypedChoiceField:
    """0 to 3, in words."""
    return forms.TypedChoiceField(
        choices=_WEIGHTS[: MAX_WEIGHT + 1], coerce=int, initial=1, widget=UnfoldAdminSelectWidget, **kwargs
    )
