from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from clients.models import RecordRules, Screening
from clients.sealing import sealed_screening
from clients.services.screening import keep_guide_answers, purge_anonymous_screenings, store_screening
from clinic.accounts.roles import Role
from clinic.audit.models import AuditEvent
from clinic.vault import doors
from tests.clients.calls import V1, api
from tests.clients.records import ANSWER, CANARIES, NOW, full_record
from tests.factories import make_client, make_user
from treatments import hooks as treatment_hooks

pytestmark = pytest.mark.django_db


def opened(row: Screening) -> object:
    return json.loads(doors.read(sealed_screening(row), reader=make_user(Role.OWNER), purpose="test"))


def test_screening_of_a_client_is_sealed_for_them() -> None:
    client = make_client()

    row = store_screening(
        answers={"safety": [ANSWER], "guide": {"x": 3}},
        level="review",
        source="booking",
        client=client,
        appointment_reference="GW-1",
        now=NOW,
    )

    stored = Screening.objects.values().get()
    assert (stored["client_id"], stored["level"], stored["appointment_reference"]) == (client.pk, "review", "GW-1")
    assert ANSWER not in json.dumps(stored, default=str)
    assert opened(row) == {"safety": [ANSWER], "guide": {"x": 3}}


def test_screening_of_a_visitor_has_no_name_and_opens_for_no_client() -> None:
    row = keep_guide_answers(slugs=[ANSWER], level="gp", answers={"overpronation": 2}, now=NOW)

    assert (row.client, row.source) == (None, "guide")
    assert opened(row) == {"safety": [ANSWER], "guide": {"overpronation": 2}}


def test_screening_of_a_visitor_given_to_a_client_by_hand_does_not_open() -> None:
    row = keep_guide_answers(slugs=[ANSWER], level="gp", answers={}, now=NOW)
    Screening.objects.update(client=make_client())
    row.refresh_from_db()

    with pytest.raises(doors.SealedUnreadable):
        opened(row)


def test_screening_is_what_the_guide_calls() -> None:
    assert keep_guide_answers in treatment_hooks.on_safety_answer


def test_screening_from_an_unknown_source_is_refused() -> None:
    with pytest.raises(ValueError, match="radio"):
        store_screening(answers={}, level="", source="radio", client=None, now=NOW)

    assert Screening.objects.count() == 0


def test_purge_removes_nameless_answers_past_the_clinics_period_and_no_others() -> None:
    RecordRules.objects.create(pk=1, anonymous_screening_days=30)
    client = make_client()
    for age, holder in ((29, None), (30, None), (31, None), (400, client)):
        store_screening(answers={}, level=str(age), source="guide", client=holder, now=NOW - timedelta(days=age))

    assert purge_anonymous_screenings(now=NOW) == 1

    assert set(Screening.objects.values_list("level", flat=True)) == {"29", "30", "400"}


def _everything_in_the_database() -> str:
    texts = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            texts.append(repr(cursor.fetchall()))
    return "\n".join(texts)


def test_database_holds_no_clinical_word_in_the_clear() -> None:
    owner = make_user(Role.OWNER)
    client = make_client(alert_line="canary-control")
    note = full_record(client)
    for path in (f"notes/{note.pk}/", f"clients/{client.pk}/export/", f"clients/{client.pk}/timeline/"):
        assert api(owner).get(f"{V1}/{path}").status_code == 200
    out = StringIO()
    call_command("reseal", stdout=out)

    everything = _everything_in_the_database()

    assert [canary for canary in CANARIES if canary in everything + out.getvalue()] == []
    assert "canary-control" in everything  # what is not sealed is found: the search works
    assert AuditEvent.objects.count() > 5
