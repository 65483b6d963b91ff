"""Pages for people, and what monitors ask. Deleting a page means deleting its line here and its files."""

from __future__ import annotations

from django.urls import path, re_path

from clinic.web import health, views

urlpatterns = [
    path("", views.home, name="home"),
    path("book/", views.book, name="book"),
    re_path(r"^manage/(?P<reference>[A-Za-z0-9-]{1,32})/?$", views.manage, name="manage"),
    path("sign-in/", views.sign_in, name="sign-in"),
    path("set-password/", views.set_password, name="set-password"),
    path("colours.css", views.colours, name="colours"),
    path("media/<path:path>", views.picture, name="picture"),
    path("robots.txt", views.robots, name="robots"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("healthz/reminders", health.reminders, name="healthz-reminders"),
]
