from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from clients.models import Client
from clinic.accounts.roles import Role
from tests.clients.calls import V1, api
from tests.factories import make_client, make_user

pytestmark = pytest.mark.django_db

BORN = date(1990, 5, 17)


def reasons_for(client: Client) -> dict[int, list[str]]:
    answer = api(make_user(Role.OWNER)).get(f"{V1}/clients/{client.pk}/duplicates/")
    return {found["client"]["id"]: found["reasons"] for found in answer.json()}


def groups() -> list[tuple[str, set[int]]]:
    answer = api(make_user(Role.OWNER)).get(f"{V1}/clients/duplicates/")
    return [(g["reason"], {client["id"] for client in g["clients"]}) for g in answer.json()["results"]]


@pytest.mark.parametrize(
    ("mine", "theirs", "reasons"),
    [
        ({"email": "a@example.org"}, {"email": "a@example.org"}, ["same_email"]),
        ({"phone": "+442079460018"}, {"phone": "+442079460018"}, ["same_phone"]),
        (
            {"last_name": "Okafor", "date_of_birth": BORN},
            {"last_name": "O'KAFOR", "date_of_birth": BORN},
            ["same_name_and_date_of_birth"],
        ),
        ({"last_name": "Okafor", "date_of_birth": BORN}, {"last_name": "Okafor"}, ["same_name"]),
        (
            {"last_name": "Okafor", "email": "a@example.org", "phone": "+442079460018"},
            {"last_name": "Okafor", "email": "a@example.org", "phone": "+442079460018"},
            ["same_email", "same_phone", "same_name"],
        ),
    ],
)
def test_possible_duplicate_comes_with_the_reasons(
    mine: dict[str, Any], theirs: dict[str, Any], reasons: list[str]
) -> None:
    one, two = make_client(**mine), make_client(**theirs)

    assert reasons_for(one) == {two.pk: reasons}
    assert reasons_for(two) == {one.pk: reasons}
    assert groups() == [(reason, {one.pk, two.pk}) for reason in reasons]


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ({"email": ""}, {"email": ""}),
        ({"phone": ""}, {"phone": ""}),
        (
            {"last_name": "Okafor", "date_of_birth": BORN},
            {"last_name": "Okafor", "date_of_birth": date(2001, 1, 1)},
        ),
        ({"last_name": "Okafor"}, {"last_name": "Okafo"}),
        ({"first_name": "Alex", "last_name": "Kim"}, {"first_name": "Kim", "last_name": "Alex"}),
    ],
)
def test_people_who_share_nothing_are_no_duplicates(mine: dict[str, Any], theirs: dict[str, Any]) -> None:
    one, _ = make_client(**mine), make_client(**theirs)

    assert reasons_for(one) == {}
    assert groups() == []


def test_merged_records_are_no_duplicates() -> None:
    kept = make_client(email="a@example.org")
    make_client(email="a@example.org", merged_into=kept)

    assert reasons_for(kept) == {}
    assert groups() == []


def test_duplicates_for_a_therapist_are_among_their_own_clients() -> None:
    therapist = make_user()
    client = make_client(email="a@example.org", care_team=(therapist,))
    make_client(email="a@example.org")

    answer = api(therapist).get(f"{V1}/clients/{client.pk}/duplicates/")

    assert answer.json() == []


@pytest.mark.parametrize(("role", "status"), [(Role.RECEPTIONIST, 200), (Role.THERAPIST, 403), (Role.CLIENT, 403)])
def test_list_of_all_duplicates_is_for_the_front_desk(role: str, status: int) -> None:
    assert api(make_user(role)).get(f"{V1}/clients/duplicates/").status_code == status


@pytest.mark.parametrize("pairs", [1, 3])
def test_list_of_all_duplicates_takes_two_queries(pairs: int, django_assert_num_queries: Callable[[int], Any]) -> None:
    for number in range(pairs):
        make_client(email=f"{number}@example.org", last_name=f"Same{number}")
        make_client(email=f"{number}@example.org", last_name=f"Same{number}")
    owner = make_user(Role.OWNER)

    with django_assert_num_queries(2):
        answer = api(owner).get(f"{V1}/clients/duplicates/")

    assert answer.json()["count"] == pairs * 2


@pytest.mark.parametrize("others", [1, 3])
def test_possible_duplicates_of_one_take_two_queries(
    others: int, django_assert_num_queries: Callable[[int], Any]
) -> None:
    client, owner = make_client(email="a@example.org"), make_user(Role.OWNER)
    for _ in range(others):
        make_client(email="a@example.org")

    with django_assert_num_queries(2):
        answer = api(owner).get(f"{V1}/clients/{client.pk}/duplicates/")

    assert len(answer.json()) == others


# --- Merging over HTTP ----------------------------------------------------------------------------


def test_merge_over_http_answers_with_the_surviving_record_and_again_alike() -> None:
    kept, merged = make_client(phone=""), make_client(phone="+442079460018")
    desk = api(make_user(Role.RECEPTIONIST))
    call = (f"{V1}/clients/{kept.pk}/merge/", {"merged": merged.pk, "version": 1})

    first, second = desk.post(*call), desk.post(*call)

    assert (first.status_code, first.json()["id"], first.json()["phone"]) == (200, kept.pk, "+442079460018")
    assert (second.status_code, second.json()) == (200, first.json())


@pytest.mark.parametrize("role", [Role.THERAPIST, Role.CLIENT])
def test_merge_over_http_is_for_the_front_desk(role: str) -> None:
    user = make_user(role)
    kept, merged = make_client(care_team=(user,) if role == Role.THERAPIST else ()), make_client()

    answer = api(user).post(f"{V1}/clients/{kept.pk}/merge/", {"merged": merged.pk, "version": 1})

    assert answer.status_code == 403
    merged.refresh_from_db()
    assert merged.merged_into is None


def test_merge_over_http_into_itself_or_of_nobody_is_refused() -> None:
    client, desk = make_client(), api(make_user(Role.OWNER))

    itself = desk.post(f"{V1}/clients/{client.pk}/merge/", {"merged": client.pk, "version": 1})
    nobody = desk.post(f"{V1}/clients/{client.pk}/merge/", {"merged": client.pk + 99, "version": 1})
    unknown = desk.post(f"{V1}/clients/{client.pk + 99}/merge/", {"merged": client.pk, "version": 1})

    assert (itself.status_code, itself.json()["code"], itself.json()["reason"]) == (409, "cannot_merge", "itself")
    assert (nobody.status_code, unknown.status_code) == (404, 404)
