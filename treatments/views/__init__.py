from treatments.views.catalogue import TreatmentListView, TreatmentView
from treatments.views.guide import GuideView

__all__ = ["GuideView", "TreatmentListView", "TreatmentView"]
