"""Several senders, paused senders, killed senders: each message once, and never lost.

Beside each: the same with the protection taken away, which has to go wrong.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.db.models import F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clinic.messaging import leases
from clinic.messaging.leases import MAX_UNCLEAR_ATTEMPTS
from clinic.messaging.mailer import Mailer, Outage, Postponed, Refused, Unclear
from clinic.messaging.models import Message, MessageStatus
from clinic.messaging.registry import Email, Skip, composers
from clinic.messaging.sweep import LEASE, SweepResult, sweep
from tests.messaging.outbox import NOW, TOPIC, greet, make_message

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
AFTER_LEASE = NOW + LEASE + SECOND


class Killed(BaseException):
    """What SIGKILL looks like from inside: nothing after it runs, and nobody catches it."""


def sent_ids() -> list[str]:
    return [message.extra_headers["Message-ID"] for message in mail.outbox]


def pause_while_another_sweeps() -> None:
    """The first sender falls asleep while composing, and wakes when another one has had its lease's time."""
    is_asleep = threading.Event()

    def compose(message: Message, now: datetime) -> Email | Skip:
        if not is_asleep.is_set():
            is_asleep.set()
            sweep(AFTER_LEASE)
        return greet(message, now)

    composers[TOPIC] = compose


@pytest.fixture
def without_renewal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts the attempt and asks nothing."""

    def renew(message: Message, **_: object) -> bool:
        return bool(Message.objects.filter(pk=message.pk).update(unclear_attempts=F("unclear_attempts") + 1))

    monkeypatch.setattr(leases, "renew", renew)


@pytest.fixture
def marks_before_sending(monkeypatch: pytest.MonkeyPatch) -> None:
    """Records the message as sent where it should only begin to send it."""

    def mark(message: Message, *, now: datetime, **_: object) -> bool:
        return bool(Message.objects.filter(pk=message.pk).update(status=MessageStatus.SENT, settled_at=now))

    monkeypatch.setattr(leases, "renew", mark)
    monkeypatch.setattr(leases, "record_sent", lambda *_args, **_kwargs: True)


# --- A paused sender ------------------------------------------------------------------------------


def test_paused_sender_that_wakes_after_its_lease_sends_nothing() -> None:
    make_message()
    pause_while_another_sweeps()
    assert sweep(NOW) == SweepResult(left=1)
    assert len(mail.outbox) == 1


@pytest.mark.usefixtures("without_renewal")
def test_without_the_renewal_the_paused_sender_sends_a_second_time() -> None:
    make_message()
    pause_while_another_sweeps()
    sweep(NOW)
    assert len(mail.outbox) == 2


def test_sender_whose_lease_ran_out_sends_nothing_even_if_nobody_else_took_the_message() -> None:
    message = make_message()
    with time_machine.travel(NOW, tick=False) as clock:

        def compose(message: Message, now: datetime) -> Email | Skip:
            clock.shift(LEASE)
            return greet(message, now)

        composers[TOPIC] = compose
        assert sweep(limit=1) == SweepResult(left=1)
    assert mail.outbox == []
    message.refresh_from_db()
    assert (message.status, message.attempts) == ("pending", 0)


def test_record_of_a_sender_that_was_overtaken_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """It slept while the server took the message. The copy cannot be undone, the record stays the other's."""
    message, send, is_first = make_message(), Mailer.send, iter([True])

    def slow_send(mailer: Mailer, email: Email, *, message_id: str) -> None:
        send(mailer, email, message_id=message_id)
        if next(is_first, False):
            sweep(AFTER_LEASE)

    monkeypatch.setattr(Mailer, "send", slow_send)
    sweep(NOW)
    message.refresh_from_db()
    assert (message.status, message.settled_at, message.attempts) == ("sent", AFTER_LEASE, 2)
    assert sent_ids() == [f"<{message.pk}@localhost>"] * 2


def test_lease_holds_until_its_very_end() -> None:
    make_message()
    leases.claim(NOW, limit=1, lease=LEASE)
    assert sweep(NOW + LEASE - SECOND) == SweepResult()
    assert sweep(NOW + LEASE) == SweepResult(sent=1)


# --- A killed sender ------------------------------------------------------------------------------


def kill(monkeypatch: pytest.MonkeyPatch, *, has_sent: bool) -> None:
    """The next mail kills its sender, before or after the server has taken it."""
    send, is_next = Mailer.send, iter([True])

    def killing_send(mailer: Mailer, email: Email, *, message_id: str) -> None:
        if not next(is_next, False):
            send(mailer, email, message_id=message_id)
            return
        if has_sent:
            send(mailer, email, message_id=message_id)
        raise Killed

    monkeypatch.setattr(Mailer, "send", killing_send)


def test_message_whose_sender_was_killed_before_sending_goes_out_after_the_lease(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    message, other = make_message(), make_message()
    kill(monkeypatch, has_sent=False)
    with pytest.raises(Killed):
        sweep(NOW)
    assert sweep(NOW + LEASE - SECOND) == SweepResult()
    assert sweep(AFTER_LEASE) == SweepResult(sent=2)
    assert sorted(sent_ids()) == sorted(f"<{m.pk}@localhost>" for m in (message, other))


@pytest.mark.usefixtures("marks_before_sending")
def test_marked_before_sending_the_message_of_a_killed_sender_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    make_message()
    kill(monkeypatch, has_sent=False)
    with pytest.raises(Killed):
        sweep(NOW)
    assert sweep(AFTER_LEASE) == SweepResult()
    assert mail.outbox == []


def test_message_whose_sender_was_killed_after_sending_comes_once_more_under_the_same_id(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    message = make_message()
    kill(monkeypatch, has_sent=True)
    with pytest.raises(Killed):
        sweep(NOW)
    sweep(AFTER_LEASE)
    assert sent_ids() == [f"<{message.pk}@localhost>"] * 2
    message.refresh_from_db()
    assert (message.status, message.attempts, message.unclear_attempts) == ("sent", 2, 1)


def test_message_that_kills_every_sender_stops_after_three_copies_too_many() -> None:
    message = make_message()
    now = NOW
    for _ in range(MAX_UNCLEAR_ATTEMPTS):
        with pytest.MonkeyPatch.context() as patch:
            kill(patch, has_sent=True)
            with pytest.raises(Killed):
                sweep(now)
        now += LEASE
    assert sweep(now) == SweepResult(failed=1)
    message.refresh_from_db()
    assert message.status == "failed"
    assert sent_ids() == [f"<{message.pk}@localhost>"] * 4


# --- Whatever happens -----------------------------------------------------------------------------

FATES = ("sent", "killed before", "killed after", "refused", "postponed", "cut before", "cut after", "outage")


@given(st.lists(st.lists(st.sampled_from(FATES), max_size=6), max_size=12))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_befalls_the_senders_every_message_is_sent_or_has_visibly_failed(days: list[list[str]]) -> None:
    Message.objects.all().delete()
    messages = [make_message() for _ in range(3)]
    copies: list[str] = []
    now = NOW
    for fates in days:
        sweep_with_fates(iter(fates), copies, now=now)
        now += timedelta(hours=3)
    Message.objects.filter(status="pending").update(due_at=now)  # none is given up merely for its age
    for _ in range(3):
        sweep_with_fates(iter(()), copies, now=now)
        now += timedelta(hours=3)
    for message in messages:
        message.refresh_from_db()
        arrived = copies.count(f"<{message.pk}@localhost>")
        assert message.status in ("sent", "failed")
        assert arrived <= MAX_UNCLEAR_ATTEMPTS
        if message.status == "sent":
            assert 1 <= arrived <= 1 + message.unclear_attempts
        else:
            assert arrived <= message.unclear_attempts
            assert message.reason


def sweep_with_fates(fates: Iterator[str], copies: list[str], *, now: datetime) -> None:
    """One sweep whose first mails meet these fates; the rest are simply sent."""

    def send(mailer: Mailer, email: Email, *, message_id: str) -> None:
        fate = next(fates, "sent")
        if fate in ("sent", "killed after", "cut after"):
            copies.append(message_id)
        if error := ERRORS.get(fate):
            raise error

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Mailer, "send", send)
        with contextlib.suppress(Killed):
            sweep(now)


ERRORS: dict[str, BaseException] = {
    "killed before": Killed(),
    "killed after": Killed(),
    "refused": Refused("Refused."),
    "postponed": Postponed("Postponed."),
    "cut before": Unclear("Cut."),
    "cut after": Unclear("Cut."),
    "outage": Outage("Outage."),
}


# --- Several senders ------------------------------------------------------------------------------


def run_together(senders: int, work: Callable[[], object]) -> None:
    start = threading.Barrier(senders)

    def run() -> None:
        start.wait(timeout=10)
        try:
            work()
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(senders)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)


def compose_slowly(message: Message, now: datetime) -> Email | Skip:
    time.sleep(0.002)
    return greet(message, now)


@pytest.mark.django_db(transaction=True)
def test_three_senders_at_once_send_each_message_once() -> None:
    composers[TOPIC] = compose_slowly
    messages = [make_message() for _ in range(60)]
    run_together(3, lambda: sweep(NOW))
    assert sorted(sent_ids()) == sorted(f"<{message.pk}@localhost>" for message in messages)
    assert set(Message.objects.values_list("status", "attempts", "unclear_attempts")) == {("sent", 1, 0)}


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("without_renewal")
def test_without_leases_three_senders_send_messages_several_times(monkeypatch: pytest.MonkeyPatch) -> None:
    def claim_nothing(now: datetime, *, limit: int, lease: timedelta) -> list[Message]:
        return list(Message.objects.filter(status=MessageStatus.PENDING, due_at__lte=now)[:limit])

    def mark(message: Message, *, now: datetime) -> bool:
        return bool(Message.objects.filter(pk=message.pk).update(status=MessageStatus.SENT))

    monkeypatch.setattr(leases, "claim", claim_nothing)
    monkeypatch.setattr(leases, "record_sent", mark)
    composers[TOPIC] = compose_slowly
    for _ in range(60):
        make_message()
    run_together(3, lambda: sweep(NOW))
    assert len(mail.outbox) > 60
