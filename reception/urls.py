"""Addresses of clients' pages about reception."""

from __future__ import annotations

from django.urls import path

from reception import views

urlpatterns = [
    path("", views.landing, name="landing"),
    path("services/", views.services, name="services"),
    path("what-to-expect/", views.what_to_expect, name="what-to-expect"),
    path("contact/", views.contact, name="contact"),
    path("contact/sent/", views.contact_sent, name="contact-sent"),
    path("privacy/", views.privacy, name="privacy"),
    path("accessibility/", views.accessibility, name="accessibility"),
]
