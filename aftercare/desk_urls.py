"""Addresses of the desk's pages about aftercare, below /desk/."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
