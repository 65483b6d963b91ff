"""Pages for people, and what monitors ask. Deleting a page means deleting its line here and its files."""

from __future__ import annotations

from django.urls import path, re_path

from clinic.web import assets, health, pages

# Names are those of the API too: what it calls a thing, its page is called with `-page`.
urlpatterns = [
    path("", pages.home, name="home"),
    path("treatments/<slug:slug>/", pages.treatment, name="treatment-page"),
    path("guide/", pages.guide, name="guide-page"),
    path("book/", pages.book, name="book"),
    # With or without the slash: links are shared by hand, and what stands behind `#` survives no redirect everywhere.
    re_path(r"^book/(?P<slug>[-\w]+)/?$", pages.book, name="book-treatment"),
    re_path(r"^manage/(?P<reference>[A-Za-z0-9-]{1,32})/?$", pages.manage, name="manage"),
    path("account/", pages.account, name="account"),
    path("sign-in/", pages.sign_in, name="sign-in"),
    path("set-password/", pages.set_password, name="set-password"),
    path("staff/", pages.staff, name="staff"),
    path("staff/<path:path>", pages.staff, name="staff-screen"),
    path("embed/book/", pages.embedded_book, name="embedded-book"),
    re_path(r"^embed/book/(?P<slug>[-\w]+)/?$", pages.embedded_book, name="embedded-book-treatment"),
    path("embed.js", assets.embed_script, name="embed-script"),
    path("colours.css", assets.colours, name="colours"),
    path("media/<path:path>", assets.picture, name="picture"),
    path("sitemap.xml", assets.sitemap, name="sitemap"),
    path("robots.txt", assets.robots, name="robots"),
    path("favicon.ico", assets.favicon, name="favicon"),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("healthz/reminders", health.reminders, name="healthz-reminders"),
]
