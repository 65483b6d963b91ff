"""Entries of the record: written once, sealed, replaced but never changed."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from clients import hooks
from clients.errors import EntryReplaced
from clients.hooks import Session
from clients.models import Client, MergeRecord, RecordEntry
from clients.sealing import place_of_entry
from clients.selectors.entries import entries_of
from clients.selectors.timeline import timeline_of
from clients.services import entries as entry_services
from clients.services.comparisons import Comparison, compare_with_earlier
from clients.services.entries import Kind, OpenedEntry, read_entries, record_entry
from clients.services.export import export_client, export_own_data
from clients.services.merging import merge_clients
from clinic.accounts.models import User
from clinic.accounts.roles import Role
from clinic.audit.models import AuditEvent
from clinic.constraints import violated_constraint
from clinic.errors import InvalidInput, NotAllowed
from clinic.vault import doors
from clinic.vault.crypto import key_id_of
from clinic.vault.doors import SealedUnreadable
from tests.audit.tampering import lift_the_trigger
from tests.clients.entry_records import CANARY, CONTENTS, knee, make_entry
from tests.clients.records import NOW, TODAY
from tests.factories import make_client, make_user
from tests.together import all_at_once
from tests.vault.test_resealing import NEW, OLD, keys

pytestmark = pytest.mark.django_db
KINDS = list(Kind)


def opened(client: Client, *, reader: User | None = None) -> list[OpenedEntry]:
    return read_entries(list(entries_of([client])), reader=reader or make_user(), purpose="test")


def compared(client: Client) -> dict[Any, Comparison]:
    return compare_with_earlier(opened(client), client=client, reader=make_user())


def merge(kept: Client, merged: Client) -> None:
    merge_clients(kept.pk, merged_id=merged.pk, version=kept.version, actor=make_user(Role.OWNER), now=NOW)


# --- Writing and reading --------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_entry_is_sealed_from_the_first_moment_and_opens_on_record(kind: Kind) -> None:
    client, reader = make_client(), make_user()
    entry = make_entry(client, kind)
    stored = RecordEntry.objects.values().get()

    said = opened(client, reader=reader)

    assert CANARY not in json.dumps(stored, default=str)
    assert stored["sealed_content"].startswith("v1$")
    assert CANARY in json.dumps(said[0].content)
    events = AuditEvent.objects.order_by("sequence").values_list("action", "subject_id", "client_id", "detail")
    assert list(events) == [
        ("create", str(entry.pk), client.pk, {"kind": kind.value}),
        ("read", str(entry.pk), client.pk, {"field": "sealed_content", "purpose": "test"}),
    ]


def test_what_was_measured_cannot_be_told_from_the_row() -> None:
    client, other = make_client(), make_client()
    left, again, right, elsewhere = (
        make_entry(client, content=knee(9)).series,
        make_entry(client, content=knee(10)).series,
        make_entry(client, content=knee(9, side="right")).series,
        make_entry(other, content=knee(9)).series,
    )

    assert left == again
    assert len({left, right, elsewhere}) == 3
    assert "knee" not in json.dumps(list(RecordEntry.objects.values()), default=str)


def test_entry_that_cannot_be_accepted_leaves_nothing() -> None:
    with pytest.raises(InvalidInput):
        make_entry(make_client(), content=knee(99))

    assert (RecordEntry.objects.count(), AuditEvent.objects.count()) == (0, 0)


@pytest.mark.parametrize("kind", KINDS)
def test_entry_by_reception_is_refused(kind: Kind) -> None:
    with pytest.raises(NotAllowed):
        make_entry(make_client(), kind, author=make_user(Role.RECEPTIONIST))

    assert RecordEntry.objects.count() == 0


@pytest.mark.parametrize("kind", KINDS)
def test_client_writes_an_intake_for_a_record_of_theirs_and_nothing_else(kind: Kind) -> None:
    account = make_user(Role.CLIENT)
    own, other = make_client(user=account), make_client(user=make_user(Role.CLIENT))

    if kind == Kind.INTAKE:
        assert make_entry(own, kind, author=account).author == account
    else:
        with pytest.raises(NotAllowed):
            make_entry(own, kind, author=account)
    with pytest.raises(NotAllowed):
        make_entry(other, kind, author=account)


def test_entry_of_a_day_to_come_is_refused() -> None:
    with pytest.raises(InvalidInput) as caught:
        make_entry(make_client(), on=TODAY + timedelta(days=1))

    assert [e["code"] for e in caught.value.errors["recorded_on"]] == ["in_the_future"]


@pytest.mark.parametrize(
    ("session_on", "recorded_on"), [(date(2026, 10, 30), date(2026, 10, 30)), (date(2026, 11, 9), TODAY)]
)
def test_entry_for_an_appointment_takes_its_date_or_today_while_it_is_still_to_come(
    session_on: date, recorded_on: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = make_client()
    session = Session(client_id=client.pk, on=session_on)
    monkeypatch.setattr(hooks, "find_session", lambda reference: session if reference == "GW-1" else None)

    entry = record_entry(
        client,
        kind=Kind.INTAKE,
        content=CONTENTS[Kind.INTAKE],
        author=make_user(),
        appointment_reference="GW-1",
        today=TODAY,
        now=NOW,
    )

    assert (entry.recorded_on, entry.appointment_reference) == (recorded_on, "GW-1")


# --- Replacing ------------------------------------------------------------------------------------


def test_correction_stands_in_place_of_the_entry_on_its_day_and_both_stay() -> None:
    client = make_client()
    wrong = make_entry(client, content=knee(19), on=date(2026, 10, 1))

    right = make_entry(client, content=knee(9), replaces=wrong.pk)

    said = opened(client)
    assert [(e.row.pk, e.content["value"], e.replaced_by) for e in said] == [
        (right.pk, 9, None),
        (wrong.pk, 19, right.pk),
    ]
    assert right.recorded_on == date(2026, 10, 1)


def test_entry_is_replaced_once() -> None:
    client = make_client()
    wrong = make_entry(client)
    right = make_entry(client, replaces=wrong.pk)

    with pytest.raises(EntryReplaced) as caught:
        make_entry(client, replaces=wrong.pk)

    assert caught.value.data == {"replaced_by": str(right.pk)}
    assert RecordEntry.objects.count() == 2


def test_entry_of_somebody_else_or_of_another_kind_cannot_be_replaced() -> None:
    client, account = make_client(), make_user(Role.CLIENT)
    own = make_client(user=account)
    cases = (
        (client, Kind.MEASUREMENT, make_entry(make_client()), make_user()),
        (client, Kind.MEASUREMENT, make_entry(client, Kind.INTAKE), make_user()),
        (own, Kind.INTAKE, make_entry(own, Kind.INTAKE), account),  # written by a therapist
    )

    for holder, kind, entry, author in cases:
        with pytest.raises(InvalidInput) as caught:
            make_entry(holder, kind, author=author, replaces=entry.pk)
        assert [e["code"] for e in caught.value.errors["replaces"]] == ["unknown_entry"]


@pytest.mark.django_db(transaction=True)
def test_one_of_two_corrections_at_the_same_moment_is_told_of_the_other() -> None:
    client, author = make_client(), make_user()
    wrong = make_entry(client, author=author)

    def correct(value: float) -> str:
        try:
            make_entry(client, author=author, content=knee(value), replaces=wrong.pk)
        except EntryReplaced:
            return "replaced"
        return "written"

    outcomes = all_at_once(lambda: correct(1), lambda: correct(2), lambda: correct(3))

    assert sorted(map(str, outcomes)) == ["replaced", "replaced", "written"]


def test_correction_that_overlooked_another_is_stopped_by_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutant: nobody looks whether it was replaced."""
    client = make_client()
    wrong = make_entry(client)
    make_entry(client, replaces=wrong.pk)
    monkeypatch.setattr(entry_services, "_replaceable", lambda *args: wrong)

    with pytest.raises(EntryReplaced):
        make_entry(client, replaces=wrong.pk)


# --- Nothing is changed ---------------------------------------------------------------------------

_CHANGES: dict[str, Any] = {
    "kind": "intake",
    "recorded_on": date(2020, 1, 1),
    "appointment_reference": "GW-9",
    "series": "",
    "digest": "0" * 64,
    "created_at": NOW - timedelta(days=1),
}


@pytest.mark.parametrize("column", _CHANGES)
def test_entry_cannot_be_changed_in_the_database(column: str) -> None:
    entry = make_entry(make_client())

    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        RecordEntry.objects.filter(pk=entry.pk).update(**{column: _CHANGES[column]})

    assert violated_constraint(caught.value) == "entry_is_frozen"


@pytest.mark.parametrize("column", _CHANGES)
def test_entry_changed_past_the_database_is_not_shown(column: str) -> None:
    """The control: without the trigger the change goes through, and the digest tells."""
    client = make_client()
    entry = make_entry(client)
    lift_the_trigger("clients_recordentry", "entry_is_frozen")

    assert RecordEntry.objects.filter(pk=entry.pk).update(**{column: _CHANGES[column]}) == 1
    with pytest.raises(SealedUnreadable):
        opened(client)


def test_entry_sealed_anew_with_other_words_is_not_shown() -> None:
    client = make_client()
    entry = make_entry(client)
    forged = doors.seal(json.dumps(knee(11)), place=place_of_entry(entry.pk, client))
    RecordEntry.objects.filter(pk=entry.pk).update(sealed_content=forged)

    with pytest.raises(SealedUnreadable):
        opened(client)
    assert [e["matches_signature"] for e in export_client(client, actor=make_user(), now=NOW)["entries"]] == [False]


def test_entry_moved_to_another_client_does_not_open() -> None:
    client, other = make_client(), make_client()
    entry = make_entry(client)
    RecordEntry.objects.filter(pk=entry.pk).update(client=other)

    with pytest.raises(SealedUnreadable):
        opened(other)


# --- Change ---------------------------------------------------------------------------------------


def test_change_is_since_the_measurement_before_of_the_same_thing() -> None:
    client = make_client()
    make_entry(client, content=knee(3, side="right"), on=date(2026, 10, 3))
    make_entry(client, content={"test": "navicular-drop", "side": "left", "value": 3}, on=date(2026, 10, 3))
    make_entry(make_client(), content=knee(3), on=date(2026, 10, 3))
    first = make_entry(client, content=knee(8), on=date(2026, 10, 1))
    third = make_entry(client, content=knee(12), on=date(2026, 10, 20))
    second = make_entry(client, content=knee(9), on=date(2026, 10, 10))  # written down late

    found = compared(client)

    assert {
        pk: (c.since, c.since_on, c.change.by, c.change.is_within_measurement_error) for pk, c in found.items()
    } == {
        second.pk: (first.pk, date(2026, 10, 1), 1, True),
        third.pk: (second.pk, date(2026, 10, 10), 3, False),
    }


def test_change_passes_over_what_was_replaced() -> None:
    client = make_client()
    wrong = make_entry(client, content=knee(19), on=date(2026, 10, 1))
    right = make_entry(client, content=knee(9), replaces=wrong.pk)
    latest = make_entry(client, content=knee(10))

    found = compared(client)

    assert {pk: (c.since, c.change.by) for pk, c in found.items()} == {latest.pk: (right.pk, 1)}


def test_change_since_a_measurement_of_another_page_opens_that_one_on_record() -> None:
    client, reader = make_client(), make_user()
    first = make_entry(client, content=knee(9), on=date(2026, 10, 1))
    latest = make_entry(client, content=knee(12))
    page = read_entries(list(entries_of([client]).filter(pk=latest.pk)), reader=reader, purpose="test")

    found = compare_with_earlier(page, client=client, reader=reader)

    assert found[latest.pk].change.by == 3
    reads = AuditEvent.objects.filter(action="read", actor=reader).order_by("sequence")
    assert [(e.subject_id, e.detail["purpose"]) for e in reads] == [
        (str(latest.pk), "test"),
        (str(first.pk), "comparison"),
    ]


# --- Merging, new keys, export, timeline ----------------------------------------------------------


def test_merge_moves_entries_and_measurements_of_both_are_compared() -> None:
    kept, merged = make_client(), make_client()
    earlier = make_entry(merged, content=knee(9), on=date(2026, 10, 1))
    for kind in KINDS:
        make_entry(merged, kind)
    latest = make_entry(kept, content=knee(12))
    digests = set(RecordEntry.objects.values_list("pk", "digest", "series"))

    merge(kept, merged)

    said = opened(kept)
    assert len(said) == 6
    assert set(RecordEntry.objects.values_list("pk", "digest", "series")) == digests
    assert [said_by.row.client_id for said_by in said] == [kept.pk] * 6
    found = compared(kept)
    assert earlier.pk not in found
    assert found[latest.pk].change.by == 3
    assert kept.merges.get().moved["entries"] == 5


def test_entry_for_a_record_read_before_its_merge_goes_to_the_survivor() -> None:
    kept, merged = make_client(), make_client()
    seen_before = Client.objects.get(pk=merged.pk)
    merge(kept, merged)

    assert make_entry(seen_before).client == kept
    assert len(opened(kept)) == 1


def test_entry_for_a_record_that_is_not_looked_at_again_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutant: no lock on the client."""
    kept, merged = make_client(), make_client()
    seen_before = Client.objects.get(pk=merged.pk)
    merge(kept, merged)
    monkeypatch.setattr(entry_services, "locked_client", lambda _pk: seen_before)

    assert make_entry(seen_before).client == merged


def test_merge_with_an_unreadable_entry_changes_nothing() -> None:
    kept, merged = make_client(), make_client()
    entry = make_entry(merged)
    RecordEntry.objects.filter(pk=entry.pk).update(sealed_content="v1$test1$spoilt")

    with pytest.raises(SealedUnreadable):
        merge(kept, merged)

    entry.refresh_from_db()
    assert entry.client == merged


def test_new_keys_reach_entries_and_leave_their_digests_standing() -> None:
    client = make_client()
    entry = make_entry(client)

    with keys(f"{NEW},{OLD}"):
        call_command("reseal")

    anew = RecordEntry.objects.get()
    assert (key_id_of(anew.sealed_content), anew.digest) == ("test2", entry.digest)
    with keys(NEW):
        assert opened(client)[0].content["value"] == 9


def test_export_and_own_data_hold_the_entries_opened() -> None:
    account = make_user(Role.CLIENT)
    client = make_client(user=account)
    for kind in KINDS:
        make_entry(client, kind)
    make_entry(make_client())

    by_clinic = export_client(client, actor=make_user(Role.OWNER), now=NOW)["entries"]
    by_client = export_own_data(account, now=NOW)["records"][0]["entries"]

    assert by_clinic == by_client
    assert [entry["kind"] for entry in by_client] == [kind.value for kind in KINDS]
    assert all(CANARY in json.dumps(entry["content"]) for entry in by_client)
    assert {entry["matches_signature"] for entry in by_client} == {True}
    assert json.loads(json.dumps(by_client)) == by_client


def test_timeline_tells_clinical_staff_that_there_was_an_entry_and_nobody_what_it_says() -> None:
    client = make_client()
    wrong = make_entry(client, author=make_user(name="Ana"))
    make_entry(client, replaces=wrong.pk)

    shown, _ = timeline_of(client, viewer=make_user())
    to_reception, _ = timeline_of(client, viewer=make_user(Role.RECEPTIONIST))

    entries = [entry for entry in shown if entry.kind == "measurement"]
    assert [entry.title for entry in entries] == [
        "Measurement of 02 November 2026 replaced",
        "Measurement of 02 November 2026 written",
    ]
    assert (entries[1].reference, entries[1].actor) == (str(wrong.pk), "Ana")
    assert [entry.kind for entry in to_reception] == ["record"]
    assert CANARY not in str(shown)


def test_words_of_entries_are_in_no_other_table() -> None:
    client = make_client()
    for kind in KINDS:
        entry = make_entry(client, kind)
        make_entry(client, kind, content=CONTENTS[kind], replaces=entry.pk)
    opened(client)
    merge(make_client(), client)

    for model in (RecordEntry, AuditEvent, Client, MergeRecord):
        assert CANARY not in json.dumps(list(model.objects.values()), default=str)
