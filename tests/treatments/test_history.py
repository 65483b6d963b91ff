"""Going back: through the admin's own pages, with everything that belongs to an entry and nothing that does not."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client as Browser
from reversion.models import Revision, Version

from clinic.accounts.models import User
from tests.treatments.pages import errors_of, first_key, page, read_form, send
from treatments.models import (
    AssessmentWeight,
    FollowUp,
    FollowUpBonus,
    Indicator,
    IndicatorWeight,
    Issue,
    Treatment,
    TreatmentWeight,
)
from treatments.services import hide, publish

LIST = "/admin/treatments/treatment/"


def steps(browser: Browser, kind: str, key: int) -> list[tuple[str, str, str]]:
    """The history page's rows, latest first: who, what, and where it leads."""
    rows = browser.get(page(kind, key, "history")).context["action_list"]
    return [
        (str(row["revision"].user or "the system"), str(row["revision"].get_comment()), str(row["url"])) for row in rows
    ]


def told(response: object) -> list[str]:
    return [str(message) for message in response.context["messages"]]  # type: ignore[attr-defined]  # the test client's


def test_history_tells_who_changed_what(owner_browser: Browser, calf: Treatment) -> None:
    send(owner_browser, page("treatment", calf.pk, "change"), summary="Shorter.", options__0__price="36.50")

    rows = steps(owner_browser, "treatment", calf.pk)

    assert [(who, what) for who, what, _ in rows] == [
        ("Olive Owner", "Changed Summary. Changed Price for length “30 minutes”."),
        ("the system", "As first installed."),
    ]
    content = owner_browser.get(page("treatment", calf.pk, "history")).content.decode()
    assert "Olive Owner" in content
    assert "Changed Summary." in content


def test_history_times_are_the_clinics_own(owner_browser: Browser, calf: Treatment) -> None:
    Revision.objects.update(date_created="2026-07-01T22:30:00Z")
    content = owner_browser.get(page("treatment", calf.pk, "history")).content.decode()
    assert "1 July 2026, 23:30" in content


def test_looking_at_an_old_version_changes_nothing(owner_browser: Browser, calf: Treatment) -> None:
    send(owner_browser, page("treatment", calf.pk, "change"), summary="Shorter.", options__0__price="36.50")
    before = Version.objects.count()
    _, _, first = steps(owner_browser, "treatment", calf.pk)[-1]

    form = read_form(owner_browser, first)

    assert form["summary"].startswith("Slow, deep work")
    assert str(form["options-0-price"]) == "35.00"
    calf.refresh_from_db()
    assert (calf.summary, str(calf.options.get(minutes=30).price)) == ("Shorter.", "36.50")
    assert Version.objects.count() == before


def test_going_back_brings_texts_lengths_and_weights_back(owner_browser: Browser, calf: Treatment) -> None:
    weights = sorted(calf.issue_weights.values_list("pk", "issue", "weight"))
    boosts = sorted(calf.boosts.values_list("pk", "indicator", "weight"))
    texts = Treatment.objects.values("description", "summary", "tissues", "state").get(pk=calf.pk)
    send(
        owner_browser,
        page("treatment", calf.pk, "change"),
        summary="Shorter.",
        description="",
        tissues="",
        state="draft",
        options__0__DELETE="on",
        options__1__price="1",
        options__TOTAL_FORMS=5,
        options__4__minutes="75",
        options__4__price="70",
        options__4__treatment=calf.pk,
        issue_weights__0__weight="0",
        issue_weights__1__DELETE="on",
        boosts__0__DELETE="on",
    )
    assert sorted(calf.options.values_list("minutes", flat=True)) == [45, 60, 75, 90]

    response = send(owner_browser, steps(owner_browser, "treatment", calf.pk)[-1][2])

    assert response.status_code == 302
    assert Treatment.objects.values(*texts).get(pk=calf.pk) == texts
    assert [(one.minutes, str(one.price)) for one in calf.options.all()] == [
        (30, "35.00"),
        (45, "45.00"),
        (60, "55.00"),
        (90, "80.00"),
    ]
    assert sorted(calf.issue_weights.values_list("pk", "issue", "weight")) == weights
    assert sorted(calf.boosts.values_list("pk", "indicator", "weight")) == boosts
    who, what, _ = steps(owner_browser, "treatment", calf.pk)[0]
    assert who == "Olive Owner"
    assert what.startswith("Reverted to previous version, saved on ")


def test_going_back_after_a_length_was_deleted_and_made_anew(owner_browser: Browser, calf: Treatment) -> None:
    """The old row and the new one are both 30 minutes long, and a treatment has each length once."""
    path = page("treatment", calf.pk, "change")
    send(owner_browser, path, options__0__DELETE="on")
    send(
        owner_browser,
        path,
        options__TOTAL_FORMS=4,
        options__3__minutes="30",
        options__3__price="99",
        options__3__treatment=calf.pk,
    )
    assert str(calf.options.get(minutes=30).price) == "99.00"

    send(owner_browser, steps(owner_browser, "treatment", calf.pk)[-1][2])

    assert str(calf.options.get(minutes=30).price) == "35.00"
    assert calf.options.count() == 4


def test_going_back_can_itself_be_undone(owner_browser: Browser, calf: Treatment) -> None:
    send(owner_browser, page("treatment", calf.pk, "change"), summary="Shorter.")
    send(owner_browser, steps(owner_browser, "treatment", calf.pk)[-1][2])
    send(owner_browser, steps(owner_browser, "treatment", calf.pk)[1][2])
    calf.refresh_from_db()
    assert calf.summary == "Shorter."


def test_going_back_leaves_other_treatments_alone(owner_browser: Browser, calf: Treatment) -> None:
    """Both were moved in one go; taking one back must not take the other's later edit with it."""
    rows = list(Treatment.objects.order_by("position"))
    moved: dict[str, object] = {"form-TOTAL_FORMS": 5, "form-INITIAL_FORMS": 5, "_save": "Save"}
    for number, treatment in enumerate(rows):
        moved |= {f"form-{number}-id": treatment.pk, f"form-{number}-position": 4 - number}
    owner_browser.post(LIST, moved)
    glutes = Treatment.objects.get(slug="glute-activation")
    send(owner_browser, page("treatment", glutes.pk, "change"), summary="Edited after the move.")
    send(owner_browser, page("treatment", calf.pk, "change"), summary="Edited too.")

    assert steps(owner_browser, "treatment", calf.pk)[1][:2] == ("Olive Owner", "Changed Position.")
    send(owner_browser, steps(owner_browser, "treatment", calf.pk)[1][2])

    glutes.refresh_from_db()
    calf.refresh_from_db()
    assert (glutes.summary, calf.position) == ("Edited after the move.", 4)
    assert calf.summary.startswith("Slow, deep work")


def test_going_back_brings_boxes_to_tick_back_with_what_they_add(owner_browser: Browser, seeded: None) -> None:
    indicator = Indicator.objects.get(slug="uneven-shoe-wear")
    before = sorted(FollowUpBonus.objects.values_list("follow_up__slug", "issue__slug", "weight"))
    send(
        owner_browser,
        page("indicator", indicator.pk, "change"),
        follow_ups__0__DELETE="on",
        **{"follow_ups-1-bonuses-0-weight": "3"},
    )
    assert FollowUp.objects.count() == 2

    send(owner_browser, steps(owner_browser, "indicator", indicator.pk)[-1][2])

    assert sorted(FollowUpBonus.objects.values_list("follow_up__slug", "issue__slug", "weight")) == before


@pytest.mark.parametrize("kind", ["treatment", "issue", "indicator", "measure", "assessment", "safetyquestion"])
def test_going_back_to_the_first_version_works_for_every_kind(owner_browser: Browser, seeded: None, kind: str) -> None:
    key = first_key(kind)
    path = page(kind, key, "change")
    first = read_form(owner_browser, path)["name"]
    send(owner_browser, path, name="Another name")
    assert send(owner_browser, steps(owner_browser, kind, key)[-1][2]).status_code == 302
    assert read_form(owner_browser, path)["name"] == first


def test_publish_and_hide_enter_the_history_by_name(owner: User, owner_browser: Browser, calf: Treatment) -> None:
    hide(calf, by=owner)
    hide(calf, by=owner)
    publish(calf, by=owner)
    rows = steps(owner_browser, "treatment", calf.pk)
    assert [(who, what) for who, what, _ in rows] == [
        ("Olive Owner", "Published."),
        ("Olive Owner", "Hidden."),
        ("the system", "As first installed."),
    ]


# --- Deleted and brought back ---------------------------------------------------------------------


def bring_back(browser: Browser, kind: str, key: int) -> object:
    deleted = browser.get(f"/admin/treatments/{kind}/recover/").context["deleted"]
    version = next(one for one in deleted if one.object_id == str(key))
    path = f"/admin/treatments/{kind}/recover/{version.pk}/"
    answer = browser.get(path, follow=True)
    return answer if answer.redirect_chain else send(browser, path)


def test_deleted_treatment_is_listed_and_comes_back_whole(owner_browser: Browser, calf: Treatment) -> None:
    weights = sorted(calf.issue_weights.values_list("issue__slug", "weight"))
    owner_browser.post(page("treatment", calf.pk, "delete"), {"post": "yes"})

    content = owner_browser.get(f"{LIST}recover/").content.decode()
    assert "Calf Muscle Release" in content
    assert "Olive Owner" in content
    bring_back(owner_browser, "treatment", calf.pk)

    back = Treatment.objects.get(slug="calf-release")
    assert [one.minutes for one in back.options.all()] == [30, 45, 60, 90]
    assert sorted(back.issue_weights.values_list("issue__slug", "weight")) == weights
    assert back.boosts.count() == 3


def weights_to(issue: Issue) -> list[object]:
    return [
        sorted(model.objects.filter(issue=issue).values_list("pk", "weight"))
        for model in (IndicatorWeight, TreatmentWeight, AssessmentWeight, FollowUpBonus)
    ]


def test_deleted_issue_comes_back_with_the_weights_that_others_gave_it(owner_browser: Browser, seeded: None) -> None:
    issue = Issue.objects.get(slug="high-arches")
    before = weights_to(issue)
    owner_browser.post(page("issue", issue.pk, "delete"), {"post": "yes"})
    assert weights_to(issue) == [[], [], [], []]

    bring_back(owner_browser, "issue", issue.pk)

    assert weights_to(Issue.objects.get(slug="high-arches")) == before


def test_going_back_to_before_a_deletion_leaves_the_weights_of_others_alone(
    owner_browser: Browser, seeded: None
) -> None:
    issue = Issue.objects.get(slug="high-arches")
    owner_browser.post(page("issue", issue.pk, "delete"), {"post": "yes"})
    bring_back(owner_browser, "issue", issue.pk)
    TreatmentWeight.objects.filter(issue_id=issue.pk).update(weight=3)
    send(owner_browser, page("issue", issue.pk, "change"), name="Very high arches")

    for _, _, url in steps(owner_browser, "issue", issue.pk)[1:]:
        assert send(owner_browser, url).status_code == 302

    assert set(TreatmentWeight.objects.filter(issue_id=issue.pk).values_list("weight", flat=True)) == {3}
    assert Issue.objects.get(pk=issue.pk).name == "High arches"


def test_version_that_speaks_of_a_deleted_issue_says_so_and_changes_nothing(
    owner_browser: Browser, calf: Treatment
) -> None:
    send(owner_browser, page("treatment", calf.pk, "change"), summary="Shorter.")
    issue = Issue.objects.get(slug="high-arches")
    owner_browser.post(page("issue", issue.pk, "delete"), {"post": "yes"})
    first = steps(owner_browser, "treatment", calf.pk)[-1][2]

    for response in (owner_browser.get(first, follow=True), owner_browser.post(first, follow=True)):
        assert told(response) == [
            "This version speaks of a deleted issue. Bring that back first: its list has a button “Deleted”."
        ]
    calf.refresh_from_db()
    assert (calf.summary, calf.issue_weights.count()) == ("Shorter.", 3)

    bring_back(owner_browser, "issue", issue.pk)
    send(owner_browser, first)
    calf.refresh_from_db()
    assert calf.issue_weights.count() == 4
    assert calf.summary.startswith("Slow, deep work")


def test_issue_deleted_while_an_old_version_is_open_is_named_at_its_field_and_changes_nothing(
    owner_browser: Browser, calf: Treatment, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(owner_browser, page("treatment", calf.pk, "change"), summary="Shorter.")
    first = steps(owner_browser, "treatment", calf.pk)[-1][2]
    form = read_form(owner_browser, first)
    Issue.objects.filter(slug="high-arches").delete()
    monkeypatch.setattr("treatments.admin.history.lost_since", lambda version: set())

    response: Any = owner_browser.post(first, form)

    assert errors_of(response) == {
        "issue_weights-1-issue": ["Select a valid choice. That choice is not one of the available choices."]
    }
    calf.refresh_from_db()
    assert (calf.summary, calf.issue_weights.count()) == ("Shorter.", 3)


def test_deleted_two_that_belong_together_come_back_one_after_the_other(
    owner_browser: Browser, calf: Treatment
) -> None:
    issue = Issue.objects.get(slug="high-arches")
    owner_browser.post(page("issue", issue.pk, "delete"), {"post": "yes"})
    owner_browser.post(page("treatment", calf.pk, "delete"), {"post": "yes"})

    assert told(bring_back(owner_browser, "issue", issue.pk)) == [
        "This version speaks of a deleted treatment. Bring that back first: its list has a button “Deleted”."
    ]
    bring_back(owner_browser, "treatment", calf.pk)
    bring_back(owner_browser, "issue", issue.pk)

    assert Treatment.objects.get(slug="calf-release").issue_weights.count() == 4


def test_going_back_to_a_slug_taken_since_is_told_and_changes_nothing(owner_browser: Browser, calf: Treatment) -> None:
    send(owner_browser, page("treatment", calf.pk, "change"), slug="calves", name="Calves")
    Treatment.objects.create(slug="calf-release", name="New", summary="-")

    response = owner_browser.post(steps(owner_browser, "treatment", calf.pk)[-1][2], follow=True)

    assert len(told(response)) == 1
    assert set(Treatment.objects.filter(slug__in=["calves", "calf-release"]).values_list("slug", "name")) == {
        ("calves", "Calves"),
        ("calf-release", "New"),
    }
