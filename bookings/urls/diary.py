from __future__ import annotations

from django.urls import path

from bookings.views.clinic import ClinicView
from bookings.views.diary import DiaryView
from bookings.views.hours import (
    OneOffHoursDetailView,
    OneOffHoursListView,
    WorkingHoursDetailView,
    WorkingHoursListView,
    WorkingWeekView,
)
from bookings.views.therapists import TherapistsView
from bookings.views.time_off import TimeOffDetailView, TimeOffListView
from bookings.views.today import TodayView
from bookings.views.waitlist import WaitlistView, WaitlistWithdrawView

urlpatterns = [
    path("clinic/", ClinicView.as_view(), name="clinic"),
    path("therapists/", TherapistsView.as_view(), name="therapists"),
    path("diary/", DiaryView.as_view(), name="diary"),
    path("today/", TodayView.as_view(), name="today"),
    path("working-hours/", WorkingHoursListView.as_view(), name="working-hours"),
    path("working-hours/week/", WorkingWeekView.as_view(), name="working-week"),
    path("working-hours/<int:pk>/", WorkingHoursDetailView.as_view(), name="working-hours-detail"),
    path("one-off-hours/", OneOffHoursListView.as_view(), name="one-off-hours"),
    path("one-off-hours/<int:pk>/", OneOffHoursDetailView.as_view(), name="one-off-hours-detail"),
    path("time-off/", TimeOffListView.as_view(), name="time-off"),
    path("time-off/<int:pk>/", TimeOffDetailView.as_view(), name="time-off-detail"),
    path("waitlist/", WaitlistView.as_view(), name="waitlist"),
    path("waitlist/<int:pk>/withdraw/", WaitlistWithdrawView.as_view(), name="waitlist-withdraw"),
]
