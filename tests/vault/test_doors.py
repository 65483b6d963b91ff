from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.test import override_settings

from clinic.accounts.roles import Role
from clinic.audit.models import AuditEvent
from clinic.vault import doors
from clinic.vault.doors import Place, SealedUnreadable, SealedValue
from tests.factories import make_user

pytestmark = pytest.mark.django_db

PLACE = Place("clients_treatmentnote", uuid.UUID(int=1), "sealed_content", uuid.UUID(int=2))
WORDS = "canary-7f3a sore left knee"


@pytest.fixture(autouse=True)
def fresh_keyring() -> Iterator[None]:
    yield
    doors.keyring.cache_clear()


def sealed(place: Place = PLACE) -> SealedValue:
    return SealedValue(doors.seal(WORDS, place=place), place, client_id=7)


def test_reading_shows_the_words_and_puts_the_reading_on_record() -> None:
    reader = make_user(Role.THERAPIST)

    assert doors.read(sealed(), reader=reader, purpose="note") == WORDS

    event = AuditEvent.objects.get()
    assert (event.actor, event.action, event.client_id) == (reader, "read", 7)
    assert (event.subject_type, event.subject_id) == ("clients_treatmentnote", str(uuid.UUID(int=1)))
    assert event.detail == {"field": "sealed_content", "purpose": "note"}


def test_reading_several_puts_each_on_record() -> None:
    places = [replace(PLACE, row_id=uuid.UUID(int=number)) for number in (1, 2, 3)]

    texts = doors.read_all([sealed(place) for place in places], reader=make_user(), purpose="export")

    assert texts == [WORDS] * 3
    assert AuditEvent.objects.count() == 3


class TrailIsDown(Exception):
    pass


def _fail(*_: object, **__: object) -> None:
    raise TrailIsDown


def test_reading_where_the_event_cannot_be_written_opens_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("clinic.audit.services.record_all", _fail)
    monkeypatch.setattr(doors, "_open", lambda stored, place: opened.append(stored))

    with pytest.raises(TrailIsDown):
        doors.read(sealed(), reader=make_user(), purpose="note")

    assert opened == []


def test_reading_that_is_recorded_afterwards_has_opened_by_then(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutant: open first, record after. The words are out before the trail refuses."""
    opened: list[str] = []
    monkeypatch.setattr("clinic.audit.services.record_all", _fail)

    def open_first(value: SealedValue) -> None:
        opened.append(doors._open(value.stored, value.place))
        _fail()

    with pytest.raises(TrailIsDown):
        open_first(sealed())

    assert opened == [WORDS]


@pytest.mark.parametrize(
    "other",
    [
        replace(PLACE, table="clients_addendum"),
        replace(PLACE, row_id=uuid.UUID(int=9)),
        replace(PLACE, field="sealed_text"),
        replace(PLACE, client=uuid.UUID(int=9)),
        replace(PLACE, client=None),
    ],
    ids=["table", "row", "field", "client", "nobody"],
)
def test_reading_at_another_place_is_unreadable(other: Place) -> None:
    with pytest.raises(SealedUnreadable) as caught:
        doors.read(replace(sealed(), place=other), reader=make_user(), purpose="note")

    assert "canary" not in caught.value.message
    assert caught.value.data == {}


def test_resealing_moves_words_to_a_new_place_and_shows_them_to_nobody() -> None:
    new_place = replace(PLACE, client=uuid.UUID(int=9))

    moved = doors.reseal(sealed().stored, place=PLACE, new_place=new_place)

    assert AuditEvent.objects.count() == 0
    assert doors.read(SealedValue(moved, new_place, 9), reader=make_user(), purpose="note") == WORDS


def test_reading_after_the_key_is_gone_is_unreadable() -> None:
    value = sealed()
    doors.keyring.cache_clear()

    with override_settings(VAULT_KEYS="other:" + "A" * 43 + "="), pytest.raises(SealedUnreadable):
        doors.read(value, reader=make_user(), purpose="note")
