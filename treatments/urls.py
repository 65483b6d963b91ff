from __future__ import annotations

from django.urls import path

from treatments.views import GuideView, TreatmentListView, TreatmentView

urlpatterns = [
    path("treatments/", TreatmentListView.as_view(), name="treatments"),
    path("treatments/<slug:slug>/", TreatmentView.as_view(), name="treatment"),
    path("guide/", GuideView.as_view(), name="guide"),
]
