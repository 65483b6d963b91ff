from treatments.admin.catalogue import TreatmentAdmin
from treatments.admin.guide import (
    AssessmentAdmin,
    GuideRulesAdmin,
    IndicatorAdmin,
    IssueAdmin,
    MeasureAdmin,
    SafetyQuestionAdmin,
)

__all__ = [
    "AssessmentAdmin",
    "GuideRulesAdmin",
    "IndicatorAdmin",
    "IssueAdmin",
    "MeasureAdmin",
    "SafetyQuestionAdmin",
    "TreatmentAdmin",
]
