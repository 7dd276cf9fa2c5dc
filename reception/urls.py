"""Addresses of clients' pages about reception."""

from __future__ import annotations

from django.urls import path

from reception import demo, health, views

urlpatterns = [
    path("", views.landing, name="landing"),
    path("services/", views.services, name="services"),
    path("what-to-expect/", views.what_to_expect, name="what-to-expect"),
    path("contact/", views.contact, name="contact"),
    path("contact/sent/", views.contact_sent, name="contact-sent"),
    path("new-link/", views.new_link, name="new-link"),
    path("new-link/sent/", views.new_link_sent, name="new-link-sent"),
    path("privacy/", views.privacy, name="privacy"),
    path("accessibility/", views.accessibility, name="accessibility"),
    # The demo's own pages; elsewhere they answer 404.
    path("demo/", demo.demo, name="demo"),
    path("demo/sign-in/", demo.sign_in, name="demo-sign-in"),
    path("demo/clock/", demo.demo_clock, name="demo-clock"),
    path("demo/clock/move/", demo.move_clock, name="demo-clock-move"),
    path("demo/inbox/", demo.demo_inbox, name="demo-inbox"),
    path("demo/inbox/<slug:key>/", demo.demo_letter, name="demo-letter"),
    path("demo/inbox/<slug:key>/html/", demo.demo_letter_html, name="demo-letter-html"),
    # For machines.
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
]
