"""What one sweep makes of what is due: order, words, failures, pauses."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.core.management import call_command
from pytest_django import DjangoAssertNumQueries, Settings

from clinic.messaging.leases import MAX_ATTEMPTS, MAX_UNCLEAR_ATTEMPTS, pause_after
from clinic.messaging.mailer import Postponed, Refused, Unclear
from clinic.messaging.models import Message
from clinic.messaging.registry import Email, Skip, composers
from clinic.messaging.services import cancel_pending
from clinic.messaging.sweep import SweepResult, sweep
from tests.messaging.conftest import send_over_smtp
from tests.messaging.outbox import NOW, TOPIC, greet, make_message
from tests.messaging.sink import HANG_UP, TAKEN, RunningSink, Sink, free_port, silent_server

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


def only_for(number: str, answer: str) -> Callable[[str], str]:
    return lambda recipient: answer if recipient == f"person{number}@example.org" else TAKEN


def test_sweep_sends_what_is_due_and_leaves_the_rest() -> None:
    due, later = make_message(), make_message(due_at=NOW + MINUTE)
    assert sweep(NOW) == SweepResult(sent=1)
    due.refresh_from_db()
    later.refresh_from_db()
    assert (due.status, due.settled_at, due.attempts, due.unclear_attempts) == ("sent", NOW, 1, 0)
    assert due.recipient == f"person{due.topic_id}@example.org"
    assert (later.status, later.attempts, later.recipient) == ("pending", 0, "")
    assert [message.to for message in mail.outbox] == [[due.recipient]]


def test_sweep_twice_sends_once() -> None:
    make_message()
    sweep(NOW)
    assert sweep(NOW + MINUTE) == SweepResult()
    assert len(mail.outbox) == 1


def test_sweep_sends_the_oldest_first() -> None:
    late = make_message(due_at=NOW - MINUTE)
    latest = make_message(due_at=NOW - 2 * MINUTE)
    sweep(NOW)
    assert [message.subject for message in mail.outbox] == [f"Greeting {m.topic_id}" for m in (latest, late)]


def test_sweep_sends_more_than_one_batch_and_no_more_than_its_limit() -> None:
    for _ in range(47):
        make_message()
    assert sweep(NOW, limit=45) == SweepResult(sent=45)
    assert sweep(NOW) == SweepResult(sent=2)


def test_message_id_is_the_rows_own(settings: Settings) -> None:
    settings.SITE_URL = "https://clinic.example:8443"
    message = make_message()
    sweep(NOW)
    assert mail.outbox[0].extra_headers["Message-ID"] == f"<{message.pk}@clinic.example>"


def test_message_id_is_the_same_on_every_attempt(sink: Sink) -> None:
    message = make_message()
    answers = iter([HANG_UP, "451 4.3.0 later", TAKEN])
    sink.on_message = lambda _recipient: next(answers)
    seen: list[str] = []
    for days in range(3):
        Message.objects.update(due_at=NOW + timedelta(days=days), leased_until=None)
        sweep(NOW + timedelta(days=days))
        seen += sink.message_ids()
    assert seen == [f"<{message.pk}@localhost>"]
    message.refresh_from_db()
    assert (message.attempts, message.unclear_attempts) == (3, 1)


def test_composer_is_asked_at_the_moment_of_sending() -> None:
    asked: list[datetime] = []

    def compose(message: Message, now: datetime) -> Email | Skip:
        asked.append(now)
        return greet(message, now)

    composers[TOPIC] = compose
    make_message()
    sweep(NOW + 5 * MINUTE)
    assert asked == [NOW + 5 * MINUTE]


def test_message_that_is_needless_by_now_is_skipped_with_its_reason() -> None:
    composers[TOPIC] = lambda _message, _now: Skip("The appointment was cancelled.")
    message = make_message()
    assert sweep(NOW) == SweepResult(skipped=1)
    message.refresh_from_db()
    assert (message.status, message.reason, message.settled_at) == ("skipped", "The appointment was cancelled.", NOW)
    assert mail.outbox == []


def test_message_taken_back_while_it_is_composed_does_not_go_out() -> None:
    def compose(message: Message, now: datetime) -> Email | Skip:
        cancel_pending(TOPIC, message.topic_id, reason="Moved.")
        return greet(message, now)

    composers[TOPIC] = compose
    message = make_message()
    assert sweep(NOW) == SweepResult(left=1)
    message.refresh_from_db()
    assert (message.status, message.reason) == ("skipped", "Moved.")
    assert mail.outbox == []


def test_message_taken_back_while_it_is_sent_is_recorded_as_sent(sink: Sink) -> None:
    """The log tells what happened: the mail is out."""
    message = make_message()

    def cancel_in_between(original: Callable[..., object]) -> Callable[..., object]:
        def send(*args: object, **kwargs: object) -> object:
            answer = original(*args, **kwargs)
            cancel_pending(TOPIC, message.topic_id, reason="Moved.")
            return answer

        return send

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(smtplib.SMTP, "sendmail", cancel_in_between(smtplib.SMTP.sendmail))
        sweep(NOW)
    message.refresh_from_db()
    assert (message.status, message.reason, len(sink.taken)) == ("sent", "", 1)


def test_message_that_cannot_be_written_stops_no_other(caplog: pytest.LogCaptureFixture) -> None:
    poison = make_message(due_at=NOW - MINUTE)

    def compose(message: Message, now: datetime) -> Email | Skip:
        if message.pk == poison.pk:
            raise RuntimeError("ada@example.org has a secret")
        return greet(message, now)

    composers[TOPIC] = compose
    make_message()
    assert sweep(NOW) == SweepResult(sent=1, postponed=1)
    poison.refresh_from_db()
    assert (poison.status, poison.attempts) == ("pending", 1)
    assert poison.reason == "It could not be written (RuntimeError)."
    assert "secret" not in caplog.text
    assert "ada@example.org" not in caplog.text


def test_message_of_an_unknown_topic_waits_and_says_so() -> None:
    del composers[TOPIC]
    message = make_message()
    assert sweep(NOW) == SweepResult(postponed=1)
    message.refresh_from_db()
    assert message.reason == "Nothing here writes messages about test."


def test_header_that_cannot_stand_fails_for_good() -> None:
    composers[TOPIC] = lambda _m, _now: Email(to="a@example.org", subject="Hi\r\nBcc: x@example.org", text="", html="")
    message = make_message()
    assert sweep(NOW) == SweepResult(failed=1)
    message.refresh_from_db()
    assert message.reason == "It cannot be made into a mail: an address or a header is not valid."
    assert mail.outbox == []


def test_refused_recipient_fails_at_once_and_stops_no_other(sink: Sink) -> None:
    refused, other = make_message(), make_message()
    sink.on_recipient = only_for(refused.topic_id, "550 5.1.1 No such user")
    assert sweep(NOW) == SweepResult(sent=1, failed=1)
    refused.refresh_from_db()
    assert (refused.status, refused.reason) == ("failed", "The mail server refused the address (550).")
    assert (refused.attempts, refused.unclear_attempts, refused.settled_at) == (1, 0, NOW)
    assert sink.taken[0][0] == f"person{other.topic_id}@example.org"


def test_recipient_who_is_put_off_is_tried_again_after_a_pause(sink: Sink) -> None:
    message = make_message()
    sink.on_recipient = only_for(message.topic_id, "451 4.7.1 Greylisted")
    assert sweep(NOW) == SweepResult(postponed=1)
    assert sweep(NOW + timedelta(seconds=44)) == SweepResult()
    sink.on_recipient = lambda _recipient: TAKEN
    assert sweep(NOW + timedelta(seconds=76)) == SweepResult(sent=1)
    message.refresh_from_db()
    assert (message.status, message.reason, message.attempts, message.unclear_attempts) == ("sent", "", 2, 0)


def test_refusal_that_speaks_of_our_own_set_up_is_not_final(sink: Sink) -> None:
    message = make_message()
    sink.on_recipient = only_for(message.topic_id, "554 5.7.1 Relay access denied")
    assert sweep(NOW) == SweepResult(postponed=1)


def test_message_put_off_for_a_day_has_failed(sink: Sink) -> None:
    message = make_message()
    sink.on_recipient = only_for(message.topic_id, "451 4.7.1 Later")
    assert sweep(NOW + timedelta(hours=23, minutes=59)).postponed == 1
    Message.objects.update(leased_until=None)
    assert sweep(NOW + timedelta(days=1)) == SweepResult(failed=1)
    message.refresh_from_db()
    assert (message.status, message.reason) == ("failed", "The mail server did not take the address yet (451).")


def test_message_put_off_too_often_has_failed(sink: Sink) -> None:
    message = make_message(attempts=MAX_ATTEMPTS - 1)
    sink.on_recipient = only_for(message.topic_id, "451 4.7.1 Later")
    assert sweep(NOW) == SweepResult(failed=1)


def test_message_cut_off_in_the_middle_is_tried_again_and_counted_as_unclear(sink: Sink) -> None:
    cut, other = make_message(), make_message()
    sink.on_message = only_for(cut.topic_id, HANG_UP)
    assert sweep(NOW) == SweepResult(sent=1, postponed=1)
    cut.refresh_from_db()
    assert (cut.status, cut.attempts, cut.unclear_attempts) == ("pending", 1, 1)
    assert sink.taken[0][0] == f"person{other.topic_id}@example.org"


def test_message_cut_off_too_often_has_failed_and_says_it_may_have_arrived() -> None:
    message = make_message(attempts=4, unclear_attempts=MAX_UNCLEAR_ATTEMPTS)
    assert sweep(NOW) == SweepResult(failed=1)
    message.refresh_from_db()
    assert message.reason == "Its sending was cut short too often; it may have arrived."
    assert mail.outbox == []


def test_connection_is_kept_for_the_whole_sweep(sink: Sink) -> None:
    for _ in range(30):
        make_message()
    assert sweep(NOW) == SweepResult(sent=30)
    assert sink.connections == 1


def test_server_down_stops_the_sweep_and_costs_no_message_anything(settings: Settings) -> None:
    send_over_smtp(settings, free_port())
    for _ in range(3):
        make_message()
    result = sweep(NOW)
    assert (result.total, result.outage) == (0, "The mail server cannot be reached (ConnectionRefusedError).")
    assert set(
        Message.objects.values_list("status", "attempts", "unclear_attempts", "lease_token", "leased_until")
    ) == {("pending", 0, 0, None, None)}


def test_server_down_then_up_sends_everything_at_the_next_sweep(settings: Settings) -> None:
    sink = Sink()
    running = RunningSink(sink)
    send_over_smtp(settings, running.port)
    for _ in range(3):
        make_message()
    sweep(NOW)
    with running:
        assert sweep(NOW + timedelta(seconds=30)) == SweepResult(sent=3)
    assert len(set(sink.message_ids())) == 3


def test_half_open_server_stops_the_sweep(settings: Settings) -> None:
    with silent_server() as port:
        send_over_smtp(settings, port)
        settings.EMAIL_TIMEOUT = 0.2
        make_message()
        result = sweep(NOW)
    assert (result.total, result.outage) == (0, "The mail server cannot be reached (SMTPServerDisconnected).")


def test_server_that_takes_no_sender_stops_the_sweep_and_costs_nothing(
    sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_args: object) -> str:
        return "530 5.7.0 Authentication required"

    monkeypatch.setattr(Sink, "handle_MAIL", refuse, raising=False)
    message = make_message()
    assert sweep(NOW).outage == "The mail server takes nothing from us (530)."
    message.refresh_from_db()
    assert (message.attempts, message.unclear_attempts, message.lease_token) == (0, 0, None)


def test_server_that_hangs_up_on_everything_stops_the_sweep(sink: Sink) -> None:
    sink.on_message = lambda _recipient: HANG_UP
    for _ in range(10):
        make_message()
    result = sweep(NOW)
    assert (result.postponed, result.outage) == (3, "The mail server takes connections but does not answer.")
    assert Message.objects.filter(attempts=0, leased_until=None).count() == 7


def test_pauses_double_up_to_two_hours_and_vary() -> None:
    def bounds(attempts: int) -> tuple[float, float]:
        pauses = [pause_after(attempts, Postponed("")).total_seconds() / 60 for _ in range(500)]
        return min(pauses), max(pauses)

    for attempts, minutes in [(1, 1), (2, 2), (5, 16), (8, 120), (14, 120)]:
        lowest, highest = bounds(attempts)
        assert 0.75 * minutes <= lowest < 0.85 * minutes
        assert 1.15 * minutes < highest <= 1.25 * minutes


def test_pauses_reach_most_of_a_day_before_the_attempts_are_used_up() -> None:
    shortest = sum((pause_after(n, Postponed("")) for n in range(1, MAX_ATTEMPTS)), timedelta())
    assert shortest > timedelta(hours=18)


@pytest.mark.parametrize("failure", [Postponed(""), Unclear(""), Refused("")])
def test_pause_is_never_longer_than_half_an_hour_above_two_hours(failure: Postponed) -> None:
    assert max(pause_after(n, failure) for n in range(1, 100)) <= timedelta(hours=2.5)


def test_sweep_with_nothing_due_is_one_look(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    make_message(due_at=NOW + MINUTE)
    with django_assert_num_queries(3):  # savepoint, one look, release
        sweep(NOW)


def test_command_prints_what_became_of_the_messages(capsys: pytest.CaptureFixture[str]) -> None:
    make_message(due_at=NOW - timedelta(days=400))
    call_command("sweep")
    assert capsys.readouterr().out == "sent 1, skipped 0, failed 0, postponed 0, left 0\n"
