"""Addresses of clients' pages about aftercare."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
