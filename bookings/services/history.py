"""The history of an appointment: one event for each version."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from bookings.models import Appointment, AppointmentEvent
from clinic.accounts.models import User
from clinic.transactions import transaction_required

LINK_HOLDER: Final = "client by link"
VISITOR: Final = "client online"


@transaction_required
def record_event(
    appointment: Appointment,
    *,
    action: str,
    status_before: str,
    actor: User | None,
    now: datetime,
    actor_label: str = VISITOR,
    changes: Mapping[str, tuple[Any, Any]] | None = None,
    reason: str = "",
) -> AppointmentEvent:
    """Write down what just became of the appointment, under its new version."""
    return AppointmentEvent.objects.create(
        appointment=appointment,
        version=appointment.version,
        action=action,
        occurred_at=now,
        actor=actor,
        actor_label=f"{actor} ({actor.role})" if actor else actor_label,
        status_before=status_before,
        status_after=appointment.status,
        changes={name: [_plain(before), _plain(after)] for name, (before, after) in (changes or {}).items()},
        reason=reason,
    )


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value if value is None else str(value)
