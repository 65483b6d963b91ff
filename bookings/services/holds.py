"""Holds: a slot kept for a few minutes while somebody fills in the form."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import F
from django.utils.crypto import salted_hmac

from bookings.errors import SlotTaken, TooManyHolds
from bookings.models import Allocation, Hold
from bookings.selectors.openings import Wanted, load_candidates
from bookings.selectors.rules import EffectiveRules, load_rules
from bookings.services.slots import Attempt, allocate, locked_claim, take_slot
from clinic.errors import NotFound
from clinic.transactions import owns_transaction

_KEPT_AFTER_EXPIRY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PlacedHold:
    """A new hold, its token, which is shown once and kept as a hash, and the rules of the therapist held."""

    hold: Hold
    token: str
    rules: EffectiveRules


def holder_digest(who: str) -> str:
    """Who holds, as a keyed digest: enough to count, not enough to recognise an address."""
    return salted_hmac("bookings.holder", who, algorithm="sha256").hexdigest()


def place_hold(wanted: Wanted, starts_at: datetime, *, holder: str, now: datetime) -> PlacedHold:
    """Keep a slot for the clinic's hold minutes. `holder` comes from `holder_digest`.

    Raises SlotTaken, SlotUnavailable, TooManyHolds, or InvalidInput naming `therapist`.
    """
    attempt = Attempt(wanted, starts_at, load_rules(), load_candidates(wanted), now)
    return take_slot(attempt, lambda: _place(attempt, holder))


@owns_transaction(violations={"allocation_no_overlap": SlotTaken})
def _place(attempt: Attempt, holder: str) -> PlacedHold:
    claim, now = locked_claim(attempt), attempt.now
    _check_hold_count(holder, limit=attempt.rules.clinic.holds_per_visitor, now=now)
    token = secrets.token_urlsafe(32)
    hold = Hold.objects.create(
        token_hash=_hash(token),
        treatment=attempt.wanted.treatment,
        therapist_id=claim.opening.therapist_id,
        room_id=claim.opening.room_id,
        minutes=attempt.wanted.minutes,
        starts_at=attempt.starts_at,
        ends_at=claim.ends_at,
        expires_at=now + timedelta(minutes=claim.rules.hold_minutes),
        holder=holder,
        created_at=now,
    )
    allocate(claim, hold=hold)
    return PlacedHold(hold, token, claim.rules)


def find_hold(token: str) -> Hold | None:
    """The hold of this token, its time over or not."""
    return Hold.objects.filter(token_hash=_hash(token)).first()


@owns_transaction()
def release_hold(token: str) -> None:
    """Let the slot go at once. Letting go twice is fine. Raises NotFound for an unknown token."""
    hold = find_hold(token)
    if hold is None:
        raise NotFound
    end_hold(hold)


def end_hold(hold: Hold) -> None:
    Allocation.objects.filter(hold=hold, is_active=True).update(is_active=False)


@owns_transaction()
def release_expired(now: datetime) -> int:
    """The sweep's part: give back what expired holds still occupy, and forget old ones. How many ended."""
    ended = Allocation.objects.filter(is_active=True, kind=Allocation.Kind.HOLD, hold__expires_at__lte=now).update(
        is_active=False
    )
    Hold.objects.filter(expires_at__lt=now - _KEPT_AFTER_EXPIRY).delete()
    return ended


def _check_hold_count(holder: str, *, limit: int, now: datetime) -> None:
    held = (
        Allocation.objects.filter(hold__holder=holder, hold__expires_at__gt=now, is_active=True)
        .filter(resource_id=F("hold__therapist__resource_id"))
        .count()
    )
    if held >= limit:
        raise TooManyHolds(limit=limit)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
