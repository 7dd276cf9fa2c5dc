"""Addresses of the desk's pages about one client's letters, below /desk/."""

from __future__ import annotations

from django.urls import path

from clinic.outbox import desk

urlpatterns = [
    path("clients/<uuid:code>/letters/", desk.wanted, name="desk-client-letters"),
    path("clients/<uuid:code>/language/", desk.language, name="desk-client-language"),
    path("clients/<uuid:code>/address/", desk.address, name="desk-client-address"),
    path("clients/<uuid:code>/address/again/", desk.try_again, name="desk-client-address-again"),
]
