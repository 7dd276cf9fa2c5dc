"""Addresses of clients' pages after a session."""

from __future__ import annotations

from django.urls import path

from aftercare import checkin_views, views

urlpatterns = [
    # /c/<token>/
    path("c/<str:token>/", checkin_views.page, name="checkin"),
    path("c/<str:token>/<int:number>/", checkin_views.page, name="checkin-page"),
    path("c/<str:token>/<int:number>/save/", checkin_views.autosave, name="checkin-autosave"),
    path("c/<str:token>/<int:number>/care/", checkin_views.care, name="checkin-care"),
    # notes for one session
    path("n/<str:token>/", views.notes, name="aftercare-notes"),
]
