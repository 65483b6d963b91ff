"""Dates, figures and sentences of the messages about an appointment. No treatment is ever named."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings

from bookings.manage_token import token_for
from bookings.models import Appointment
from bookings.money import money_in_words
from bookings.services.appointments import cancellation_terms
from bookings.status import OPEN
from clinic.messaging.words import one_line
from clinic.practice.models import Practice

_TITLES: Final = frozenset({"dr", "miss", "mr", "mrs", "ms", "mx", "prof", "professor"})
_HEADINGS: Final = {
    "confirmation": "Your appointment",
    "reminder": "Reminder: your appointment",
    "moved": "Changed: your appointment",
    "cancelled": "Cancelled: your appointment",
    "cancelled-by-clinic": "Cancelled: your appointment",
}


def words_of(
    appointment: Appointment, *, sort: str, practice: Practice, was_at: datetime | None, now: datetime
) -> dict[str, Any]:
    """Everything the templates of a message say, as of `now`. `was_at`: the start before a move."""
    zone = practice.zone
    is_open = appointment.status in OPEN
    heading = f"{_HEADINGS[sort]} on {day_in_words(appointment.starts_at, zone)}"
    return {
        "subject": f"{heading} at {appointment.starts_at.astimezone(zone):%H:%M}",
        "heading": heading,
        "opening": f"messages/openings/{sort}.txt",
        "greeting": one_line(appointment.client.preferred_name or appointment.client.first_name),
        "details": _details(appointment, zone),
        "directions": appointment.location.directions.strip() if is_open else "",
        "policy": policy_in_words(appointment, zone, now=now) if is_open else "",
        "link": manage_link(appointment) if is_open else f"{settings.SITE_URL}/",
        "link_text": "See, move or cancel your appointment" if is_open else "Find another time",
        "previous": moment_in_words(was_at, zone) if was_at else "",
        "fee_due": money_in_words(appointment.fee_due, appointment.currency) if appointment.fee_due else "",
        "contact": _contact(practice),
        "clinic": one_line(practice.name),
        "clinic_address": _lines_as_one(practice.address),
        "colour": practice.colour,
        "on_colour": colour_of_text_on(practice.colour),
    }


def manage_link(appointment: Appointment) -> str:
    """The token stands behind the #: browsers keep that part to themselves."""
    return f"{settings.SITE_URL}/manage/{appointment.reference}#{token_for(appointment)}"


def day_in_words(at: datetime, zone: ZoneInfo) -> str:
    """Tuesday 5 January 2027, on the clinic's calendar."""
    local = at.astimezone(zone)
    return f"{local:%A} {local.day} {local:%B %Y}"


def moment_in_words(at: datetime, zone: ZoneInfo) -> str:
    """Tuesday 5 January 2027, 09:00 GMT."""
    return f"{day_in_words(at, zone)}, {_clock_in_words(at, zone)}"


def stretch_in_words(starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> str:
    """Tuesday 5 January 2027, 09:00 to 10:00 GMT. Both zones are named when the clocks change in between."""
    starts, ends = _clock_in_words(starts_at, zone), _clock_in_words(ends_at, zone)
    if starts.split(" ")[1] == ends.split(" ")[1]:
        starts = starts.split(" ")[0]
    return f"{day_in_words(starts_at, zone)}, {starts} to {ends}"


def policy_in_words(appointment: Appointment, zone: ZoneInfo, *, now: datetime) -> str:
    """What cancelling and not coming cost, in the figures agreed when it was booked."""
    terms = cancellation_terms(appointment, now=now)
    late = _charge(appointment, appointment.late_cancellation_fee)
    missed = _charge(appointment, appointment.no_show_fee)
    if terms.is_late:
        return f"If you cancel now, {late}. If you do not come, {missed}."
    until = moment_in_words(terms.free_until, zone)
    free = f"You can move or cancel it free of charge until {until}."
    if terms.free_until == appointment.starts_at:
        return f"{free} If you do not come, {missed}."
    return f"{free} If you cancel later than that, {late}; if you do not come, {missed}."


def colour_of_text_on(colour: str) -> str:
    """Black or white, whichever stands out more on `colour` (#rrggbb), by the contrast formula of WCAG 2."""
    red, green, blue = (_linear(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5))
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "#ffffff" if 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 else "#000000"


def first_name(name: str) -> str:
    """How a therapist is called in a message: the first of their names, without a title."""
    parts = one_line(name).split(" ")
    names = [part for part in parts if part.rstrip(".").lower() not in _TITLES]
    return (names or parts)[0]


def _details(appointment: Appointment, zone: ZoneInfo) -> list[tuple[str, str]]:
    where = [one_line(appointment.location.name), _lines_as_one(appointment.location.address)]
    details = [
        ("When", stretch_in_words(appointment.starts_at, appointment.ends_at, zone)),
        ("How long", f"{appointment.minutes} minutes"),
        ("With", first_name(appointment.therapist.name)),
        ("Where", ", ".join(filter(None, where))),
        ("Reference", appointment.reference),
    ]
    if appointment.price and appointment.status in OPEN:
        details.insert(-1, ("Price", money_in_words(appointment.price, appointment.currency)))
    return details


def _contact(practice: Practice) -> str:
    ways = ["reply to this message"] if practice.email else []
    if practice.phone:
        ways.append(f"call {practice.phone.as_international}")
    return f"Questions? Please {' or '.join(ways)}." if ways else "Please do not reply to this message."


def _charge(appointment: Appointment, amount: Any) -> str:
    return f"{money_in_words(amount, appointment.currency)} is due" if amount else "nothing is due"


def _clock_in_words(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    name = local.tzname() or "UTC"
    return f"{local:%H:%M} {name if name[0].isalpha() else 'UTC' + name}"


def _lines_as_one(text: str) -> str:
    return ", ".join(filter(None, (one_line(line).rstrip(",") for line in text.splitlines())))


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4  # noqa: PLR2004  # WCAG 2
