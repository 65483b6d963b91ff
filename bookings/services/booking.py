"""Booking online: what a visitor or a signed-in client may book, and how."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeVar

from bookings.errors import SafetyAdvice, SlotTaken, TooManyUpcoming
from bookings.models import Appointment, Hold
from bookings.selectors.appointments import is_returning, upcoming_count
from bookings.selectors.openings import NOTHING, Passing, Wanted, load_candidates
from bookings.selectors.rules import RuleBook, load_rules
from bookings.services.creation import create_appointment
from bookings.services.holds import end_hold, find_hold
from bookings.services.slots import Attempt, locked_claim, take_slot
from clients.models import Client
from clients.models import Screening as StoredScreening
from clients.services.matching import ClientDetails, client_for_booking
from clients.services.people import OLDEST_AGE, age_on
from clients.services.screening import store_screening
from clinic import clock
from clinic.accounts.models import User
from clinic.api.idempotency import Answer, answer_once, find_answer
from clinic.errors import InvalidInput
from clinic.transactions import owns_transaction, transaction_required
from treatments.models import TreatmentOption
from treatments.safety import Screening
from treatments.selectors import get_option
from treatments.selectors.guide import load_guide
from treatments.services.guide import check_answers, screen

T = TypeVar("T")

_CREATED: Final = 201


@dataclass(frozen=True, slots=True)
class BookingRequest:
    """What a visitor sends. `starts_at` is aware; `safety` holds the slugs answered with yes."""

    treatment: str
    minutes: int
    starts_at: datetime
    client: ClientDetails
    accepts_policy: bool
    therapist_id: int | None = None
    hold_token: str = ""
    safety: tuple[str, ...] = ()
    guide: dict[str, Any] = field(default_factory=dict)

    @property
    def all_safety(self) -> tuple[str, ...]:
        """The safety answers of the booking and of the guide before it."""
        return tuple(dict.fromkeys([*self.safety, *self.guide.get("safety", ())]))


@dataclass(frozen=True, slots=True)
class _Checked:
    """A request that may be carried out, with everything looked up that no lock is needed for."""

    request: BookingRequest
    user: User | None
    option: TreatmentOption
    screened: Screening
    attempt: Attempt
    hold: Hold | None
    now: datetime


def book(request: BookingRequest, *, user: User | None, now: datetime) -> Appointment:
    """Book for a visitor, or for a signed-in client.

    Raises InvalidInput naming the field, SafetyAdvice, SlotTaken, SlotUnavailable, TooManyUpcoming.
    A refusal stores nothing but the safety answers that led to it, without a name.
    """
    return _take(_check(request, user, now), lambda work: work())


def book_once(
    request: BookingRequest,
    *,
    user: User | None,
    scope: str,
    key: str,
    fingerprint: str,
    represent: Callable[[Appointment], dict[str, Any]],
    now: datetime,
) -> Answer:
    """As `book`, but the same `key` of the same `scope` gets the first answer again.

    Raises KeyReused for another request under the key, and what `book` raises.
    """
    earlier = find_answer(scope=scope, key=key, fingerprint=fingerprint)
    if earlier:
        return earlier

    def once(work: Callable[[], Appointment]) -> Answer:
        return answer_once(
            scope=scope, key=key, fingerprint=fingerprint, work=lambda: Answer(_CREATED, represent(work()))
        )

    try:
        return _take(_check(request, user, now), once)
    except (SlotTaken, TooManyUpcoming):
        # The slot may have gone to this very request, sent twice at once.
        earlier = find_answer(scope=scope, key=key, fingerprint=fingerprint)
        if earlier:
            return earlier
        raise


def _take(checked: _Checked, wrap: Callable[[Callable[[], Appointment]], T]) -> T:
    """Write the booking into its slot, `wrap` around the work, all in one transaction."""

    @owns_transaction(violations={"allocation_no_overlap": SlotTaken})
    def write() -> T:
        return wrap(lambda: _write(checked))

    return take_slot(checked.attempt, write)


def _check(request: BookingRequest, user: User | None, now: datetime) -> _Checked:
    if not request.accepts_policy:
        raise InvalidInput.field("accepts_policy", "Please accept the cancellation policy.", code="must_accept")
    option = get_option(slug=request.treatment, minutes=request.minutes)
    returning = is_returning(user) if user else False
    _check_option(option, is_returning=returning)
    hold = _matching_hold(request)
    rules = load_rules()
    _check_age(request, option, rules)
    screened = _screen(request, now=now)
    wanted = Wanted(
        option.treatment,
        option.minutes,
        therapist_id=request.therapist_id or (hold.therapist_id if hold else None),
        is_returning=returning,
    )
    attempt = Attempt(wanted, request.starts_at, rules, load_candidates(wanted), _judged_at(hold, now), _passing(hold))
    return _Checked(request, user, option, screened, attempt, hold, now)


def _judged_at(hold: Hold | None, now: datetime) -> datetime:
    """A hold was judged when it was placed: a minute of typing must not make it too short notice."""
    return hold.created_at if hold and hold.expires_at > now else now


def _passing(hold: Hold | None) -> Passing:
    return Passing(hold_id=hold.pk) if hold else NOTHING


@transaction_required
def _write(checked: _Checked) -> Appointment:
    request, user, now = checked.request, checked.user, checked.now
    claim = locked_claim(checked.attempt)
    if checked.hold:
        end_hold(checked.hold)
    client = client_for_booking(details=request.client, user=user, now=now)
    if upcoming_count(client, now=now) >= claim.rules.upcoming_bookings_cap:
        raise TooManyUpcoming(limit=claim.rules.upcoming_bookings_cap)
    appointment = create_appointment(
        claim,
        option=checked.option,
        client=client,
        source=Appointment.Source.ONLINE,
        actor=user,
        now=now,
        is_first_visit=not checked.attempt.wanted.is_returning,
        needs_review=checked.screened.needs_review,
        has_accepted_policy=True,
    )
    if request.all_safety or request.guide:
        _keep_answers(request, checked.screened, now=now, client=client, reference=appointment.reference)
    return appointment


def _check_option(option: TreatmentOption, *, is_returning: bool) -> None:
    if is_returning and option.is_first_visit_only:
        raise InvalidInput.field("minutes", "This length is for a first visit.", code="first_visit_only")
    if not is_returning and not option.treatment.is_for_new_clients:
        message = "This treatment is for clients who have been before. If you have, please sign in first."
        raise InvalidInput.field("treatment", message, code="returning_only")


def _check_age(request: BookingRequest, option: TreatmentOption, rules: RuleBook) -> None:
    born = request.client.date_of_birth
    if born is None:
        return
    age = age_on(clock.local_date(request.starts_at, rules.clinic.zone), born=born)
    if age > OLDEST_AGE:
        message = f"That would be an age of {age} years."
        raise InvalidInput.field("client.date_of_birth", message, code="implausible")
    if age < option.treatment.minimum_age:
        message = f"Online booking is for people of {option.treatment.minimum_age} and over. Please ring the clinic."
        raise InvalidInput.field("client.date_of_birth", message, code="under_minimum_age")


def _matching_hold(request: BookingRequest) -> Hold | None:
    """The hold the request speaks of. Over or not, it must be for what is booked."""
    if not request.hold_token:
        return None
    hold = find_hold(request.hold_token)
    if hold is None:
        raise InvalidInput.field("hold", "There is no such hold.", code="unknown_hold")
    is_same = (
        hold.treatment.slug == request.treatment
        and hold.minutes == request.minutes
        and hold.starts_at == request.starts_at
        and request.therapist_id in {None, hold.therapist_id}
    )
    if not is_same:
        raise InvalidInput.field("hold", "The hold is for another time or treatment.", code="other_hold")
    return hold


def _screen(request: BookingRequest, *, now: datetime) -> Screening:
    """What the safety answers ask for. Raises SafetyAdvice where booking must wait; the answer is kept."""
    _check_guide(request.guide)
    screened = screen(request.all_safety)
    if screened.stops:
        _keep_answers(request, screened, now=now, client=None, reference="")
        raise SafetyAdvice(advice=_advice(screened))
    return screened


def _check_guide(guide: Mapping[str, Any]) -> None:
    """Raise InvalidInput naming what the guide does not know, such as `guide.answers.<slug>`."""
    if not guide:
        return
    try:
        check_answers(load_guide(), answers=guide.get("answers", {}), follow_ups=guide.get("follow_ups", {}))
    except InvalidInput as error:
        raise InvalidInput({f"guide.{field}": items for field, items in error.errors.items()}) from error


def _keep_answers(
    request: BookingRequest, screened: Screening, *, now: datetime, client: Client | None, reference: str
) -> None:
    store_screening(
        answers={"safety": list(request.all_safety), "guide": request.guide},
        level=screened.level or "",
        source=StoredScreening.Source.BOOKING,
        client=client,
        appointment_reference=reference,
        now=now,
    )


def _advice(screened: Screening) -> dict[str, Any]:
    return {
        "level": screened.level,
        "text": screened.text,
        "concerns": [
            {"slug": c.slug, "question": c.question, "level": c.level, "advice": c.advice} for c in screened.concerns
        ],
    }
