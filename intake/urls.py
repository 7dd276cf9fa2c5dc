"""Addresses of clients' pages about intake; they carry numbers, never the name of a questionnaire."""

from __future__ import annotations

from django.urls import path

from intake import by_hand, returning, views

# /i/<token>/
urlpatterns = [
    path("i/<str:token>/", views.start, name="intake-start"),
    path("i/<str:token>/you/", views.you, name="intake-you"),
    path("i/<str:token>/list/", views.tasks, name="intake-tasks"),
    path("i/<str:token>/choices/", returning.what_holds, name="intake-choices"),
    path("i/<str:token>/reopen/", returning.reopen, name="intake-reopen"),
    path("i/<str:token>/questions/", returning.questions, name="intake-questions"),
    path("i/<str:token>/earlier/", returning.last_answers, name="intake-earlier"),
    path("i/<str:token>/<int:part>/", views.resume, name="intake-part"),
    path("i/<str:token>/<int:part>/<int:number>/", views.page, name="intake-page"),
    path("i/<str:token>/<int:part>/<int:number>/strength/", views.how_strong, name="intake-strength"),
    path("i/<str:token>/<int:part>/<int:number>/save/", views.autosave, name="intake-autosave"),
    path("i/<str:token>/help/", views.care_cards, name="intake-care"),
    path("i/<str:token>/touch/", views.touch, name="intake-touch"),
    path("i/<str:token>/check/", views.check, name="intake-check"),
    path("i/<str:token>/sign/", views.sign, name="intake-sign"),
    path("i/<str:token>/paper/", by_hand.paper, name="intake-paper"),
    path("i/<str:token>/later/", views.later, name="intake-later"),
    path("i/<str:token>/done/", views.done, name="intake-done"),
]
