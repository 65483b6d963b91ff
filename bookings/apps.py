from __future__ import annotations

from django.apps import AppConfig


class BookingsConfig(AppConfig):
    name = "bookings"

    def ready(self) -> None:
        from bookings.messages import compose  # noqa: PLC0415  # models are not ready before
        from bookings.reminders import TOPIC  # noqa: PLC0415
        from bookings.services.places import link_new_therapist  # noqa: PLC0415  # models are not ready before
        from clients.selectors import visible_to as visible_clients  # noqa: PLC0415
        from clinic.accounts import hooks  # noqa: PLC0415
        from clinic.messaging.registry import composers  # noqa: PLC0415
        from clinic.messaging.selectors import people_in_care  # noqa: PLC0415

        if link_new_therapist not in hooks.on_staff_created:
            hooks.on_staff_created.append(link_new_therapist)
        composers[TOPIC] = compose
        people_in_care.append(visible_clients)
