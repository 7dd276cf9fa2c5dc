"""Addresses of the desk's pages about what follows a session, below /desk/."""

from __future__ import annotations

from django.urls import path

from aftercare import desk

urlpatterns = [
    # /desk/sessions/<booking>/
    path("sessions/<uuid:code>/record/", desk.record, name="desk-record"),
    path("sessions/<uuid:code>/record/close/", desk.close, name="desk-record-close"),
    path("sessions/<uuid:code>/record/amend/", desk.amend, name="desk-record-amend"),
    path("sessions/<uuid:code>/letters/", desk.letters, name="desk-record-letters"),
    path("sessions/<uuid:code>/letters/<slug:kind>/", desk.change_letter, name="desk-record-letter"),
]
