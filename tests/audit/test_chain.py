from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from clinic.accounts.roles import Role
from clinic.audit import chain
from clinic.audit.chain import Anchor, broken_links, current_anchor, hash_of
from clinic.audit.models import Action, AuditEvent, ChainHead
from clinic.audit.services import NewEvent, record, record_all
from clinic.constraints import violated_constraint
from tests.audit.tampering import lift_the_trigger, move_head_to
from tests.factories import make_user

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 2, 9, 0, 0, 123456, tzinfo=UTC)


def make_events(number: int = 5) -> list[AuditEvent]:
    actor = make_user(Role.THERAPIST, name="Ana Lindqvist")
    return [
        record(
            Action.READ,
            subject_type="clients_treatmentnote",
            subject_id=index,
            actor=actor if index % 2 else None,
            client_id=index,
            detail={"field": "sealed_content", "nested": {"list": [1, None, True, "é"]}},
            now=NOW + timedelta(minutes=index),
        )
        for index in range(1, number + 1)
    ]


# --- Writing --------------------------------------------------------------------------------------


def test_events_follow_each_other_without_gaps_and_the_head_names_the_last() -> None:
    events = make_events(3)

    assert [event.sequence for event in events] == [1, 2, 3]
    assert [event.previous_hash for event in events] == ["0" * 64, events[0].hash, events[1].hash]
    assert current_anchor() == Anchor(3, events[2].hash)
    assert list(broken_links()) == []


def test_event_says_who_in_words_that_outlive_the_account() -> None:
    actor = make_user(Role.OWNER, name="Tom")

    labels = [
        record(Action.READ, subject_type="x", subject_id=1, actor=actor).actor_label,
        record(Action.READ, subject_type="x", subject_id=1, actor=None).actor_label,
        record(Action.READ, subject_type="x", subject_id=1, actor=None, actor_label="visitor").actor_label,
    ]

    assert labels == ["Tom (owner)", "system", "visitor"]


def test_event_of_an_actor_with_the_longest_address_fits() -> None:
    actor = make_user(Role.OWNER, email=f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 60}.example", name="x")
    actor.name = ""

    record(Action.READ, subject_type="x", subject_id=1, actor=actor)

    assert list(broken_links()) == []


def test_event_of_a_transaction_that_fails_leaves_no_gap() -> None:
    make_events(1)

    with transaction.atomic():
        record(Action.READ, subject_type="x", subject_id=1, actor=None)
        transaction.set_rollback(True)
    make_events(1)

    assert list(AuditEvent.objects.order_by("sequence").values_list("sequence", flat=True)) == [1, 2]
    assert list(broken_links()) == []


def test_several_events_at_once_are_chained_one_to_the_next_in_four_queries(
    django_assert_num_queries: Callable[[int], Any],
) -> None:
    make_events(1)

    with django_assert_num_queries(5):  # savepoint, head, insert, head, release
        events = record_all([NewEvent(Action.READ, "note", number) for number in range(20)], actor=None, now=NOW)

    assert [event.sequence for event in events] == list(range(2, 22))
    assert list(broken_links()) == []


# --- The database itself holds events as they are -------------------------------------------------


def test_event_changed_in_the_database_is_refused() -> None:
    event = make_events(1)[0]

    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        AuditEvent.objects.filter(pk=event.pk).update(actor_label="nobody")

    assert violated_constraint(caught.value) == "audit_event_is_frozen"
    assert AuditEvent.objects.get().actor_label == event.actor_label


def test_event_changed_by_sql_is_refused() -> None:
    make_events(1)

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE audit_auditevent SET client_id = NULL")


def test_event_changed_without_the_trigger_goes_through() -> None:
    """The control: it is the trigger that refuses."""
    make_events(1)
    lift_the_trigger()

    assert AuditEvent.objects.update(actor_label="nobody") == 1


# --- Tampering by somebody with full rights on the database ---------------------------------------

CHANGES: dict[str, Any] = {
    "occurred_at": NOW,
    "actor": None,
    "actor_label": "somebody else",
    "action": "create",
    "subject_type": "clients_addendum",
    "subject_id": "99",
    "client_id": 99,
    "detail": {},
    "previous_hash": "1" * 64,
    "hash": "1" * 64,
}


@pytest.mark.parametrize("column", sorted(CHANGES))
def test_tampering_with_any_column_is_found_at_its_place(column: str) -> None:
    make_events()
    lift_the_trigger()

    AuditEvent.objects.filter(sequence=3).update(**{column: CHANGES[column]})

    assert "Event 3 was changed." in list(broken_links())


@pytest.mark.parametrize("sequence", [1, 3])
def test_tampering_by_removal_is_found_at_its_place(sequence: int) -> None:
    make_events()

    AuditEvent.objects.filter(sequence=sequence).delete()

    assert f"Events {sequence} to {sequence} are missing." in list(broken_links())


def test_tampering_by_removal_and_renumbering_is_found() -> None:
    make_events()
    lift_the_trigger()
    AuditEvent.objects.filter(sequence=3).delete()
    for sequence in (4, 5):
        AuditEvent.objects.filter(sequence=sequence).update(sequence=sequence - 1)

    found = list(broken_links())

    assert "Event 3 was changed." in found
    assert "Event 3 does not follow the one before it." in found


def test_tampering_by_exchanging_two_events_is_found() -> None:
    make_events()
    lift_the_trigger()
    AuditEvent.objects.filter(sequence=2).update(sequence=99)
    AuditEvent.objects.filter(sequence=3).update(sequence=2)
    AuditEvent.objects.filter(sequence=99).update(sequence=3)

    found = list(broken_links())

    assert {"Event 2 was changed.", "Event 3 was changed."} <= set(found)


def test_tampering_by_an_invented_event_is_found() -> None:
    last = make_events()[-1]
    forged = AuditEvent.objects.create(
        sequence=6, occurred_at=NOW, actor_label="Tom", action="read", subject_type="x", subject_id="1",
        previous_hash=last.hash, hash="a" * 64,
    )  # fmt: skip
    move_head_to(forged)

    assert list(broken_links()) == ["Event 6 was changed."]


def test_tampering_by_cutting_off_the_end_is_found_by_the_head() -> None:
    make_events()

    AuditEvent.objects.filter(sequence__gt=3).delete()

    assert list(broken_links()) == ["The chain should end at event 5, but ends at 3."]


def test_tampering_by_emptying_the_trail_is_found_by_the_head() -> None:
    make_events()

    AuditEvent.objects.all().delete()

    assert list(broken_links()) == ["The chain should end at event 5, but ends at 0."]


def test_tampering_by_removing_the_head_is_found() -> None:
    make_events()

    ChainHead.objects.all().delete()

    assert list(broken_links()) == ["The chain should end at event 0, but ends at 5."]


def test_tampering_by_cutting_off_the_end_and_moving_the_head_is_found_by_an_anchor_only() -> None:
    events = make_events()
    anchor = current_anchor()
    AuditEvent.objects.filter(sequence__gt=3).delete()
    move_head_to(events[2])

    assert list(broken_links()) == []
    assert list(broken_links(anchor=anchor)) == ["The chain ends at event 3, before the anchor at 5."]


def test_tampering_by_cutting_off_and_writing_on_is_found_by_an_anchor() -> None:
    events = make_events()
    anchor = current_anchor()
    AuditEvent.objects.filter(sequence__gt=3).delete()
    move_head_to(events[2])
    make_events(4)

    assert list(broken_links()) == []
    assert list(broken_links(anchor=anchor)) == ["Event 5 is not the one the anchor speaks of."]


def _forge_history(make_hash: Callable[[AuditEvent], str]) -> None:
    """Change event 3 and work out every later hash anew, as far as one can without the key."""
    lift_the_trigger()
    previous = AuditEvent.objects.get(sequence=2).hash
    for event in AuditEvent.objects.filter(sequence__gte=3).order_by("sequence"):
        event.previous_hash = previous
        if event.sequence == 3:
            event.actor_label = "somebody else"
        event.hash = previous = make_hash(event)
        event.save()
        move_head_to(event)


def _unkeyed(event: AuditEvent) -> str:
    content = [event.sequence, event.actor_label, event.subject_id, event.client_id, event.previous_hash]
    return hashlib.sha256(repr(content).encode()).hexdigest()


def test_history_forged_to_the_end_without_the_key_is_found() -> None:
    make_events()
    _forge_history(_unkeyed)

    assert "Event 3 was changed." in list(broken_links())


def test_history_forged_to_the_end_where_hashes_need_no_key_is_not_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutant: it is the key that makes forging impossible."""
    monkeypatch.setattr(chain, "hash_of", _unkeyed)
    monkeypatch.setattr("clinic.audit.services.hash_of", _unkeyed)
    make_events()
    _forge_history(_unkeyed)

    assert list(broken_links()) == []


def test_hash_covers_every_column_but_the_key_and_itself() -> None:
    event = make_events(1)[0]
    covered = {field.attname for field in AuditEvent._meta.concrete_fields} - {"id", "hash"}
    before = hash_of(event)

    blind = []
    for column in covered:
        kept = getattr(event, column)
        setattr(event, column, NOW if column == "occurred_at" else 77)
        if hash_of(event) == before:
            blind.append(column)
        setattr(event, column, kept)

    assert blind == []


# --- The command ----------------------------------------------------------------------------------


def test_verify_audit_of_a_whole_trail_prints_its_end(capsys: pytest.CaptureFixture[str]) -> None:
    last = make_events()[-1]

    call_command("verify_audit")

    assert capsys.readouterr().out == f"The audit trail is whole. It ends at 5:{last.hash}\n"


def test_verify_audit_of_an_empty_trail_is_whole(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("verify_audit")

    assert capsys.readouterr().out == f"The audit trail is whole. It ends at 0:{'0' * 64}\n"


def test_verify_audit_of_a_broken_trail_says_where_and_fails(capsys: pytest.CaptureFixture[str]) -> None:
    make_events()
    AuditEvent.objects.filter(sequence=2).delete()

    with pytest.raises(CommandError) as caught:
        call_command("verify_audit")

    assert caught.value.returncode == 1
    assert capsys.readouterr().err.splitlines()[0] == "Events 2 to 2 are missing."


def test_verify_audit_with_an_anchor_inside_the_trail_is_whole() -> None:
    event = make_events()[2]

    call_command("verify_audit", anchor=f"3:{event.hash}")


@pytest.mark.parametrize("text", ["5", "5:", "x:" + "0" * 64, "5:" + "g" * 64, "-1:" + "0" * 64, "5:" + "0" * 63])
def test_verify_audit_with_something_that_is_no_anchor_refuses(text: str) -> None:
    with pytest.raises(CommandError, match="An anchor is a number"):
        call_command("verify_audit", anchor=text)
