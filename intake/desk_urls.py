"""Addresses of the desk's pages about intake, below /desk/."""

from __future__ import annotations

from django.urls import path

from intake import desk

# /desk/intakes/
urlpatterns = [
    path("intakes/", desk.intakes, name="desk-intakes"),
    path("intakes/<uuid:code>/", desk.intake, name="desk-intake"),
    path("intakes/<uuid:code>/read/", desk.mark_read, name="desk-intake-read"),
    path("intakes/<uuid:code>/ask/", desk.ask, name="desk-intake-ask"),
    path("intakes/<uuid:code>/seen/", desk.seen, name="desk-intake-seen"),
    path("intakes/flags/<uuid:code>/decide/", desk.decide, name="desk-flag-decide"),
    path("intakes/flags/<uuid:code>/take/", desk.take, name="desk-flag-take"),
    path("intakes/flags/<uuid:code>/clear/", desk.clear, name="desk-flag-clear"),
]
