"""What search engines read of the clinic and its treatments, in the words of schema.org.

It claims a place and its services, no more: nothing medical, no ratings, nothing that the pages do not show.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.utils.safestring import SafeString, mark_safe

from bookings.hours import DAY_MINUTES
from clinic.practice.models import Practice
from clinic.web.catalogue_pages import OfferedTreatment
from clinic.web.opening_words import OpenDays, clock_text
from clinic.web.texts import fill, texts

_CONTEXT: Final = "https://schema.org"
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")  # schema.org's names
# Within <script> the text ends at the first "</script", whatever the JSON around it says.
_ESCAPES: Final = str.maketrans({char: f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"})


def as_json(data: Mapping[str, Any]) -> SafeString:
    """JSON that may stand inside a script element as it is."""
    return mark_safe(json.dumps(data, ensure_ascii=False).translate(_ESCAPES))  # noqa: S308  # made safe just now


def describe_business(practice: Practice, *, opening: Sequence[OpenDays], site_url: str) -> dict[str, Any]:
    return {"@context": _CONTEXT} | _filled(
        {
            "@type": "HealthAndBeautyBusiness",
            "@id": f"{site_url}/#clinic",
            "name": practice.name,
            "description": practice.tagline,
            "url": f"{site_url}/",
            "sameAs": practice.website,
            "telephone": practice.phone.as_e164 if practice.phone else "",
            "email": practice.email,
            "address": ", ".join(practice.address.splitlines()),
            "logo": f"{site_url}{practice.logo.url}" if practice.logo else "",
            "currenciesAccepted": practice.currency,
            "openingHoursSpecification": [_hours(days, *stretch) for days in opening for stretch in days.stretches],
        }
    )


def describe_service(treatment: OfferedTreatment, practice: Practice, *, site_url: str) -> dict[str, Any]:
    return {"@context": _CONTEXT} | _filled(
        {
            "@type": "Service",
            "name": treatment.name,
            "description": treatment.summary,
            "url": f"{site_url}/treatments/{treatment.slug}/",
            "image": f"{site_url}{treatment.picture}" if treatment.picture else "",
            "provider": {"@type": "HealthAndBeautyBusiness", "@id": f"{site_url}/#clinic", "name": practice.name},
            "offers": _offers(treatment, practice, site_url=site_url),
        }
    )


def _offers(treatment: OfferedTreatment, practice: Practice, *, site_url: str) -> list[dict[str, Any]]:
    """One for each length; schema.org says how long a price is for by what it is the price of."""
    return [
        {
            "@type": "Offer",
            "name": fill(texts()["minutes"], n=length.minutes),
            "price": f"{length.amount:.2f}",
            "priceCurrency": practice.currency,
            "url": f"{site_url}/book/{treatment.slug}?minutes={length.minutes}",
            "priceSpecification": {
                "@type": "UnitPriceSpecification",
                "price": f"{length.amount:.2f}",
                "priceCurrency": practice.currency,
                "referenceQuantity": {"@type": "QuantitativeValue", "value": length.minutes, "unitCode": "MIN"},
            },
        }
        for length in treatment.lengths
    ]


def _hours(days: OpenDays, starts: int, ends: int) -> dict[str, Any]:
    return {
        "@type": "OpeningHoursSpecification",
        "dayOfWeek": [_DAYS[weekday] for weekday in days.weekdays],
        "opens": clock_text(starts),
        "closes": clock_text(min(ends, DAY_MINUTES - 1)),
    }


def _filled(members: Mapping[str, Any]) -> dict[str, Any]:
    """Without what there is nothing to say of."""
    return {name: value for name, value in members.items() if value}
