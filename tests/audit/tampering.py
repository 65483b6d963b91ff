"""What somebody with full rights on the database can do: they are not stopped by a trigger."""

from __future__ import annotations

from django.db import connection

from clinic.audit.models import AuditEvent, ChainHead


def lift_the_trigger(table: str = "audit_auditevent", trigger: str = "audit_event_is_frozen") -> None:
    """Until the test's transaction is rolled back."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"DROP TRIGGER {trigger} ON {table}")
        else:
            cursor.execute(f"DROP TRIGGER {trigger}")


def move_head_to(event: AuditEvent) -> None:
    ChainHead.objects.update(sequence=event.sequence, hash=event.hash)
