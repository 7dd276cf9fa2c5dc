"""Addresses of the desk's pages that show several floors, below /desk/."""

from __future__ import annotations

from django.urls import path

from reception import desk, desk_letters

urlpatterns = [
    path("", desk.today, name="today"),
    path("clients/", desk.clients, name="desk-clients"),
    path("clients/<uuid:code>/", desk.client_card, name="desk-client"),
    path("clients/<uuid:code>/pause-letters/", desk_letters.pause, name="desk-letters-pause"),
    path("clients/<uuid:code>/resume-letters/", desk_letters.resume, name="desk-letters-resume"),
    path("letters/", desk_letters.letters, name="desk-letters"),
    path("letters/<uuid:code>/", desk_letters.letter, name="desk-letter"),
    path("letters/<uuid:code>/again/", desk_letters.send_again, name="desk-letter-again"),
]
