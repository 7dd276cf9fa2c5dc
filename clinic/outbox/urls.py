"""Addresses of a client's page of letters."""

from __future__ import annotations

from django.urls import path

from clinic.outbox import views

urlpatterns = [
    # the page, and the short address in the letters' headers
    path("stop/<str:token>/", views.letters, name="stop"),
    path("u/<str:token>/", views.one_click, name="stop-short"),
]
