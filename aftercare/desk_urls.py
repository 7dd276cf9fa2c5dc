"""Addresses of the desk's pages about what follows a session, below /desk/."""

from __future__ import annotations

from django.urls import path

from aftercare import desk, desk_adverse, desk_rewriting

urlpatterns = [
    # /desk/sessions/<booking>/
    path("sessions/<uuid:code>/record/", desk.record, name="desk-record"),
    path("sessions/<uuid:code>/record/close/", desk.close, name="desk-record-close"),
    path("sessions/<uuid:code>/record/amend/", desk.amend, name="desk-record-amend"),
    path("sessions/<uuid:code>/letters/", desk.letters, name="desk-record-letters"),
    path("sessions/<uuid:code>/letters/<slug:kind>/words/", desk_rewriting.rewrite, name="desk-record-words"),
    path("sessions/<uuid:code>/letters/<slug:kind>/", desk.change_letter, name="desk-record-letter"),
    path("sessions/<uuid:code>/adverse-event/", desk_adverse.after_session, name="desk-adverse-session"),
    path("alerts/<uuid:code>/adverse-event/", desk_adverse.after_alert, name="desk-adverse-add"),
    path("adverse-events/", desk_adverse.listed, name="desk-adverse"),
    path("adverse-events/export/", desk_adverse.export, name="desk-adverse-export"),
    path("adverse-events/<uuid:code>/", desk_adverse.event, name="desk-adverse-event"),
]
