"""What the head of a public page tells those who list it or share its link."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.safestring import SafeString


@dataclass(frozen=True, slots=True)
class Head:
    """Whole addresses, of the clinic's site as the settings name it: a page may be reached under others too."""

    title: str
    description: str
    url: str
    image: str = ""
    image_alt: str = ""
    data: tuple[SafeString, ...] = ()  # JSON-LD
