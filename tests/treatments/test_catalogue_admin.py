"""The owner's pages over HTTP: editing, publishing, ordering, and who may come in at all."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from PIL import Image

from bookings.models import Appointment, Location, Resource, Therapist
from clinic.accounts.models import User
from tests.factories import make_client, make_user
from tests.treatments.pages import errors_of, first_key, page, read_form, send
from treatments.models import (
    FollowUp,
    FollowUpBonus,
    GuideRules,
    Indicator,
    Issue,
    Treatment,
    TreatmentOption,
    TreatmentWeight,
)

LIST = "/admin/treatments/treatment/"
KINDS = ["treatment", "issue", "indicator", "measure", "assessment", "safetyquestion"]


# --- Who may come in ------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [None, "client", "receptionist", "therapist"])
@pytest.mark.parametrize(
    "path",
    [
        LIST,
        f"{LIST}1/change/",
        f"{LIST}1/history/",
        f"{LIST}1/history/1/",
        f"{LIST}recover/",
        f"{LIST}recover/1/",
        f"{LIST}preview/",
        "/admin/treatments/safetyquestion/",
        "/admin/treatments/guiderules/1/change/",
    ],
)
@pytest.mark.django_db
def test_admin_anybody_but_the_owner_is_sent_to_sign_in(client: Browser, role: str | None, path: str) -> None:
    if role:
        client.force_login(make_user(role), backend="allauth.account.auth_backends.AuthenticationBackend")
    for response in (client.get(path), client.post(path, {"text": "x"})):
        assert response.status_code == 302
        assert "/login/" in response.headers["Location"]


@pytest.mark.parametrize("kind", KINDS)
def test_admin_owner_reaches_every_page(owner_browser: Browser, seeded: None, kind: str) -> None:
    key = first_key(kind)
    for path in ("", "add/", f"{key}/change/", f"{key}/history/", f"{key}/delete/", "recover/"):
        assert owner_browser.get(f"/admin/treatments/{kind}/{path}").status_code == 200


@pytest.mark.parametrize("kind", KINDS)
def test_admin_list_costs_the_same_for_one_row_and_for_many(owner_browser: Browser, seeded: None, kind: str) -> None:
    def cost(query: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert owner_browser.get(f"/admin/treatments/{kind}/{query}").status_code == 200
        return len(queries)

    name = read_form(owner_browser, page(kind, first_key(kind), "change"))["slug"]
    cost("")  # content types and the like are kept from here on
    assert cost(f"?q={name}") == cost("")


# --- Editing --------------------------------------------------------------------------------------


def test_edit_nothing_changed_enters_nothing_but_itself(owner_browser: Browser, calf: Treatment) -> None:
    before = Treatment.objects.values().get(pk=calf.pk)
    assert send(owner_browser, page("treatment", calf.pk, "change")).status_code == 302
    after = Treatment.objects.values().get(pk=calf.pk)
    del before["updated_at"], after["updated_at"]
    assert after == before


def test_edit_description_shows_at_once_to_everybody(owner_browser: Browser, client: Browser, calf: Treatment) -> None:
    send(owner_browser, page("treatment", calf.pk, "change"), description="Ours,\r\n**now**.")
    body = client.get("/api/v1/treatments/calf-release/").json()
    assert body["description"] == "Ours,\n**now**."
    assert body["description_html"] == "<p>Ours,\n<strong>now</strong>.</p>"


def test_edit_lengths_and_prices_in_the_page(owner_browser: Browser, client: Browser, calf: Treatment) -> None:
    send(
        owner_browser,
        page("treatment", calf.pk, "change"),
        options__0__price="39.50",
        options__1__DELETE="on",
        options__TOTAL_FORMS=5,
        options__4__minutes="75",
        options__4__price="70",
        options__4__label="Long",
        options__4__treatment=calf.pk,
    )
    options = client.get("/api/v1/treatments/calf-release/").json()["options"]
    assert [(one["minutes"], one["price"]) for one in options] == [
        (30, "39.50"),
        (60, "55.00"),
        (75, "70.00"),
        (90, "80.00"),
    ]


def test_edit_tissues_one_on_each_line(owner_browser: Browser, calf: Treatment) -> None:
    send(owner_browser, page("treatment", calf.pk, "change"), tissues="soleus\r\n\r\n  gastrocnemius ")
    calf.refresh_from_db()
    assert calf.tissues == ["soleus", "gastrocnemius"]


def test_edit_weight_in_the_page_changes_the_guides_answer(
    owner_browser: Browser, client: Browser, seeded: None
) -> None:
    def score(slug: str) -> float:
        answers = {"answers": {"tight-calves-or-plantar-fascia": 3}}
        body = client.post("/api/v1/guide/", json.dumps(answers), content_type="application/json").json()
        return float(next(one["score"] for one in body["treatments"] if one["slug"] == slug))

    before = score("glute-activation")
    glutes = Treatment.objects.get(slug="glute-activation")
    path = page("treatment", glutes.pk, "change")
    form = read_form(owner_browser, path)
    ankle = Issue.objects.get(slug="restricted-ankle-mobility").pk
    row = next(name for name, value in form.items() if name.endswith("-issue") and value == ankle)
    send(owner_browser, path, **{row.replace("-issue", "-weight"): "3"})

    assert TreatmentWeight.objects.get(treatment=glutes, issue=ankle).weight == 3
    assert score("glute-activation") == pytest.approx(before + 0.2, abs=0.001)  # 9/30 of the ankle, two thirds more


def test_edit_threshold_in_the_page_changes_the_guides_answer(
    owner_browser: Browser, client: Browser, seeded: None
) -> None:
    send(owner_browser, page("guiderules", 1, "change"), threshold="0.9")
    answers = {"answers": {"tight-calves-or-plantar-fascia": 3}}
    body = client.post("/api/v1/guide/", json.dumps(answers), content_type="application/json").json()
    assert body["issues"] == []


def test_edit_box_to_tick_with_what_it_adds(owner_browser: Browser, seeded: None) -> None:
    indicator = Indicator.objects.get(slug="knee-feels-twisted")
    ankle = Issue.objects.get(slug="restricted-ankle-mobility")
    response = send(
        owner_browser,
        page("indicator", indicator.pk, "change"),
        follow_ups__TOTAL_FORMS=1,
        follow_ups__0__name="Only on stairs",
        follow_ups__0__slug="on-stairs",
        follow_ups__0__position=0,
        follow_ups__0__is_active="on",
        follow_ups__0__indicator=indicator.pk,
        **{
            "follow_ups-0-bonuses-TOTAL_FORMS": 1,
            "follow_ups-0-bonuses-INITIAL_FORMS": 0,
            "follow_ups-0-bonuses-0-issue": ankle.pk,
            "follow_ups-0-bonuses-0-weight": 2,
        },
    )
    assert response.status_code == 302
    bonus = FollowUpBonus.objects.get(follow_up__slug="on-stairs")
    assert (bonus.follow_up.indicator, bonus.issue, bonus.weight) == (indicator, ankle, 2)


def test_add_treatment_starts_as_a_draft_nobody_sees(owner_browser: Browser, client: Browser, db: None) -> None:
    response = send(owner_browser, f"{LIST}add/", name="Feet", slug="feet", summary="Feet.")
    assert response.status_code == 302
    assert Treatment.objects.get().state == "draft"
    assert client.get("/api/v1/treatments/feet/").status_code == 404


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"name": ""}, {"name": ["This field is required."]}),
        ({"slug": "no slug"}, {"slug"}),
        ({"slug": "glute-activation"}, {"slug": ["Treatment with this Slug already exists."]}),
        ({"summary": "x" * 241}, {"summary"}),
        ({"minimum_age": "300"}, {"minimum_age"}),
        ({"buffer_after_minutes": "241"}, {"buffer_after_minutes"}),
        ({"state": "gone"}, {"state"}),
        ({"options__0__minutes": "4"}, {"options-0-minutes"}),
        ({"options__0__price": "-1"}, {"options-0-price"}),
        ({"options__0__price": "1.234"}, {"options-0-price"}),
        ({"options__0__minutes": "45"}, {"options"}),
        ({"issue_weights__0__weight": "4"}, {"issue_weights-0-weight"}),
        ({"issue_weights__0__issue": ""}, {"issue_weights-0-issue"}),
    ],
)
def test_edit_wrong_input_is_refused_at_its_field(
    owner_browser: Browser, calf: Treatment, change: dict[str, str], named: Any
) -> None:
    response = send(owner_browser, page("treatment", calf.pk, "change"), **change)

    errors = errors_of(response)
    assert response.status_code == 200
    assert named.items() <= errors.items() if isinstance(named, dict) else named <= set(errors)
    calf.refresh_from_db()
    assert (calf.name, calf.slug) == ("Calf Muscle Release", "calf-release")
    assert calf.options.count() == 4


def test_edit_published_treatment_keeps_at_least_one_length(owner_browser: Browser, calf: Treatment) -> None:
    every = {f"options__{number}__DELETE": "on" for number in range(4)}
    refused = send(owner_browser, page("treatment", calf.pk, "change"), **every)
    assert errors_of(refused) == {"options": ["A published treatment needs at least one length with its price."]}
    assert calf.options.count() == 4

    taken = send(owner_browser, page("treatment", calf.pk, "change"), state="draft", **every)
    assert taken.status_code == 302
    assert calf.options.count() == 0


# --- Pictures -------------------------------------------------------------------------------------


def photograph(*, size: tuple[int, int] = (3000, 1000)) -> SimpleUploadedFile:
    exif = Image.Exif()
    exif[0x010F] = "SecretCam"
    exif[0x0112] = 6  # held upright: to be turned by a quarter
    taken = BytesIO()
    Image.new("RGB", size, (30, 95, 91)).save(taken, "JPEG", exif=exif)
    return SimpleUploadedFile("../Ünsere Wade.JPG", taken.getvalue(), content_type="image/jpeg")


def test_picture_is_turned_made_small_and_loses_where_it_was_taken(owner_browser: Browser, calf: Treatment) -> None:
    response = send(owner_browser, page("treatment", calf.pk, "change"), image=photograph())

    assert response.status_code == 302
    calf.refresh_from_db()
    with calf.image.open() as file, Image.open(file) as picture:
        assert (picture.format, picture.size) == ("WEBP", (533, 1600))
        assert not picture.getexif()
        file.seek(0)
        assert b"SecretCam" not in file.read()
    assert str(calf.image.name).startswith("treatments/unsere-wade")


@pytest.mark.parametrize("content", [b"no picture", b"<svg onload=alert(1)></svg>", b""])
def test_picture_that_is_none_is_refused_at_its_field(owner_browser: Browser, calf: Treatment, content: bytes) -> None:
    upload = SimpleUploadedFile("x.png", content, content_type="image/png")
    response = send(owner_browser, page("treatment", calf.pk, "change"), image=upload)
    assert set(errors_of(response)) == {"image"}


def test_picture_is_told_to_everybody(owner_browser: Browser, client: Browser, calf: Treatment) -> None:
    send(owner_browser, page("treatment", calf.pk, "change"), image=photograph(), image_alt="Hands on a calf")
    body = client.get("/api/v1/treatments/calf-release/").json()
    assert body["image"].startswith("/media/treatments/unsere-wade")
    assert body["image_alt"] == "Hands on a calf"


# --- The list -------------------------------------------------------------------------------------


def act(browser: Browser, action: str, *treatments: Treatment, **more: str) -> list[str]:
    chosen = {"action": action, "_selected_action": [one.pk for one in treatments], **more}
    response = browser.post(LIST, chosen, follow=True)
    return [str(message) for message in response.context["messages"]]


def test_list_search_finds_by_name_and_by_text(owner_browser: Browser, seeded: None) -> None:
    def found(query: str) -> list[str]:
        return [one.slug for one in owner_browser.get(LIST, {"q": query}).context["cl"].result_list]

    assert found("glute activation") == ["glute-activation"]
    assert found("iliotibial band") == ["it-band-lateral-thigh"]
    assert found("unheard of") == []


def test_list_hide_and_publish(owner_browser: Browser, client: Browser, calf: Treatment) -> None:
    assert act(owner_browser, "hide_selected", calf) == ["Calf Muscle Release is hidden. What is booked stays booked."]
    assert client.get("/api/v1/treatments/calf-release/").status_code == 404

    assert act(owner_browser, "publish_selected", calf) == ["Calf Muscle Release is published."]
    assert client.get("/api/v1/treatments/calf-release/").status_code == 200


def test_list_publish_without_a_length_is_refused_and_the_others_go_through(
    owner_browser: Browser, calf: Treatment
) -> None:
    bare = Treatment.objects.create(slug="bare", name="Bare", summary="-", position=0)
    Treatment.objects.filter(pk=calf.pk).update(state="draft", position=1)

    told = act(owner_browser, "publish_selected", bare, calf)

    assert told == [
        "Bare: A published treatment needs at least one length with its price.",
        "Calf Muscle Release is published.",
    ]
    assert set(Treatment.objects.filter(pk__in=[bare.pk, calf.pk]).values_list("slug", "state")) == {
        ("bare", "draft"),
        ("calf-release", "published"),
    }


def test_list_order_is_what_everybody_sees(owner_browser: Browser, client: Browser, seeded: None) -> None:
    rows = list(Treatment.objects.order_by("position"))
    sent: dict[str, object] = {"form-TOTAL_FORMS": 5, "form-INITIAL_FORMS": 5, "_save": "Save"}
    for number, treatment in enumerate(rows):
        sent |= {f"form-{number}-id": treatment.pk, f"form-{number}-position": 4 - number}

    assert owner_browser.post(LIST, sent).status_code == 302

    shown = [one["slug"] for one in client.get("/api/v1/treatments/").json()]
    assert shown == [one.slug for one in reversed(rows)]


# --- The preview ----------------------------------------------------------------------------------


def test_preview_shows_what_clients_will_see_and_nothing_else(owner_browser: Browser) -> None:
    response = owner_browser.post(f"{LIST}preview/", {"text": "**x** <script>alert(1)</script>"})
    assert response.content.decode() == "<p><strong>x</strong> </p>"


def test_preview_on_the_page_is_rendered_by_the_server(owner_browser: Browser, calf: Treatment) -> None:
    Treatment.objects.filter(pk=calf.pk).update(description="<img src=x onerror=alert(1)>**bold**")
    content = owner_browser.get(page("treatment", calf.pk, "change")).content.decode()
    assert "<strong>bold</strong>" in content
    assert "<img src=x" not in content


def test_preview_without_the_pages_token_is_refused(owner: User) -> None:
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert browser.post(f"{LIST}preview/", {"text": "x"}).status_code == 403


def test_preview_by_get_is_refused(owner_browser: Browser) -> None:
    assert owner_browser.get(f"{LIST}preview/").status_code == 405


# --- Deleting -------------------------------------------------------------------------------------


def make_appointment(treatment: Treatment, *, number: int = 1) -> Appointment:
    location, _ = Location.objects.get_or_create(name="Gym")
    therapist = Therapist.objects.first() or Therapist.objects.create(
        name="Tom", slug="tom", resource=Resource.objects.create(kind="therapist")
    )
    starts_at = datetime(2027, 1, 4, 9, tzinfo=UTC) + timedelta(hours=number)
    return Appointment.objects.create(
        reference=f"REF{number}",
        manage_nonce="n",
        client=make_client(),
        therapist=therapist,
        location=location,
        treatment=treatment,
        treatment_name=treatment.name,
        minutes=30,
        price=Decimal(35),
        currency="GBP",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=30),
        source="online",
        booked_at=starts_at,
        cancellation_notice_hours=24,
        late_cancellation_fee=0,
        no_show_fee=0,
    )


def test_delete_booked_treatment_is_refused_with_the_way_out(owner_browser: Browser, calf: Treatment) -> None:
    for number in (1, 2):
        make_appointment(calf, number=number)
    path = page("treatment", calf.pk, "delete")

    asked = owner_browser.get(path)
    assert "Calf Muscle Release cannot be deleted: part of 2 appointments." in asked.content.decode()
    assert "Hide it instead" in asked.content.decode()

    owner_browser.post(path, {"post": "yes"})
    told = act(owner_browser, "delete_selected", calf, post="yes")
    assert told == []
    assert Treatment.objects.filter(pk=calf.pk).exists()


def test_delete_booked_treatment_counts_and_does_not_read_what_was_booked(
    owner_browser: Browser, calf: Treatment
) -> None:
    """It may have been booked a million times."""
    path = page("treatment", calf.pk, "delete")
    make_appointment(calf, number=1)
    owner_browser.get(path)
    with CaptureQueriesContext(connection) as once:
        owner_browser.get(path)
    for number in (2, 3, 4):
        make_appointment(calf, number=number)
    with CaptureQueriesContext(connection) as often:
        content = owner_browser.get(path).content.decode()

    assert "part of 4 appointments" in content
    assert "REF" not in content
    assert len(often) == len(once)


def test_delete_treatment_that_nobody_booked(owner_browser: Browser, calf: Treatment) -> None:
    response = owner_browser.post(page("treatment", calf.pk, "delete"), {"post": "yes"})
    assert response.status_code == 302
    assert not Treatment.objects.filter(pk=calf.pk).exists()
    assert not TreatmentOption.objects.filter(treatment_id=calf.pk).exists()


def test_delete_booked_meanwhile_is_told_and_not_a_server_error(
    owner_browser: Browser, calf: Treatment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page was asked for before the booking, and answered after it."""
    make_appointment(calf)
    monkeypatch.setattr("treatments.admin.history.protected_uses", lambda entries: [])
    monkeypatch.setattr("django.contrib.admin.options.get_deleted_objects", lambda *args: ([], {}, set(), []))

    response = owner_browser.post(page("treatment", calf.pk, "delete"), {"post": "yes"}, follow=True)

    assert [str(message) for message in response.context["messages"]] == [
        "Calf Muscle Release cannot be deleted: it is part of 1 appointment. Hide it instead."
    ]
    assert Treatment.objects.filter(pk=calf.pk).exists()


# --- The one row of rules -------------------------------------------------------------------------


def test_rules_list_leads_to_the_one_row(owner_browser: Browser, seeded: None) -> None:
    response = owner_browser.get("/admin/treatments/guiderules/")
    assert response.headers["Location"] == "/admin/treatments/guiderules/1/change/"
    assert owner_browser.get("/admin/treatments/guiderules/add/").status_code == 403
    assert owner_browser.post(page("guiderules", 1, "delete"), {"post": "yes"}).status_code == 403


def test_rules_missing_row_is_made_as_the_one(owner_browser: Browser, db: None) -> None:
    assert owner_browser.get("/admin/treatments/guiderules/").headers["Location"].endswith("/add/")
    send(owner_browser, "/admin/treatments/guiderules/add/", threshold="0.3")
    assert list(GuideRules.objects.values_list("pk", "threshold")) == [(1, Decimal("0.300"))]
    assert FollowUp.objects.count() == 0
