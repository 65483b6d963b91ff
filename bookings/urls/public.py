"""Calls that anybody, a client, or staff make about appointments."""

from __future__ import annotations

from django.urls import path

from bookings.views.appointments import AppointmentViewSet
from bookings.views.availability import AvailabilityView
from bookings.views.bookings import (
    BookingCalendarView,
    BookingsView,
    BookingView,
    CancelBookingView,
    MoveBookingView,
)
from bookings.views.holds import HoldsView, HoldView
from bookings.views.openings import OpeningsView
from bookings.views.own import OwnBookingsView

appointments = AppointmentViewSet.as_view

urlpatterns = [
    path("availability/", AvailabilityView.as_view(), name="availability"),
    path("holds/", HoldsView.as_view(), name="holds"),
    path("holds/<str:token>/", HoldView.as_view(), name="hold"),
    path("bookings/", BookingsView.as_view(), name="bookings"),
    path("bookings/<str:reference>/", BookingView.as_view(), name="booking"),
    path("bookings/<str:reference>/cancel/", CancelBookingView.as_view(), name="cancel-booking"),
    path("bookings/<str:reference>/reschedule/", MoveBookingView.as_view(), name="move-booking"),
    path("bookings/<str:reference>/calendar.ics", BookingCalendarView.as_view(), name="booking-calendar"),
    path("me/bookings/", OwnBookingsView.as_view(), name="own-bookings"),
    path("appointments/", appointments({"get": "list", "post": "create"}), name="appointments"),
    path("appointments/openings/", OpeningsView.as_view(), name="openings"),
    path("appointments/<int:pk>/", appointments({"get": "retrieve"}), name="appointment"),
    path("appointments/<int:pk>/cancel/", appointments({"post": "cancel"}), name="cancel-appointment"),
    path("appointments/<int:pk>/reschedule/", appointments({"post": "reschedule"}), name="move-appointment"),
    path("appointments/<int:pk>/arrive/", appointments({"post": "arrive"}), name="arrive"),
    path("appointments/<int:pk>/check-in/", appointments({"post": "check_in"}), name="check-in"),
    path("appointments/<int:pk>/fulfil/", appointments({"post": "fulfil"}), name="fulfil"),
    path("appointments/<int:pk>/no-show/", appointments({"post": "no_show"}), name="no-show"),
    path("appointments/<int:pk>/enter-in-error/", appointments({"post": "enter_in_error"}), name="enter-in-error"),
]
