"""Addresses of the desk's pages that show several floors, below /desk/."""

from __future__ import annotations

from django.urls import path

from reception import desk

urlpatterns = [
    path("", desk.today, name="today"),
    path("clients/", desk.clients, name="desk-clients"),
    path("clients/<uuid:code>/", desk.client_card, name="desk-client"),
    path("letters/<uuid:code>/", desk.letter, name="desk-letter"),
]
