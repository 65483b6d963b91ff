from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clients import hooks
from clients.errors import CannotMerge
from clients.models import Addendum, Client, ConsentRecord, ContactPreference, MergeRecord, Screening, TreatmentNote
from clients.sealing import sealed_screening
from clients.services import notes as note_services
from clients.services.consents import record_consent
from clients.services.merging import merge_clients
from clients.services.notes import draft_note, read_note, rewrite_draft, sign_note
from clients.services.preferences import Preference, set_preferences
from clients.services.screening import store_screening
from clinic.accounts.models import User
from clinic.accounts.roles import Role
from clinic.audit.chain import broken_links
from clinic.audit.models import AuditEvent
from clinic.errors import NotFound, StaleVersion
from clinic.messaging.models import Channel, Message
from clinic.vault import doors
from clinic.vault.doors import SealedUnreadable
from tests.clients.records import ADDED, ANSWER, CONTENT, NOW, TODAY, full_record, make_draft
from tests.factories import make_client, make_user
from tests.together import all_at_once


@pytest.fixture
def owner(db: None) -> User:
    return make_user(Role.OWNER)


def merge(kept: Client, merged: Client, *, actor: User, version: int | None = None) -> Client:
    kept.refresh_from_db()
    return merge_clients(kept.pk, merged_id=merged.pk, version=version or kept.version, actor=actor, now=NOW)


# --- Nothing is lost ------------------------------------------------------------------------------


def test_merge_moves_the_clinical_record_and_everything_still_opens(owner: User) -> None:
    kept, merged = make_client(), make_client()
    mine, theirs = full_record(kept), full_record(merged)
    draft = make_draft(merged)

    merge(kept, merged, actor=owner)

    assert set(kept.notes.values_list("pk", flat=True)) == {mine.pk, theirs.pk, draft.pk}
    for note in (mine, theirs):
        opened = read_note(note.pk, reader=owner)
        assert (opened.content, [a.text for a in opened.addenda]) == (CONTENT, [ADDED])
    texts = [
        doors.read(sealed_screening(row), reader=owner, purpose="test")
        for row in Screening.objects.filter(client=kept).select_related("client")
    ]
    assert texts == [f'{{"safety": ["{ANSWER}"]}}'] * 2


def test_merge_never_signs_again(owner: User) -> None:
    kept, merged = make_client(), make_client()
    note = full_record(merged)
    signed = (note.signed_at, note.signed_for, note.signed_digest, note.version)

    merge(kept, merged, actor=owner)

    note.refresh_from_db()
    assert (note.signed_at, note.signed_for, note.signed_digest, note.version) == signed
    assert note.signed_for == merged.public_id


def test_merge_lets_the_author_go_on_with_a_draft(owner: User) -> None:
    kept, merged = make_client(), make_client()
    draft = make_draft(merged)

    merge(kept, merged, actor=owner)

    rewrite_draft(draft.pk, author=draft.author, content=CONTENT, version=1)
    sign_note(draft.pk, author=draft.author, version=2, now=NOW)
    assert read_note(draft.pk, reader=owner).content == CONTENT


def test_merge_fills_what_is_empty_and_keeps_both_where_they_differ(owner: User) -> None:
    kept = make_client(first_name="Alex", last_name="Okafor", email="a@example.org", phone="")
    merged = make_client(
        first_name="Alexander",
        last_name="Okafor",
        email="b@example.org",
        phone="+447700900123",
        date_of_birth=date(1990, 5, 17),
    )

    merge(kept, merged, actor=owner)

    kept.refresh_from_db()
    assert (kept.first_name, kept.email, str(kept.phone), kept.date_of_birth) == (
        "Alex",
        "a@example.org",
        "+447700900123",
        date(1990, 5, 17),
    )
    record = MergeRecord.objects.get()
    assert record.differences == {
        "first_name": {"kept": "Alex", "merged": "Alexander"},
        "email": {"kept": "a@example.org", "merged": "b@example.org"},
    }
    assert sorted(record.taken_over) == ["date_of_birth", "phone"]


def test_merge_never_gives_one_person_the_number_of_another(owner: User) -> None:
    kept = make_client(emergency_contact_name="Ann", emergency_contact_phone="")
    merged = make_client(emergency_contact_name="Bob", emergency_contact_phone="+447700900123")

    merge(kept, merged, actor=owner)

    kept.refresh_from_db()
    assert (kept.emergency_contact_name, str(kept.emergency_contact_phone or "")) == ("Ann", "")
    assert MergeRecord.objects.get().differences["emergency_contact_phone"] == {"kept": "", "merged": "+447700900123"}


def test_merge_completes_a_contact_of_the_same_name(owner: User) -> None:
    kept = make_client(emergency_contact_name="Ann", emergency_contact_phone="")
    merged = make_client(emergency_contact_name="Ann", emergency_contact_phone="+447700900123")

    merge(kept, merged, actor=owner)

    kept.refresh_from_db()
    assert str(kept.emergency_contact_phone) == "+447700900123"


def test_merge_joins_account_care_team_last_visit_and_legal_hold(owner: User) -> None:
    account, one, two = make_user(Role.CLIENT), make_user(), make_user()
    kept = make_client(care_team=(one,), last_treated_on=date(2026, 1, 1))
    merged = make_client(
        care_team=(one, two),
        user=account,
        last_treated_on=date(2026, 6, 1),
        is_on_legal_hold=True,
        legal_hold_reason="claim",
    )

    merge(kept, merged, actor=owner)

    kept.refresh_from_db()
    assert (kept.user, kept.last_treated_on, kept.is_on_legal_hold, kept.legal_hold_reason) == (
        account,
        date(2026, 6, 1),
        True,
        "claim",
    )
    assert set(kept.care_team.all()) == {one, two}


def test_merge_moves_consents_and_messages(owner: User) -> None:
    kept, merged = make_client(), make_client()
    consent = record_consent(merged.pk, purpose="treatment", is_given=True, wording_version="1", actor=owner, now=NOW)
    Message.objects.create(
        topic="t", topic_id="1", topic_version=1, kind="k", channel=Channel.EMAIL, client_id=merged.pk, due_at=NOW
    )

    merge(kept, merged, actor=owner)

    consent.refresh_from_db()
    assert consent.client == kept
    assert Message.objects.get().client_id == kept.pk
    assert MergeRecord.objects.get().moved == {
        "notes": 0,
        "screenings": 0,
        "entries": 0,
        "contact_preferences": 0,
        "consents": 1,
        "messages": 1,
        "earlier_merges": 0,
    }


@pytest.mark.parametrize(
    ("mine", "theirs", "result"),
    [
        (None, None, False),
        (None, True, True),
        (True, None, True),
        (True, False, False),
        (False, True, False),
        (None, False, False),
    ],
)
def test_merge_takes_a_no_in_either_record_for_a_no(
    mine: bool | None, theirs: bool | None, result: bool, owner: User
) -> None:
    kept, merged = make_client(), make_client()
    for client, wish in ((kept, mine), (merged, theirs)):
        if wish is not None:
            set_preferences(client.pk, preferences=[Preference("marketing", "sms", wish)], actor=owner)

    merge(kept, merged, actor=owner)

    said = ContactPreference.objects.filter(client=kept, purpose="marketing", channel="sms").first()
    assert (said.is_allowed if said else False) == result


def test_merge_tells_the_higher_floors(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, int]] = []
    monkeypatch.setattr(hooks, "on_merge", [lambda kept, merged: told.append((kept.pk, merged.pk))])
    kept, merged = make_client(), make_client()

    merge(kept, merged, actor=owner)

    assert told == [(kept.pk, merged.pk)]


def test_merge_goes_on_record_for_the_surviving_client(owner: User) -> None:
    kept, merged = make_client(), make_client()

    merge(kept, merged, actor=owner)

    event = AuditEvent.objects.get(action="merge")
    assert (event.actor, event.client_id, event.detail["merged"]) == (owner, kept.pk, merged.pk)


def test_merged_record_stays_as_it_was_but_for_the_pointer(owner: User) -> None:
    kept, merged = make_client(), make_client(phone="+447700900123", address="1 High Street")
    before: dict[str, Any] = dict(Client.objects.values().get(pk=merged.pk))

    merge(kept, merged, actor=owner)

    after: dict[str, Any] = dict(Client.objects.values().get(pk=merged.pk))
    changed = {name for name, value in before.items() if after[name] != value}
    assert changed == {"merged_into_id", "merged_at", "version", "updated_at"}
    assert (after["merged_into_id"], after["merged_at"]) == (kept.pk, NOW)


_TEXT = st.sampled_from(["", "one", "two"])
_PHONE = st.sampled_from(["", "+447700900123", "+447700900456"])
_RECORD = st.fixed_dictionaries(
    {
        "preferred_name": _TEXT,
        "date_of_birth": st.sampled_from([None, date(1990, 5, 17), date(1991, 5, 17)]),
        "email": st.sampled_from(["", "one@example.org", "two@example.org"]),
        "email_proved_at": st.sampled_from([None, NOW]),
        "phone": _PHONE,
        "address": _TEXT,
        "emergency_contact_name": _TEXT,
        "emergency_contact_phone": _PHONE,
        "gp_name": _TEXT,
        "gp_practice": _TEXT,
        "guardian_name": _TEXT,
        "guardian_phone": _PHONE,
        "guardian_relationship": _TEXT,
        "alert_line": _TEXT,
        "first_name": st.sampled_from(["Alex", "Sam"]),
        "legal_hold_reason": _TEXT,
    }
)


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mine=_RECORD, theirs=_RECORD, notes=st.tuples(st.integers(0, 2), st.integers(0, 2)))
def test_merge_of_any_two_records_loses_no_value_and_no_row(
    mine: dict[str, Any], theirs: dict[str, Any], notes: tuple[int, int]
) -> None:
    owner, author = make_user(Role.OWNER), make_user()
    kept, merged = make_client(**mine), make_client(**theirs)
    for client, number in zip((kept, merged), notes, strict=True):
        for _ in range(number):
            full_record(client, author=author)

    merge(kept, merged, actor=owner)

    kept.refresh_from_db()
    differences = MergeRecord.objects.get(merged=merged).differences
    for name, value in theirs.items():
        shown = "" if value is None else str(value)
        remembered = {str(getattr(kept, name) or ""), differences.get(name, {}).get("merged", "")}
        assert not shown or shown in remembered, name
    for name, value in mine.items():
        assert not value or str(getattr(kept, name)) == str(value), name
    assert kept.notes.count() == sum(notes)
    for note in kept.notes.all():
        opened = read_note(note.pk, reader=owner)
        assert (opened.content, [a.text for a in opened.addenda]) == (CONTENT, [ADDED])


# --- Refused --------------------------------------------------------------------------------------


def test_merge_into_itself_is_refused(owner: User) -> None:
    client = make_client()

    with pytest.raises(CannotMerge) as caught:
        merge(client, client, actor=owner)

    assert caught.value.data == {"reason": "itself"}


def test_merge_of_or_into_a_merged_record_is_refused(owner: User) -> None:
    survivor, merged, other = make_client(), make_client(), make_client()
    merge(survivor, merged, actor=owner)

    for kept, gone in ((merged, other), (other, merged)):
        with pytest.raises(CannotMerge) as caught:
            merge(kept, gone, actor=owner)
        assert caught.value.data == {"reason": "already_merged", "merged_into": survivor.pk}
    other.refresh_from_db()
    assert other.merged_into is None


def test_merge_of_a_survivor_brings_what_it_absorbed_along(owner: User) -> None:
    first, second, third = make_client(), make_client(), make_client()
    note = full_record(first)
    merge(second, first, actor=owner)

    merge(third, second, actor=owner)

    assert set(third.merged_records.values_list("pk", flat=True)) == {first.pk, second.pk}
    assert read_note(note.pk, reader=owner).content == CONTENT


def test_merge_from_an_older_version_is_refused(owner: User) -> None:
    kept, merged = make_client(version=3), make_client()

    with pytest.raises(StaleVersion) as caught:
        merge(kept, merged, actor=owner, version=2)

    assert caught.value.data == {"version": 3}
    merged.refresh_from_db()
    assert merged.merged_into is None


def test_merge_of_a_record_that_does_not_exist_is_not_found(owner: User) -> None:
    client = make_client()

    with pytest.raises(NotFound):
        merge_clients(client.pk, merged_id=client.pk + 999, version=1, actor=owner, now=NOW)


def test_merge_repeated_changes_nothing(owner: User) -> None:
    kept, merged = make_client(), make_client()
    merge(kept, merged, actor=owner)
    before = (Client.objects.values().get(pk=kept.pk), AuditEvent.objects.count())

    again = merge_clients(kept.pk, merged_id=merged.pk, version=1, actor=owner, now=NOW + timedelta(days=1))

    assert again.pk == kept.pk
    assert (Client.objects.values().get(pk=kept.pk), AuditEvent.objects.count()) == before


def test_merge_with_something_unreadable_changes_nothing(owner: User) -> None:
    kept, merged = make_client(phone=""), make_client(phone="+447700900123")
    good, bad = full_record(merged), full_record(merged)
    Addendum.objects.filter(note=bad).update(sealed_text="v1$gone$AAAA")
    before = TreatmentNote.objects.values().get(pk=good.pk)

    with pytest.raises(SealedUnreadable):
        merge(kept, merged, actor=owner)

    kept.refresh_from_db()
    merged.refresh_from_db()
    assert (str(kept.phone or ""), kept.version, merged.merged_into) == ("", 1, None)
    assert TreatmentNote.objects.values().get(pk=good.pk) == before


def test_merge_where_a_higher_floor_fails_changes_nothing(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(kept: Client, merged: Client) -> None:
        raise ArithmeticError

    monkeypatch.setattr(hooks, "on_merge", [fail])
    kept, merged = make_client(), make_client()
    note = full_record(merged)

    with pytest.raises(ArithmeticError):
        merge(kept, merged, actor=owner)

    merged.refresh_from_db()
    assert (merged.merged_into, MergeRecord.objects.count()) == (None, 0)
    assert read_note(note.pk, reader=owner).row.client == merged


def test_merge_record_and_consent_cannot_be_rewritten_in_the_database(owner: User) -> None:
    kept, merged = make_client(), make_client()
    record_consent(kept.pk, purpose="treatment", is_given=True, wording_version="1", actor=owner, now=NOW)
    merge(kept, merged, actor=owner)

    with pytest.raises(IntegrityError), transaction.atomic():
        MergeRecord.objects.update(differences={})
    with pytest.raises(IntegrityError), transaction.atomic():
        ConsentRecord.objects.update(is_given=False)


# --- At the same moment ---------------------------------------------------------------------------


def test_note_for_a_record_read_before_its_merge_goes_to_the_survivor(owner: User) -> None:
    kept, merged = make_client(), make_client()
    seen_before = Client.objects.get(pk=merged.pk)
    merge(kept, merged, actor=owner)

    note = draft_note(seen_before, author=make_user(), content=CONTENT, today=TODAY)

    assert note.client == kept
    assert read_note(note.pk, reader=owner).content == CONTENT


def test_note_for_a_record_that_is_not_looked_at_again_is_left_behind(
    owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mutant: no lock on the client. What is written ends at the merged record, out of sight."""
    kept, merged = make_client(), make_client()
    seen_before = Client.objects.get(pk=merged.pk)
    merge(kept, merged, actor=owner)
    monkeypatch.setattr(note_services, "locked_client", lambda _pk: seen_before)

    note = draft_note(seen_before, author=make_user(), content=CONTENT, today=TODAY)

    assert note.client == merged


@pytest.mark.django_db(transaction=True)
def test_merge_while_others_write_leaves_nothing_behind() -> None:
    owner, author = make_user(Role.OWNER), make_user()
    kept, merged = make_client(), make_client()
    draft = make_draft(merged, author=author)

    def write_notes() -> int:
        return len([draft_note(merged, author=author, content=CONTENT, today=TODAY) for _ in range(6)])

    def write_answers() -> int:
        rows = [store_screening(answers={}, level="", source="booking", client=merged, now=NOW) for _ in range(6)]
        return len(rows)

    def write_wishes() -> int:
        for index in range(6):
            record_consent(
                merged.pk, purpose="marketing", is_given=index % 2 == 0, wording_version="1", actor=owner, now=NOW
            )
        return 6

    def rewrite() -> int:
        for version in range(1, 7):
            rewrite_draft(draft.pk, author=author, content=CONTENT, version=version)
        return 6

    results = all_at_once(
        write_notes, write_answers, write_wishes, rewrite, lambda: merge(kept, merged, actor=owner).version
    )

    assert results == [6, 6, 6, 6, 2]
    assert (merged.notes.count(), merged.screenings.count(), merged.consents.count()) == (0, 0, 0)
    assert (kept.notes.count(), kept.screenings.count(), kept.consents.count()) == (7, 6, 6)
    assert all(read_note(note.pk, reader=owner).content == CONTENT for note in kept.notes.all())
    assert list(broken_links()) == []


@pytest.mark.django_db(transaction=True)
def test_merge_both_ways_at_once_happens_one_way() -> None:
    owner = make_user(Role.OWNER)
    one, two = make_client(), make_client()

    def merging(kept: Client, merged: Client) -> Callable[[], int]:
        return lambda: merge_clients(kept.pk, merged_id=merged.pk, version=1, actor=owner, now=timezone.now()).pk

    results = all_at_once(*[merging(one, two), merging(two, one)] * 3)

    survivors = set(Client.objects.filter(merged_into=None).values_list("pk", flat=True))
    assert len(survivors) == 1
    assert [r for r in results if isinstance(r, int)] == list(survivors) * 3
    assert sum(isinstance(r, CannotMerge) for r in results) == 3
    assert MergeRecord.objects.count() == 1


def test_moment_of_a_merge_is_the_callers(owner: User) -> None:
    kept, merged = make_client(), make_client()

    merge_clients(kept.pk, merged_id=merged.pk, version=1, actor=owner, now=datetime(2027, 1, 1, tzinfo=UTC))

    merged.refresh_from_db()
    assert merged.merged_at == datetime(2027, 1, 1, tzinfo=UTC)
