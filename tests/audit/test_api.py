from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from clinic.accounts.models import User
from clinic.accounts.roles import Role
from clinic.audit.models import Action
from clinic.audit.services import record
from tests.factories import make_client, make_user

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def api(user: User | None = None) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


def sequences(answer: Any) -> list[int]:
    return [event["sequence"] for event in answer.json()["results"]]


def test_audit_trail_for_the_owner_is_latest_first() -> None:
    owner = make_user(Role.OWNER, name="Tom")
    for number in (1, 2):
        record(Action.READ, subject_type="note", subject_id=number, actor=owner, client_id=7, now=NOW)

    answer = api(owner).get("/api/v1/audit/")

    assert sequences(answer) == [2, 1]
    event = answer.json()["results"][1]
    assert {**event, "hash": ""} == {
        "sequence": 1,
        "occurred_at": "2026-11-02T09:00:00Z",
        "actor": owner.pk,
        "actor_label": "Tom (owner)",
        "action": "read",
        "subject_type": "note",
        "subject_id": "1",
        "client": 7,
        "detail": {},
        "hash": "",
    }


@pytest.mark.parametrize("role", [Role.THERAPIST, Role.RECEPTIONIST, Role.CLIENT])
def test_audit_trail_for_anybody_else_is_refused(role: str) -> None:
    assert api(make_user(role)).get("/api/v1/audit/").status_code == 403


def test_audit_trail_without_sign_in_is_refused() -> None:
    assert api().get("/api/v1/audit/").status_code == 401


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_audit_trail_cannot_be_written_over_http(method: str) -> None:
    assert getattr(api(make_user(Role.OWNER)), method)("/api/v1/audit/", {}).status_code == 405


def test_audit_trail_of_a_client_includes_what_was_merged_into_them() -> None:
    owner, kept = make_user(Role.OWNER), make_client()
    merged, other = make_client(merged_into=kept), make_client()
    for client in (kept, merged, other):
        record(Action.READ, subject_type="note", subject_id=1, actor=owner, client_id=client.pk)

    assert sequences(api(owner).get(f"/api/v1/audit/?client={kept.pk}")) == [2, 1]


def test_audit_trail_by_actor_action_and_time_is_narrowed() -> None:
    owner, therapist = make_user(Role.OWNER), make_user(Role.THERAPIST)
    for actor, action, minutes in (
        (therapist, Action.READ, 0),
        (therapist, Action.SIGN, 1),
        (owner, Action.READ, 2),
        (therapist, Action.READ, 3),
    ):
        record(action, subject_type="n", subject_id=1, actor=actor, now=NOW + timedelta(minutes=minutes))

    query = f"actor={therapist.pk}&action=read&since=2026-11-02T09:00:00Z&until=2026-11-02T09:03:00Z"

    assert sequences(api(owner).get(f"/api/v1/audit/?{query}")) == [1]


@pytest.mark.parametrize("query", ["client=x", "client=0", f"actor={2**60}", "action=drop", "since=yesterday", "q=1"])
def test_audit_trail_with_a_bad_filter_names_it(query: str) -> None:
    answer = api(make_user(Role.OWNER)).get(f"/api/v1/audit/?{query}")

    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [query.partition("=")[0]]


@pytest.mark.parametrize("rows", [1, 3])
def test_audit_trail_takes_two_queries(rows: int, django_assert_num_queries: Callable[[int], Any]) -> None:
    owner = make_user(Role.OWNER)
    for number in range(rows):
        record(Action.READ, subject_type="note", subject_id=number, actor=owner)

    with django_assert_num_queries(2):
        answer = api(owner).get("/api/v1/audit/")

    assert len(sequences(answer)) == rows
