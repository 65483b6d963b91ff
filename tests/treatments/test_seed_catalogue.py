"""What is installed first, and that installing again leaves the owner's work alone."""

from __future__ import annotations

import pytest
from reversion.models import Revision, Version

from tests.treatments.installed import GUIDE
from treatments.models import (
    AssessmentWeight,
    FollowUp,
    GuideRules,
    Indicator,
    IndicatorWeight,
    Issue,
    MeasureWeight,
    SafetyQuestion,
    Treatment,
    TreatmentOption,
    TreatmentWeight,
)
from treatments.seed.loader import seed_catalogue
from treatments.selectors import load_guide

pytestmark = pytest.mark.django_db

NOTHING = {
    "issues": 0,
    "indicators": 0,
    "treatments": 0,
    "measures": 0,
    "assessments": 0,
    "safety_questions": 0,
    "guide_rules": 0,
}


def test_seed_empty_catalogue_makes_everything() -> None:
    counts = seed_catalogue()

    assert counts == {
        "issues": 4,
        "indicators": 6,
        "treatments": 5,
        "measures": 4,
        "assessments": 8,
        "safety_questions": 15,
        "guide_rules": 1,
    }
    assert Treatment.objects.filter(state="published").count() == 5
    assert TreatmentOption.objects.count() == 20
    assert (IndicatorWeight.objects.count(), TreatmentWeight.objects.count()) == (24, 20)
    assert (MeasureWeight.objects.count(), AssessmentWeight.objects.count()) == (16, 32)
    assert FollowUp.objects.count() == 3


def test_seed_guide_reads_back_as_its_files_say() -> None:
    seed_catalogue()
    assert load_guide() == GUIDE


def test_seed_prices_are_the_default_lengths_for_every_treatment() -> None:
    seed_catalogue()
    for treatment in Treatment.objects.all():
        options = [(one.minutes, str(one.price), one.is_first_visit_only) for one in treatment.options.all()]
        assert options == [(30, "35.00", False), (45, "45.00", False), (60, "55.00", False), (90, "80.00", False)]


def test_seed_twice_changes_nothing() -> None:
    seed_catalogue()
    before = list(Version.objects.order_by("pk").values_list("pk", "serialized_data"))
    stamps = list(Treatment.objects.values_list("slug", "updated_at"))

    assert seed_catalogue() == NOTHING

    assert list(Version.objects.order_by("pk").values_list("pk", "serialized_data")) == before
    assert list(Treatment.objects.values_list("slug", "updated_at")) == stamps


def test_seed_after_an_edit_keeps_the_edit() -> None:
    seed_catalogue()
    Treatment.objects.filter(slug="calf-release").update(name="Calves", position=9, state="draft")
    TreatmentOption.objects.filter(treatment__slug="calf-release").exclude(minutes=30).delete()
    TreatmentWeight.objects.filter(treatment__slug="calf-release").update(weight=1)
    SafetyQuestion.objects.filter(slug="needs-care").update(advice="Ours.", is_active=False)
    GuideRules.objects.update(threshold="0.500")

    assert seed_catalogue() == NOTHING

    calf = Treatment.objects.get(slug="calf-release")
    assert (calf.name, calf.position, calf.state) == ("Calves", 9, "draft")
    assert list(calf.options.values_list("minutes", flat=True)) == [30]
    assert set(calf.issue_weights.values_list("weight", flat=True)) == {1}
    assert list(SafetyQuestion.objects.filter(advice="Ours.").values_list("is_active", flat=True)) == [False]
    assert str(GuideRules.objects.get().threshold) == "0.500"


def test_seed_after_a_deletion_does_not_bring_the_entry_back() -> None:
    seed_catalogue()
    Treatment.objects.filter(slug="glute-activation").delete()
    Issue.objects.filter(slug="high-arches").delete()

    assert seed_catalogue() == NOTHING

    assert not Treatment.objects.filter(slug="glute-activation").exists()
    assert not IndicatorWeight.objects.filter(issue__slug="high-arches").exists()


def test_seed_after_a_new_slug_makes_no_second_entry() -> None:
    seed_catalogue()
    Indicator.objects.filter(slug="uneven-shoe-wear").update(slug="worn-shoes")

    assert seed_catalogue() == NOTHING

    assert Indicator.objects.count() == 6


def test_seed_beside_the_owners_own_entry_leaves_it_alone() -> None:
    Treatment.objects.create(slug="calf-release", name="Mine", summary="Mine.")

    counts = seed_catalogue()

    assert counts["treatments"] == 4
    assert Treatment.objects.get(slug="calf-release").options.count() == 0


def test_seed_every_entry_starts_its_history_by_itself() -> None:
    """One entry per revision: going back to it must take no other entry back."""
    seed_catalogue()
    assert Revision.objects.count() == 43
    assert set(Revision.objects.values_list("comment", "user")) == {("As first installed.", None)}


@pytest.mark.parametrize("level", ["emergency", "urgent", "gp", "review"])
def test_seed_every_level_has_a_question(level: str) -> None:
    seed_catalogue()
    assert SafetyQuestion.objects.filter(level=level).exists()


@pytest.mark.parametrize(("level", "number"), [("emergency", "999"), ("urgent", "NHS 111|urgent treatment centre")])
def test_seed_advice_says_whom_to_ring_or_where_to_go(level: str, number: str) -> None:
    seed_catalogue()
    advice = SafetyQuestion.objects.filter(level=level).values_list("advice", flat=True)
    assert all(any(word in text for word in number.split("|")) for text in advice)
