"""The clinic's own record: one page."""

from __future__ import annotations

import zoneinfo
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminColorInputWidget, UnfoldAdminSelectWidget, UnfoldAdminURLInputWidget

from clinic.images import tidy_picture
from clinic.practice.models import Practice
from clinic.practice.selectors import get_practice


class PracticeForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs alone
    time_zone = forms.ChoiceField(
        choices=lambda: [(name, name.replace("_", " ")) for name in sorted(zoneinfo.available_timezones())],
        widget=UnfoldAdminSelectWidget,
        help_text="Working hours are read by this clock. Bookings that stand keep their moment.",
    )

    website = forms.URLField(required=False, assume_scheme="https", widget=UnfoldAdminURLInputWidget)

    class Meta:
        model = Practice
        fields = (
            *("name", "tagline", "logo", "colour", "address", "phone", "email", "website"),
            *("time_zone", "currency", "embed_origins"),
        )
        widgets: ClassVar = {"colour": UnfoldAdminColorInputWidget}
        help_texts: ClassVar = {
            "tagline": "One line below the name on the first page.",
            "currency": "Three letters, such as GBP. Prices of bookings that stand keep theirs.",
            "logo": "Shown beside the name. PNG, JPEG or WebP, at most 12 MB; a clear background suits light and dark.",
            "embed_origins": (
                "Booking pages can stand inside pages of your own site. Write its address here, such as "
                "https://www.example.org, one on each line. Sites that are not named here cannot show them."
            ),
            "colour": "For buttons and links. Links are darkened or lightened as far as reading them needs.",
        }

    def clean_logo(self) -> Any:
        return tidy_picture(self.cleaned_data.get("logo"))


def _what_to_paste() -> SafeString:
    """What the owner copies into a page of another site. The slugs of treatments stand in their addresses."""
    tags = (
        f'<script src="{settings.SITE_URL}/embed.js" defer></script>',
        "<groundwork-booking></groundwork-booking>",
        '<groundwork-times treatment="calf-release" minutes="60"></groundwork-times>',
    )
    return format_html(
        "After saving the address of your site below, paste the first line into a page of it, and below that "
        "the second where people shall book, or the third where they shall see the next free times. "
        "The treatment is named as in the address of its page.<pre><code>{}</code></pre>",
        "\n".join(tags),
    )


@admin.register(Practice)
class PracticeAdmin(ModelAdmin):  # type: ignore[misc]  # unfold carries no types
    form = PracticeForm
    fieldsets: ClassVar = (
        (None, {"fields": ("name", "tagline", "logo", "colour")}),
        ("How to reach it", {"fields": ("address", "phone", "email", "website")}),
        ("Time and money", {"fields": ("time_zone", "currency")}),
        ("On your own site", {"fields": ("embed_origins",), "description": _what_to_paste()}),
    )

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:practice_practice_change", args=(get_practice().pk,)))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Practice | None = None) -> bool:
        return False
