"""Addresses of the desk's pages that show several floors, below /desk/."""

from __future__ import annotations

from django.urls import path

from reception import (
    desk,
    desk_duplicates,
    desk_letters,
    desk_outcomes,
    desk_own_steps,
    desk_people,
    desk_settings,
    desk_steps,
    desk_wordings,
)

urlpatterns = [
    path("", desk.today, name="today"),
    path("clients/", desk.clients, name="desk-clients"),
    path("clients/<uuid:code>/", desk.client_card, name="desk-client"),
    path("clients/<uuid:code>/pause-letters/", desk_letters.pause, name="desk-letters-pause"),
    path("clients/<uuid:code>/resume-letters/", desk_letters.resume, name="desk-letters-resume"),
    path("outcomes/", desk_outcomes.shown, name="desk-outcomes"),
    path("letters/", desk_letters.letters, name="desk-letters"),
    path("letters/timing/", desk_steps.timing, name="desk-letter-steps"),
    path("letters/own/", desk_own_steps.own, name="desk-own-steps"),
    path("letters/own/<uuid:code>/", desk_own_steps.own, name="desk-own-step"),
    path("letters/own/<uuid:code>/remove/", desk_own_steps.remove, name="desk-own-step-remove"),
    path("letters/wordings/", desk_wordings.wordings, name="desk-wordings"),
    path("letters/wordings/<slug:name>/", desk_wordings.wording, name="desk-wording"),
    path("letters/wordings/<slug:name>/restore/", desk_wordings.restore, name="desk-wording-restore"),
    path("letters/<uuid:code>/", desk_letters.letter, name="desk-letter"),
    path("letters/<uuid:code>/again/", desk_letters.send_again, name="desk-letter-again"),
    path("settings/", desk_settings.settings, name="desk-settings"),
    path("to-phone/", desk_settings.to_phone, name="desk-to-phone"),
    path("to-phone/<uuid:code>/done/", desk_settings.phoned, name="desk-phoned"),
    path("people/", desk_people.people, name="desk-people"),
    path("people/add-practitioner/", desk_people.add_practitioner, name="desk-practitioner-add"),
    path("people/add-front-desk/", desk_people.add_front_desk, name="desk-front-desk-add"),
    path("people/sign-ins/<int:number>/", desk_people.sign_in, name="desk-sign-in"),
    path("people/<slug:slug>/leave/", desk_people.leave, name="desk-practitioner-leave"),
    path("people/<slug:slug>/return/", desk_people.come_back, name="desk-practitioner-return"),
    path("duplicates/", desk_duplicates.duplicates, name="desk-duplicates"),
    path("duplicates/<uuid:code>/", desk_duplicates.duplicate, name="desk-duplicate"),
    path("duplicates/<uuid:code>/take-apart/", desk_duplicates.take_apart, name="desk-take-apart"),
    path("duplicates/<uuid:code>/two-people/", desk_duplicates.two_people, name="desk-two-people"),
]
