from __future__ import annotations

from bookings.urls import diary, public

urlpatterns = [*public.urlpatterns, *diary.urlpatterns]
