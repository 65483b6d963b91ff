from treatments.models.catalogue import Treatment, TreatmentOption
from treatments.models.guide import (
    Assessment,
    AssessmentWeight,
    FollowUp,
    FollowUpBonus,
    GuideRules,
    Indicator,
    IndicatorWeight,
    Issue,
    Measure,
    MeasureWeight,
    SafetyQuestion,
    TreatmentBoost,
    TreatmentWeight,
)

__all__ = [
    "Assessment",
    "AssessmentWeight",
    "FollowUp",
    "FollowUpBonus",
    "GuideRules",
    "Indicator",
    "IndicatorWeight",
    "Issue",
    "Measure",
    "MeasureWeight",
    "SafetyQuestion",
    "Treatment",
    "TreatmentBoost",
    "TreatmentOption",
    "TreatmentWeight",
]
