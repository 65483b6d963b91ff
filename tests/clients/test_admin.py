"""Clients in the owner's site: nothing clinical, services called, refusals shown."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from clients.models import Client, MergeRecord
from clients.selectors import get_rules
from clinic.accounts.models import User
from clinic.accounts.roles import Role
from clinic.audit.models import AuditEvent
from tests.clients.records import full_record
from tests.factories import make_client, make_user

pytestmark = pytest.mark.django_db

LIST = "/admin/clients/client/"


@pytest.fixture
def owner() -> User:
    return make_user(Role.OWNER)


@pytest.fixture
def browser(owner: User) -> Browser:
    browser = Browser()
    browser.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    return browser


def change(client: Client) -> str:
    return reverse("admin:clients_client_change", args=(client.pk,))


def filled(page: Any) -> dict[str, Any]:
    """What a browser would send back of a page that nobody has touched."""
    form = page.context["adminform"].form
    sent: dict[str, Any] = {}
    for name in form.fields:
        value = form[name].value()
        if name == "care_team":
            sent[name] = list(value or ())
        elif value not in (None, False):
            sent[name] = str(value)
    return sent


def test_client_page_shows_nothing_of_the_clinical_record(browser: Browser) -> None:
    client = make_client()
    full_record(client)
    events = AuditEvent.objects.count()

    for path in (LIST, change(client), f"{change(client).removesuffix('change/')}history/"):
        page = browser.get(path).content.decode()
        assert "canary" not in page
        assert "v1$" not in page
    assert AuditEvent.objects.count() == events


def test_client_page_sent_back_untouched_changes_nothing(browser: Browser) -> None:
    client = make_client(phone="+447700900123", care_team=(make_user(),))
    before = Client.objects.values().get(pk=client.pk)

    answer = browser.post(change(client), filled(browser.get(change(client))))

    assert answer.status_code == 302
    assert Client.objects.values().get(pk=client.pk) == before
    assert AuditEvent.objects.count() == 0


def test_client_page_writes_through_the_services(browser: Browser, owner: User) -> None:
    client, therapist = make_client(), make_user()
    sent = {**filled(browser.get(change(client))), "phone": "020 7946 0018", "care_team": [therapist.pk]}

    browser.post(change(client), {**sent, "is_on_legal_hold": "on", "legal_hold_reason": "claim"})

    client.refresh_from_db()
    assert (str(client.phone), list(client.care_team.all())) == ("+442079460018", [therapist])
    assert (client.is_on_legal_hold, client.legal_hold_reason) == (True, "claim")
    assert [event.detail for event in AuditEvent.objects.filter(actor=owner).order_by("sequence")] == [
        {"fields": ["phone"]},
        {"care_team_added": [therapist.pk], "care_team_removed": []},
        {"is_on_legal_hold": True},
    ]


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("phone", "12", "not a telephone number"),
        ("date_of_birth", "2099-01-01", "cannot be in the future"),
        ("email", "nope", "valid email"),
        ("first_name", " ", "required"),
        ("is_on_legal_hold", "on", "Say why"),
    ],
)
def test_client_page_shows_what_the_services_refuse(field: str, value: str, message: str, browser: Browser) -> None:
    client = make_client()
    before = Client.objects.values().get(pk=client.pk)

    answer = browser.post(change(client), {**filled(browser.get(change(client))), field: value})

    assert answer.status_code == 200
    assert message in answer.content.decode()
    assert Client.objects.values().get(pk=client.pk) == before


def test_client_page_opened_before_somebody_elses_change_is_refused(browser: Browser) -> None:
    client = make_client()
    sent = filled(browser.get(change(client)))
    Client.objects.filter(pk=client.pk).update(version=2, alert_line="Ring on arrival")

    answer = browser.post(change(client), {**sent, "alert_line": "Use the back door"}, follow=True)

    assert "This has changed since you opened it" in answer.content.decode()
    client.refresh_from_db()
    assert client.alert_line == "Ring on arrival"


def test_client_made_in_the_owners_site_is_a_record_like_any_other(browser: Browser) -> None:
    answer = browser.post(f"{LIST}add/", {"first_name": "Alex", "last_name": "Okafor", "email": "ALEX@example.org"})

    assert answer.status_code == 302
    client = Client.objects.get()
    assert (client.email, client.name_key) == ("alex@example.org", "alex|okafor")
    assert AuditEvent.objects.get(action="create").client_id == client.pk


def test_client_cannot_be_deleted(browser: Browser) -> None:
    client = make_client()

    assert browser.post(f"{LIST}{client.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Client.objects.filter(pk=client.pk).exists()


def test_client_search_in_the_owners_site_finds_numbers_as_they_are_written(browser: Browser) -> None:
    make_client(last_name="Okafor", phone="+442079460018")
    make_client(last_name="Lindqvist")

    page = browser.get(f"{LIST}?q=020+7946").content.decode()

    assert ("Okafor" in page, "Lindqvist" in page) == (True, False)


def test_client_page_links_possible_duplicates_with_the_reasons(browser: Browser) -> None:
    client, other = make_client(email="a@example.org"), make_client(email="a@example.org")

    page = browser.get(change(client)).content.decode()

    assert change(other) in page
    assert "same email" in page


def test_merge_in_the_owners_site_asks_first_and_merges_into_the_oldest(browser: Browser, owner: User) -> None:
    oldest, newer, newest = make_client(), make_client(), make_client()
    chosen = {"action": "merge_records", "_selected_action": [newest.pk, oldest.pk, newer.pk]}

    asked = browser.post(LIST, chosen)
    assert "Are these one person?" in asked.content.decode()
    assert MergeRecord.objects.count() == 0
    browser.post(LIST, {**chosen, "confirmed": "yes"})

    assert list(Client.objects.filter(merged_into=None)) == [oldest]
    assert set(MergeRecord.objects.values_list("merged", "actor")) == {(newer.pk, owner.pk), (newest.pk, owner.pk)}


def test_merge_of_one_record_in_the_owners_site_does_nothing(browser: Browser) -> None:
    client = make_client()

    page = browser.post(LIST, {"action": "merge_records", "_selected_action": [client.pk]}, follow=True)

    assert "Choose two records or more" in page.content.decode()


def test_merged_record_is_in_no_list_of_the_owners_site(browser: Browser) -> None:
    kept = make_client(last_name="Okafor")
    merged = make_client(last_name="Gone", merged_into=kept)

    assert "Gone" not in browser.get(LIST).content.decode()
    assert browser.get(change(merged)).status_code == 302


def test_rules_are_one_page_whose_changes_go_on_record(browser: Browser, owner: User) -> None:
    page = browser.get("/admin/clients/recordrules/", follow=True)
    form = page.context["adminform"].form
    sent = {name: form[name].value() for name in form.fields} | {"anonymous_screening_days": 30}

    browser.post(reverse("admin:clients_recordrules_change", args=(1,)), sent)

    assert get_rules().anonymous_screening_days == 30
    event = AuditEvent.objects.get()
    assert (event.actor, event.subject_type, event.detail) == (
        owner,
        "record_rules",
        {"fields": ["anonymous_screening_days"]},
    )


def test_audit_trail_in_the_owners_site_can_be_looked_at_only(browser: Browser) -> None:
    full_record(make_client(), author=make_user(name="Ana Lindqvist"))
    event = AuditEvent.objects.order_by("sequence")[0]
    trail = "/admin/audit/auditevent/"

    page = browser.get(trail).content.decode()

    assert "Ana Lindqvist" in page
    assert browser.get(f"{trail}{event.pk}/change/").status_code == 200
    assert browser.get(f"{trail}?q={event.client_id}").status_code == 200
    assert browser.post(f"{trail}{event.pk}/change/", {"actor_label": "x"}).status_code == 403
    assert browser.post(f"{trail}{event.pk}/delete/", {"post": "yes"}).status_code == 403
    assert browser.get(f"{trail}add/").status_code == 403
