"""What a person is to the clinic. One role each; everything else is denied by default."""

from __future__ import annotations

from django.db import models


class Role(models.TextChoices):
    OWNER = "owner", "Owner"
    THERAPIST = "therapist", "Therapist"
    RECEPTIONIST = "receptionist", "Receptionist"
    CLIENT = "client", "Client"


STAFF_ROLES = frozenset({Role.OWNER, Role.THERAPIST, Role.RECEPTIONIST})
CLINICAL_ROLES = frozenset({Role.OWNER, Role.THERAPIST})
FRONT_DESK_ROLES = frozenset({Role.OWNER, Role.RECEPTIONIST})
