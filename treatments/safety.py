"""What a yes to a safety question means. Pure.

The words for each level are code and not the owner's to edit: nobody should be able to soften
"ring 999" by accident. The advice for each single question is the owner's. Nothing here ever says
that it is all right to go ahead: without a yes there is simply no advice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Level(StrEnum):
    """From the gravest down."""

    EMERGENCY = "emergency"
    URGENT = "urgent"
    GP = "gp"
    REVIEW = "review"

    @property
    def stops(self) -> bool:
        """Whether the guide and the booking end here."""
        return self is not Level.REVIEW


TEXT_OF: Final[dict[Level, str]] = {
    Level.EMERGENCY: (
        "This may be an emergency. Ring 999 now, or go to A&E. "
        "Please do not book and do not have a massage: this has to be looked at first."
    ),
    Level.URGENT: (
        "Please have this looked at today: ring NHS 111, or go to an urgent treatment centre. "
        "If it gets worse quickly or you feel very unwell, ring 999. "
        "Please do not book a treatment before then."
    ),
    Level.GP: (
        "Please see your GP or a physiotherapist before you book a treatment. "
        "If it gets worse while you wait, ring NHS 111; in an emergency ring 999."
    ),
    Level.REVIEW: (
        "The therapist will look at your answer first, and may ring you, change the treatment or ask you "
        "to check with your GP. If you feel unwell, ring NHS 111; in an emergency ring 999."
    ),
}


@dataclass(frozen=True, slots=True)
class Concern:
    """One question answered with yes."""

    slug: str
    question: str
    level: Level
    advice: str


@dataclass(frozen=True, slots=True)
class Screening:
    """What all the safety answers together mean. `level` is None where nothing was answered with yes,
    which says nothing about the person: it only means that there is no advice to give.
    """

    level: Level | None
    text: str
    concerns: tuple[Concern, ...]

    @property
    def stops(self) -> bool:
        """Whether the guide and the booking path end with advice."""
        return self.level is not None and self.level.stops

    @property
    def needs_review(self) -> bool:
        """Whether the therapist has to look before the visit."""
        return self.level is Level.REVIEW


def screen_concerns(concerns: Iterable[Concern]) -> Screening:
    """The gravest level of all, its words, and the concerns with the gravest first."""
    order = list(Level)
    ranked = tuple(sorted(concerns, key=lambda concern: order.index(concern.level)))
    if not ranked:
        return Screening(level=None, text="", concerns=())
    return Screening(level=ranked[0].level, text=TEXT_OF[ranked[0].level], concerns=ranked)
