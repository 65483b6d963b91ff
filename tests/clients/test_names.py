from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clients.models import Client
from clients.names import LONGEST_KEY, folded, name_key
from tests.factories import make_client

NAMES = st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=80)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Alex", "Okafor"), ("ALEX", "okafor")),
        (("Mary Ann", "O'Brien"), ("Mary-Ann", "O’Brien")),
        (("Ｊｉｍ", "Straße"), ("Jim", "STRASSE")),
        (("José", "Núñez"), ("Jose\u0301", "Nu\u0301n\u0303ez")),
    ],
)
def test_spellings_of_one_name_have_one_key(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert name_key(*one) == name_key(*other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("José", "Núñez"), ("Jose", "Nunez")),
        (("Anna Maria", "Smith"), ("Anna", "Maria Smith")),
        (("Alex", "Kim"), ("Kim", "Alex")),
        (("李", "明"), ("李", "民")),
        (("!", "?"), ("?", "!")),
    ],
)
def test_different_names_have_different_keys(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert name_key(*one) != name_key(*other)


@settings(max_examples=300)
@given(first=NAMES, last=NAMES)
def test_key_of_any_name_fits_and_does_not_change_by_folding_again(first: str, last: str) -> None:
    assert len(name_key(first, last)) <= LONGEST_KEY
    assert folded(folded(first)) == folded(first)
    assert folded(first) or not first.split()


@pytest.mark.django_db
def test_key_is_written_with_every_save() -> None:
    client = make_client(first_name="Alex", last_name="O'Kafor")
    client.last_name = "Lindqvist"
    client.save()
    made_in_bulk = Client.objects.bulk_create([Client(first_name="Sam", last_name="Kim")])[0]

    assert list(Client.objects.order_by("pk").values_list("name_key", flat=True)) == ["alex|lindqvist", "sam|kim"]
    assert made_in_bulk.name_key == "sam|kim"
