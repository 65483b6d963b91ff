from __future__ import annotations

import base64
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.vault import crypto
from clinic.vault.crypto import Keyring, Unreadable, key_id_of

OLD, NEW = b"o" * 32, b"n" * 32
KEYRING = Keyring({"old": OLD})
HERE = "clients_treatmentnote/11/sealed_content/aa"
ELSEWHERE = {
    "another table": "clients_addendum/11/sealed_content/aa",
    "another row": "clients_treatmentnote/12/sealed_content/aa",
    "another field": "clients_treatmentnote/11/sealed_text/aa",
    "another client": "clients_treatmentnote/11/sealed_content/bb",
}


@given(text=st.text(alphabet=st.characters(exclude_categories=["Cs"])), identity=st.text(max_size=40))
def test_sealed_text_opens_to_itself_where_it_was_sealed(text: str, identity: str) -> None:
    identity = identity.encode("utf-8", "replace").decode()

    assert KEYRING.open(KEYRING.seal(text, identity=identity), identity=identity) == text


def test_sealed_text_says_form_and_key_and_not_the_words() -> None:
    sealed = KEYRING.seal("sore left knee", identity=HERE)

    assert sealed.startswith("v1$old$")
    assert key_id_of(sealed) == "old"
    assert b"knee" not in base64.urlsafe_b64decode(sealed.split("$")[2])


def test_same_text_sealed_twice_looks_different() -> None:
    assert KEYRING.seal("x", identity=HERE) != KEYRING.seal("x", identity=HERE)


# --- Moved ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ELSEWHERE.values(), ids=ELSEWHERE.keys())
def test_sealed_text_moved_to_another_place_does_not_open(place: str) -> None:
    sealed = KEYRING.seal("x", identity=HERE)

    with pytest.raises(Unreadable):
        KEYRING.open(sealed, identity=place)


@pytest.mark.parametrize("place", ELSEWHERE.values(), ids=ELSEWHERE.keys())
def test_sealed_text_moved_opens_where_nothing_is_bound(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutant: emptied associated data."""
    monkeypatch.setattr(crypto, "_associated", lambda *_: b"")
    sealed = KEYRING.seal("x", identity=HERE)

    assert KEYRING.open(sealed, identity=place) == "x"


def test_sealed_texts_of_many_places_open_nowhere_but_at_home() -> None:
    places = [HERE, *ELSEWHERE.values()]
    sealed = {place: KEYRING.seal(place, identity=place) for place in places}

    opened = 0
    for home, other in permutations(places, 2):
        try:
            KEYRING.open(sealed[home], identity=other)
            opened += 1
        except Unreadable:
            continue

    assert opened == 0


# --- Changed --------------------------------------------------------------------------------------


def test_sealed_text_with_any_byte_flipped_does_not_open() -> None:
    head, _, body = KEYRING.seal("sore", identity=HERE).rpartition("$")
    raw = base64.urlsafe_b64decode(body)

    opened = []
    for index in range(len(raw)):
        changed = bytes(byte ^ (1 if at == index else 0) for at, byte in enumerate(raw))
        try:
            opened.append(KEYRING.open(f"{head}${base64.urlsafe_b64encode(changed).decode()}", identity=HERE))
        except Unreadable:
            continue

    assert len(raw) == 12 + 4 + 16
    assert opened == []


@pytest.mark.parametrize("length", [0, 1, 11, 12, 27])
def test_sealed_text_cut_short_does_not_open(length: int) -> None:
    raw = base64.urlsafe_b64decode(KEYRING.seal("sore", identity=HERE).split("$")[2])

    with pytest.raises(Unreadable):
        KEYRING.open(f"v1$old${base64.urlsafe_b64encode(raw[:length]).decode()}", identity=HERE)


@pytest.mark.parametrize(
    "stored",
    [
        "",
        "sore left knee",
        "v1",
        "v1$old",
        "v1$old$",
        "v1$$",
        "v2$old$AAAA",
        "v1$old$not base64!",
        "v1$old$é",
        "v1$old$AAA",
    ],
)
def test_something_that_is_no_sealed_text_does_not_open(stored: str) -> None:
    with pytest.raises(Unreadable):
        KEYRING.open(stored, identity=HERE)


def test_failure_to_open_repeats_neither_words_nor_key() -> None:
    with pytest.raises(Unreadable) as caught:
        KEYRING.open("sore left knee", identity=HERE)

    assert "knee" not in str(caught.value)
    assert "ooo" not in str(caught.value)


# --- Keys -----------------------------------------------------------------------------------------


def test_first_key_seals_and_every_key_opens() -> None:
    sealed = KEYRING.seal("x", identity=HERE)
    both = Keyring({"new": NEW, "old": OLD})

    assert both.open(sealed, identity=HERE) == "x"
    assert key_id_of(both.seal("x", identity=HERE)) == "new"


def test_text_of_a_dropped_key_does_not_open() -> None:
    with pytest.raises(Unreadable):
        Keyring({"new": NEW}).open(KEYRING.seal("x", identity=HERE), identity=HERE)


def test_text_under_the_name_of_another_key_does_not_open() -> None:
    """The key's name is bound as well: relabelling does not help even with the very same key."""
    renamed = KEYRING.seal("x", identity=HERE).replace("$old$", "$new$")

    with pytest.raises(Unreadable):
        Keyring({"new": OLD, "old": OLD}).open(renamed, identity=HERE)


def test_text_under_the_name_of_another_key_opens_where_nothing_is_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutant: emptied associated data."""
    monkeypatch.setattr(crypto, "_associated", lambda *_: b"")
    renamed = KEYRING.seal("x", identity=HERE).replace("$old$", "$new$")

    assert Keyring({"new": OLD, "old": OLD}).open(renamed, identity=HERE) == "x"


def _encoded(key: bytes) -> str:
    return base64.b64encode(key).decode()


def test_keyring_is_read_in_the_order_it_is_written() -> None:
    keyring = Keyring.parse(f" new:{_encoded(NEW)} , old:{_encoded(OLD)}, ")

    assert (keyring.sealing_key_id, dict(keyring.keys)) == ("new", {"new": NEW, "old": OLD})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "at least one key"),
        (",", "at least one key"),
        (_encoded(OLD), "must have 32 bytes"),
        (f":{_encoded(OLD)}", "cannot be a key id"),
        (f"a$b:{_encoded(OLD)}", "cannot be a key id"),
        ("old:c2hvcnQ=", "must have 32 bytes"),
        ("old:%%%", "is not base64"),
        ("old:é", "is not base64"),
        (f"old:{_encoded(OLD)},old:{_encoded(NEW)}", "two keys with the id old"),
    ],
)
def test_keyring_that_cannot_be_right_is_refused_without_repeating_a_key(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        Keyring.parse(text)

    assert _encoded(NEW) not in str(caught.value)
